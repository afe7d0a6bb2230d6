"""The training loop."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
from annotated_types import Ge, Gt

from overfit.nn.checks import NonNegative, Part, Share, at_least_1, class_labels
from overfit.nn.memory import Array, Scratch
from overfit.nn.network import Network
from overfit.nn.schedules import LrSchedule
from overfit.nn.schedules.constant import Constant
from overfit.streams import Purpose, stream
from overfit.training.evaluate import evaluate_stack, predict, predict_monte_carlo, score
from overfit.training.examples import Examples
from overfit.training.history import SPLITS, History, Trained, named_parameters
from overfit.training.live import live_first
from overfit.training.probes import Probe, ProbeRows, snapshot
from overfit.training.schedule import Schedule
from overfit.training.stack import Replicate, Stack

CACHE_BYTES = 4 << 20
"""The largest parameters and gradients of a stack, in bytes. Wider stacks share the cost of Python
but lose more than that once they don't fit into the cache. 4 MiB was fastest or within 2% of the
fastest for small and large networks, on a core with 1 MiB of L2 cache."""


Rows = dict[str, tuple[float, float]]
"""Loss and accuracy by split."""


@dataclass(frozen=True)
class EarlyStopping(Part):
    """Stop a replicate when `patience` epochs in a row have not improved on the best one.

    The metric is measured before the first update and after each epoch, whatever the evaluation
    points of the history are. Only an improvement by more than `min_delta` counts. A network whose
    loss is no longer finite stops at once.

    Whether it stopped or not, a replicate ends with the network of its best epoch: the history ends
    with the scores of that network, and that network is kept.

    Source: Prechelt (1998), Early stopping - but when? The rule is that of Keras' EarlyStopping
    with `restore_best_weights`, except that the untrained network counts, too.
    """

    patience: Annotated[int, Ge(1)]
    metric: Literal["validation_loss", "validation_accuracy"] = "validation_loss"
    min_delta: NonNegative = 0.0

    def improves(self, value: float, best: float) -> bool:
        """Whether `value` is better than `best` by more than `min_delta`; NaN never is."""
        if math.isnan(value):
            return False
        if math.isnan(best):
            return True
        gain = best - value if self.metric == "validation_loss" else value - best
        return gain > self.min_delta


@dataclass(frozen=True)
class Recipe(Part):
    """The training of a stack, apart from the parts that may differ between replicates.

    `Stack` explains `clip` and `label_smoothing`; for the learning-rate schedule, early stopping
    and probes see their classes. `keep` names what to keep of the final networks, for ensembles:
    `predictions` (probabilities of the test examples) and `parameters`. `monte_carlo` is the
    number of Monte Carlo samples with which networks with dropout are evaluated, instead of by
    scaling.
    """

    network: Network
    schedule: Schedule
    lr_schedule: LrSchedule = Constant()
    clip: Annotated[float, Gt(0)] | None = None
    label_smoothing: Share = 0.0
    early_stopping: EarlyStopping | None = None
    probes: tuple[Probe, ...] = ()
    keep: frozenset[str] = frozenset()
    monte_carlo: Annotated[int, Ge(1)] | None = None
    test_at_end: bool = False
    """Whether to evaluate test images only at the end, as for trials of a search."""

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in self.keep:
            if name not in ("predictions", "parameters"):
                raise ValueError(f"keep has {name!r}; it may have 'predictions' and 'parameters'")
        smallest = self.schedule.smallest_batch
        for layer in self.network.layers:
            needed = getattr(layer, "smallest_batch", 1)
            if smallest < needed:
                raise ValueError(
                    f"batch_size is {self.schedule.batch_size} with {self.schedule.examples} "
                    f"examples, so a batch has only {smallest}; {type(layer).__name__} needs at "
                    f"least {needed} in every batch"
                )


def train(
    recipe: Recipe,
    replicates: Sequence[Replicate],
    test: Examples,
    *,
    root_seed: int,
    stack: int | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> list[Trained]:
    """Train every replicate.

    `stack` replicates are trained together (by default as many as fit into the cache), if they
    have equally many live inputs, see `overfit.training.live`. This changes the speed but no
    results.

    Args:
        recipe: the shape of the networks, and how to train them.
        replicates: seeds, data and hyperparameters; all training sets have the same size.
        test: the test examples of all replicates that don't have their own.
        root_seed: root of all random streams.
        stack: how many replicates to train together.
        progress: called with the number of finished replicates and of all.
    """
    expected = recipe.schedule.examples
    for replicate in replicates:
        if len(replicate.train) != expected:
            raise ValueError(
                f"seed {replicate.seed} has {len(replicate.train)} training examples; "
                f"the schedule expects {expected}"
            )
    stack = stack_width(recipe.network) if stack is None else stack
    at_least_1("stack", stack)
    trained: dict[int, Trained] = {}
    for group in stacks(recipe.network, [r.train for r in replicates], stack):
        run = _Run(recipe, [replicates[r] for r in group], test, root_seed)
        # A diverging network overflows; the history records that, so no warning is needed.
        with np.errstate(all="ignore"):
            trained.update(zip(group, run.run(), strict=True))
        progress(len(trained), len(replicates))
    return [trained[r] for r in range(len(replicates))]


def stacks(network: Network, sets: Sequence[Examples], width: int) -> list[list[int]]:
    """Which training sets are those of one stack of at most `width`: they have as many live inputs.

    Numbers that belong to the same training set never depend on the others.
    """
    alike: dict[int, list[int]] = {}
    for r, examples in enumerate(sets):
        _, live = live_first(network, examples)
        alike.setdefault(live, []).append(r)
    return [
        members[start : start + width]
        for members in alike.values()
        for start in range(0, len(members), width)
    ]


def stack_width(network: Network) -> int:
    """The number of replicates whose parameters and gradients fit into the cache, at least 1."""
    parameters, _ = network.init([np.random.default_rng(0)])
    return max(1, CACHE_BYTES // (2 * parameters.flat.nbytes))


@dataclass
class _Best:
    """The state of early stopping for a replicate: its best network so far."""

    value: float
    update: int
    theta: Array
    states: list[dict[str, Array]]


class _Run:
    """The training of one stack."""

    def __init__(
        self, recipe: Recipe, replicates: Sequence[Replicate], test: Examples, root_seed: int
    ) -> None:
        self.recipe, self.replicates = recipe, replicates
        self.tests = [test if r.test is None else r.test for r in replicates]
        init, order, mask = (
            [stream(root_seed, purpose, r.seed) for r in replicates]
            for purpose in (Purpose.INIT, Purpose.ORDER, Purpose.MASK)
        )
        self.root_seed = root_seed
        for replicate, own_test in zip(replicates, self.tests, strict=True):
            for examples in (replicate.validation, own_test):
                class_labels(examples.labels, recipe.network.n_out)
        self.stack = Stack(
            recipe.network,
            replicates,
            recipe.network.n_out,
            init,
            mask,
            clip=recipe.clip,
            label_smoothing=recipe.label_smoothing,
        )
        self.batches = recipe.schedule.batches(order)
        self.trained = [Trained(History(), ProbeRows()) for _ in replicates]
        self.best: dict[int, _Best] = {}
        self.final: dict[int, Rows] = {}
        """By replicate: the scores of the network with which early stopping ends it."""
        self.predicted: list[dict[str, Array]] = [{} for _ in replicates]
        """By replicate and split: the last Monte Carlo predictions, so that keeping and probing
        them needs no second evaluation."""
        self.scratch = Scratch(self.stack.dtype)
        self.probe_scratch = Scratch(self.stack.dtype)

    def run(self) -> list[Trained]:
        """Train to the end of the budget, or until every replicate has stopped."""
        schedule, stopping = self.recipe.schedule, self.recipe.early_stopping
        points = schedule.evaluation_points()
        watched = set() if stopping is None else {*schedule.epoch_ends()}
        for point in sorted({*points, *watched}):
            while self.stack.updates < point and self._going():
                factor = self.recipe.lr_schedule.factor(self.stack.updates)
                self.stack.update(next(self.batches), factor)
            if stopping is not None and point in watched:
                self._watch(point, stopping)
            if point in points:
                self._evaluate(point, last=point == points[-1])
        for r, one in enumerate(self.trained):
            self._keep(r, one)
            diverged = one.history.mark_divergence()
            if diverged is not None:
                one.probes.blank_from(diverged)
                one.kept = {name: np.full_like(a, math.nan) for name, a in one.kept.items()}
        return self.trained

    def _going(self) -> list[int]:
        """The replicates that have not stopped."""
        return [r for r, one in enumerate(self.trained) if one.stopped is None]

    def _watch(self, point: int, stopping: EarlyStopping) -> None:
        """Remember the best networks, and stop the replicates whose patience has run out."""
        going = self._going()
        validation = {"validation": [r.validation for r in self.replicates]}
        longest = stopping.patience * self.recipe.schedule.updates_per_epoch
        for r, rows in self._scores(going, validation, point).items():
            value = rows["validation"][stopping.metric == "validation_accuracy"]
            if r not in self.best or stopping.improves(value, self.best[r].value):
                _, states = self.stack.one(r)
                theta = self.stack.parameters.flat[r].copy()
                self.best[r] = _Best(value, point, theta, copy.deepcopy(states))
            elif math.isnan(value) or point - self.best[r].update >= longest:
                self.trained[r].stopped = point

    def _evaluate(self, point: int, *, last: bool) -> None:
        """Record the scores of every replicate; those that have ended have their best network."""
        every = range(len(self.replicates))
        splits = {
            "train": [r.train for r in self.replicates],
            "validation": [r.validation for r in self.replicates],
        }
        if not self.recipe.test_at_end:
            splits["test"] = self.tests
        stops = self.recipe.early_stopping is not None
        ended = [r for r in every if stops and (last or self.trained[r].stopped is not None)]
        self._restore(ended)
        going = [r for r in every if r not in self.final]
        rows = self._scores(going, splits, point)
        if stops:
            lost = [r for r in going if r not in ended and not _has_losses(rows[r])]
            for r in lost:
                self.trained[r].stopped = point
            self._restore(lost)
            rows |= self._scores(lost, splits, point)
            self.final |= {r: rows[r] for r in going if r in ended or r in lost}
            rows |= self.final
        else:  # whatever follows an infinite loss is blank, see `History.mark_divergence`
            for r in self._going():
                if not _has_losses(rows[r]):
                    self.trained[r].stopped = point
        if last and self.recipe.test_at_end:
            for r, one in self._scores(every, {"test": self.tests}, point).items():
                rows[r] = {**rows[r], **one}
        for r in every:
            self._record(r, rows[r], point)

    def _record(self, r: int, rows: Rows, point: int) -> None:
        replicate, one = self.replicates[r], self.trained[r]
        for split, (loss, accuracy) in rows.items():
            one.history.add(
                seed=replicate.seed,
                update=point,
                epoch=point / self.recipe.schedule.updates_per_epoch,
                split=split,
                loss=loss,
                accuracy=accuracy,
                diverged=False,
            )
        if self.recipe.probes:
            factor = self.recipe.lr_schedule.factor(self.stack.updates)
            size = self.recipe.schedule.batch_size
            seen = snapshot(
                self.stack,
                r,
                self.tests[r],
                self.probe_scratch,
                factor=factor,
                batch_size=size,
                predicted=self.predicted[r],
            )
            for probe in self.recipe.probes:
                one.probes.extend(replicate.seed, point, probe.measure(seen))

    def _scores(
        self,
        chosen: Sequence[int],
        splits: Mapping[str, Sequence[Examples]],
        point: int,
    ) -> dict[int, Rows]:
        """The loss and accuracy of the chosen replicates after update `point`, split by split."""
        if not chosen:
            return {}
        networks = self.stack.some(chosen)
        scores: dict[int, Rows] = {r: {} for r in chosen}
        for split, all_examples in splits.items():
            examples = [all_examples[r] for r in chosen]
            passes = self.recipe.monte_carlo
            if passes is None:
                found = evaluate_stack(self.recipe.network, *networks, examples, self.scratch)
            else:
                found = [
                    self._score_thinned(r, split, own, passes, self._thinning(r, point, split))
                    for r, own in zip(chosen, examples, strict=True)
                ]
            for r, one in zip(chosen, found, strict=True):
                scores[r][split] = one
        return scores

    def _thinning(self, r: int, point: int, split: str) -> np.random.Generator:
        """The random numbers of an evaluation, the same whatever else is evaluated."""
        at = (point, SPLITS.index(split))
        return stream(self.root_seed, Purpose.MONTE_CARLO, self.replicates[r].seed, *at)

    def _score_thinned(
        self, r: int, split: str, examples: Examples, passes: int, rng: np.random.Generator
    ) -> tuple[float, float]:
        """Loss and accuracy of the mean over Monte Carlo samples."""
        network = self.stack.one(r)
        predicted = predict_monte_carlo(
            self.recipe.network, *network, examples, self.scratch, passes=passes, rng=rng
        )
        if self.recipe.probes or ("predictions" in self.recipe.keep and split == "test"):
            self.predicted[r][split] = predicted
        return score(predicted, examples.labels)

    def _restore(self, chosen: Sequence[int]) -> None:
        """Restore the best networks; if others of the stack continue, so do these."""
        for r in chosen:
            best = self.best[r]
            self.stack.parameters.flat[r] = best.theta
            _, states = self.stack.one(r)
            for state, kept in zip(states, best.states, strict=True):
                for name, value in state.items():
                    value[...] = kept[name]

    def _keep(self, r: int, one: Trained) -> None:
        if "predictions" in self.recipe.keep:
            predicted = self.predicted[r].get("test")
            if predicted is None:
                predicted = predict(
                    self.recipe.network, *self.stack.one(r), self.tests[r], self.scratch
                )
            one.kept["predictions"] = predicted
        if "parameters" in self.recipe.keep:
            one.kept |= named_parameters(*self.stack.one(r))


def _has_losses(rows: Rows) -> bool:
    """Whether the losses that training may see are finite."""
    return not any(math.isnan(rows[split][0]) for split in ("train", "validation"))

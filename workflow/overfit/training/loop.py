"""The training loop."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
from annotated_types import Ge, Gt

from overfit.nn.checks import Part, Share, at_least_1, class_labels
from overfit.nn.memory import Array, Scratch
from overfit.nn.network import Network
from overfit.nn.schedules import LrSchedule
from overfit.nn.schedules.constant import Constant
from overfit.streams import Purpose, stream
from overfit.training.evaluate import evaluate_stack, predict, predict_monte_carlo, score
from overfit.training.examples import Examples
from overfit.training.history import History, Trained, named_parameters
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
    """Stop a replicate when `patience` evaluations in a row have not improved on the best one.

    Whether it stopped or not, it ends with the parameters of its best evaluation, and its history
    ends with that evaluation.

    Source: Prechelt (1998), Early stopping - but when?
    """

    patience: Annotated[int, Ge(1)]
    metric: Literal["validation_loss", "validation_accuracy"] = "validation_loss"

    def improves(self, value: float, best: float) -> bool:
        """Whether `value` is better than `best`; NaN never is."""
        if math.isnan(value):
            return False
        if math.isnan(best):
            return True
        return value < best if self.metric == "validation_loss" else value > best


@dataclass(frozen=True)
class Recipe(Part):
    """How to train the replicates of a stack, apart from what may differ between them.

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

    `stack` replicates are trained together (by default as many as fit into the cache). This
    changes the speed but no results.

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
    trained: list[Trained] = []
    for start in range(0, len(replicates), stack):
        group = replicates[start : start + stack]
        # A diverging network overflows; the history records that, so no warning is needed.
        with np.errstate(all="ignore"):
            trained += _Run(recipe, group, test, root_seed).run()
        progress(len(trained), len(replicates))
    return trained


def stack_width(network: Network) -> int:
    """How many replicates fit into the cache with their parameters and gradients, at least 1."""
    parameters, _ = network.init([np.random.default_rng(0)])
    return max(1, CACHE_BYTES // (2 * parameters.flat.nbytes))


class _Best:
    """The best evaluation of a replicate so far, and its network at that point."""

    def __init__(self) -> None:
        self.value = float("nan")
        self.waited = 0
        self.rows: Rows = {}
        self.theta: Array | None = None
        self.states: list[dict[str, Array]] = []


class _Run:
    """The training of one stack."""

    def __init__(
        self, recipe: Recipe, replicates: Sequence[Replicate], test: Examples, root_seed: int
    ) -> None:
        self.recipe, self.replicates = recipe, replicates
        self.tests = [test if r.test is None else r.test for r in replicates]
        init, order, mask, self.thinning = (
            [stream(root_seed, purpose, r.seed) for r in replicates]
            for purpose in (Purpose.INIT, Purpose.ORDER, Purpose.MASK, Purpose.MONTE_CARLO)
        )
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
        self.batches = [recipe.schedule.batches(rng) for rng in order]
        self.trained = [Trained(History(), ProbeRows()) for _ in replicates]
        self.best = [_Best() for _ in replicates]
        self.predicted: dict[int, tuple[int, Array]] = {}
        """By replicate: the last Monte Carlo predictions for the test examples and the update at
        which they were computed, so that keeping them needs no second evaluation."""
        self.scratch = Scratch(self.stack.dtype)
        self.probe_scratch = Scratch(self.stack.dtype)

    def run(self) -> list[Trained]:
        """Train to the end of the budget, or until every replicate has stopped."""
        points = self.recipe.schedule.evaluation_points()
        for point in points:
            while self.stack.updates < point and any(t.stopped is None for t in self.trained):
                batch = np.stack([next(batches) for batches in self.batches])
                self.stack.update(batch, self.recipe.lr_schedule.factor(self.stack.updates))
            self._evaluate(point, last=point == points[-1])
        for r, one in enumerate(self.trained):
            diverged = one.history.mark_divergence()
            if diverged is not None:
                one.probes.blank_from(diverged)
            self._keep(r, one)
        return self.trained

    def _evaluate(self, point: int, *, last: bool) -> None:
        """Record the scores of every replicate, and stop those whose patience has run out."""
        every = range(len(self.replicates))
        stopping = self.recipe.early_stopping
        going = [r for r in every if self.trained[r].stopped is None or self.best[r].theta is None]
        splits = {
            "train": [r.train for r in self.replicates],
            "validation": [r.validation for r in self.replicates],
        }
        if not self.recipe.test_at_end:
            splits["test"] = self.tests
        rows = {r: self.best[r].rows for r in every}
        for r, one in self._scores(going, splits).items():
            rows[r] = one
            if stopping is not None:
                self._compare(r, one, point, stopping)
        for r in every:
            ended = last or self.trained[r].stopped is not None
            if stopping is not None and ended and self.best[r].theta is not None:
                self._restore(r)
                rows[r] = self.best[r].rows
        if last and self.recipe.test_at_end:
            for r, one in self._scores(every, {"test": self.tests}).items():
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
            seen = snapshot(self.stack, r, self.probe_scratch, factor=factor, batch_size=size)
            for probe in self.recipe.probes:
                one.probes.extend(replicate.seed, point, probe.measure(seen))

    def _scores(
        self, chosen: Sequence[int], splits: Mapping[str, Sequence[Examples]]
    ) -> dict[int, Rows]:
        """The current loss and accuracy of the chosen replicates, split by split."""
        if not chosen:
            return {}
        networks = self.stack.some(chosen)
        scores: dict[int, Rows] = {r: {} for r in chosen}
        for split, all_examples in splits.items():
            examples = [all_examples[r] for r in chosen]
            if self.recipe.monte_carlo is None:
                found = evaluate_stack(self.recipe.network, *networks, examples, self.scratch)
            else:
                found = [
                    self._score_thinned(r, own) for r, own in zip(chosen, examples, strict=True)
                ]
            for r, one in zip(chosen, found, strict=True):
                scores[r][split] = one
        return scores

    def _score_thinned(self, r: int, examples: Examples) -> tuple[float, float]:
        """Loss and accuracy of the mean over Monte Carlo samples."""
        predicted = self._predict(r, examples)
        if "predictions" in self.recipe.keep and examples is self.tests[r]:
            self.predicted[r] = self.stack.updates, predicted
        return score(predicted, examples.labels)

    def _predict(self, r: int, examples: Examples) -> Array:
        """The current probabilities (n, K) of a replicate."""
        network, passes = self.stack.one(r), self.recipe.monte_carlo
        if passes is None:
            return predict(self.recipe.network, *network, examples, self.scratch)
        return predict_monte_carlo(
            self.recipe.network,
            *network,
            examples,
            self.scratch,
            passes=passes,
            rng=self.thinning[r],
        )

    def _compare(self, r: int, rows: Rows, point: int, stopping: EarlyStopping) -> None:
        """Remember the best network; stop the replicate when its patience has run out."""
        best = self.best[r]
        split, quantity = stopping.metric.split("_")
        value = rows[split][quantity == "accuracy"]
        if stopping.improves(value, best.value):
            _, states = self.stack.one(r)
            best.value, best.rows, best.waited = value, rows, 0
            best.theta = self.stack.parameters.flat[r].copy()
            best.states = copy.deepcopy(states)
            return
        best.waited += 1
        if best.waited == stopping.patience:
            self.trained[r].stopped = point

    def _restore(self, r: int) -> None:
        """Restore the best network; if others of the stack continue, so does this one."""
        best = self.best[r]
        self.predicted.pop(r, None)
        self.stack.parameters.flat[r] = best.theta
        _, states = self.stack.one(r)
        for state, kept in zip(states, best.states, strict=True):
            for name, value in state.items():
                value[...] = kept[name]

    def _keep(self, r: int, one: Trained) -> None:
        params, states = self.stack.one(r)
        if "predictions" in self.recipe.keep:
            updates, predicted = self.predicted.get(r, (None, None))
            if predicted is None or updates != self.stack.updates:
                predicted = self._predict(r, self.tests[r])
            one.kept["predictions"] = predicted
        if "parameters" in self.recipe.keep:
            one.kept |= named_parameters(params, states)

"""The training loop, for replicates of one network that are stepped together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from overfit.nn.layer import Arrays
from overfit.nn.loss import softmax_minus_target
from overfit.nn.network import Network
from overfit.nn.optimizers import SGD
from overfit.nn.penalties import L2
from overfit.nn.scratch import Scratch
from overfit.streams import Purpose, stream
from overfit.training.evaluate import Examples, evaluate
from overfit.training.history import History
from overfit.training.schedule import Schedule

CACHE_BYTES = 1 << 20
"""A stack's parameters and gradients should fit in a core's L2 cache, commonly 1 MiB or more."""


@dataclass(frozen=True)
class Replicate:
    """One network to train: its seed, its data, and the hyperparameters that may differ."""

    seed: int
    train: Examples
    validation: Examples
    lr: float
    l2: float = 0.0


def train(
    network: Network,
    replicates: Sequence[Replicate],
    test: Examples,
    schedule: Schedule,
    *,
    root_seed: int,
    stack: int | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> list[History]:
    """Train every replicate; give the history of each.

    Replicates are stepped together `stack` at a time (by default as many as fit in the cache).
    That changes the speed and no number.

    Args:
        network: the shape shared by all replicates.
        replicates: seeds, data and hyperparameters; all training sets are of one size.
        test: the test examples, common to all.
        schedule: budget, batches and evaluation points.
        root_seed: root of all random streams.
        stack: how many replicates are stepped together.
        progress: called with the number of replicates done, and of all.
    """
    for replicate in replicates:
        if len(replicate.train) != schedule.examples:
            raise ValueError(
                f"seed {replicate.seed} has {len(replicate.train)} training examples; "
                f"the schedule expects {schedule.examples}"
            )
    if stack is None:
        stack = _stack_width(network)
    histories: list[History] = []
    for start in range(0, len(replicates), stack):
        group = replicates[start : start + stack]
        # A diverging network overflows on its way; that is recorded, not warned about.
        with np.errstate(all="ignore"):
            histories += _train_stack(network, group, test, schedule, root_seed)
        progress(len(histories), len(replicates))
    return histories


def _stack_width(network: Network) -> int:
    """How many replicates' parameters and gradients fit in the cache, at least 1."""
    rng = np.random.default_rng(0)
    parameters, _ = network.init([rng])
    return max(1, CACHE_BYTES // (2 * parameters.flat.nbytes))


def _train_stack(
    network: Network,
    replicates: Sequence[Replicate],
    test: Examples,
    schedule: Schedule,
    root_seed: int,
) -> list[History]:
    streams = {
        purpose: [stream(root_seed, purpose, r.seed) for r in replicates]
        for purpose in (Purpose.INIT, Purpose.ORDER, Purpose.MASK)
    }
    count, examples = len(replicates), schedule.examples
    dtype = replicates[0].train.inputs.dtype
    parameters, states = network.init(streams[Purpose.INIT], dtype)
    gradient = parameters.like(np.empty_like(parameters.flat))
    optimizer = SGD(tuple(r.lr for r in replicates))
    penalty = L2(tuple(r.l2 for r in replicates))
    scale = optimizer.gradient_scale().astype(dtype)

    # All training sets one below the other, so that a single `take` gathers the whole batch.
    inputs = np.concatenate([r.train.inputs for r in replicates])
    classes = 1 + max(
        int(e.labels.max()) for r in replicates for e in (r.train, r.validation, test)
    )
    targets = np.eye(classes, dtype=dtype)[np.concatenate([r.train.labels for r in replicates])]
    first_row = (np.arange(count) * examples)[:, None]
    batches = zip(*(schedule.batches(rng) for rng in streams[Purpose.ORDER]), strict=True)

    scratch, evaluation_scratch = Scratch(dtype), Scratch(dtype)
    histories = [History() for _ in replicates]

    def record(update: int) -> None:
        for r, replicate in enumerate(replicates):
            one = slice(r, r + 1)
            params = [_select(layer, one) for layer in parameters.layers]
            state = [_select(layer, one) for layer in states]
            for split, data in (
                ("train", replicate.train),
                ("validation", replicate.validation),
                ("test", test),
            ):
                loss, accuracy = evaluate(network, params, state, data, evaluation_scratch)
                histories[r].add(
                    seed=replicate.seed,
                    update=update,
                    epoch=update / schedule.updates_per_epoch,
                    split=split,
                    loss=loss,
                    accuracy=accuracy,
                    diverged=False,
                )

    points = iter(schedule.evaluation_points())
    point = next(points)
    for update in range(schedule.updates + 1):
        if update == point:
            record(update)
            point = next(points, -1)
        if update == schedule.updates:
            break
        rows = np.stack(next(batches)) + first_row
        shape = rows.shape
        # mode="clip" skips a copy that the default bounds check makes; rows are in range.
        x = scratch("x", (*shape, inputs.shape[1]))
        np.take(inputs, rows, axis=0, out=x, mode="clip")
        target = scratch("target", (*shape, classes))
        np.take(targets, rows, axis=0, out=target, mode="clip")
        logits, caches = network.forward(
            parameters.layers,
            states,
            x,
            train=True,
            rng=streams[Purpose.MASK],
            scratch=scratch,
        )
        dlogits = softmax_minus_target(logits, target, scale[:, :, None] / shape[1], scratch)
        network.backward(parameters.layers, caches, dlogits, grads=gradient.layers, scratch=scratch)
        if penalty.active:
            penalty.add_gradient(parameters.weights, gradient.weights, scale, scratch)
        optimizer.step(parameters.flat, gradient.flat)
    for history in histories:
        history.mark_divergence()
    return histories


def _select(arrays: Arrays, one: slice) -> Arrays:
    return {name: array[one] for name, array in arrays.items()}

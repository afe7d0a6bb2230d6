"""The training loop."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from overfit.nn.network import Network
from overfit.nn.scratch import Scratch
from overfit.streams import Purpose, stream
from overfit.training.evaluate import Examples, evaluate
from overfit.training.history import History
from overfit.training.schedule import Schedule
from overfit.training.stack import Replicate, Stack

CACHE_BYTES = 1 << 20
"""A stack's parameters and gradients should fit in a core's L2 cache, commonly 1 MiB or more."""


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
        stack = stack_width(network)
    histories: list[History] = []
    for start in range(0, len(replicates), stack):
        group = replicates[start : start + stack]
        # A diverging network overflows on its way; that is recorded, not warned about.
        with np.errstate(all="ignore"):
            histories += _train_together(network, group, test, schedule, root_seed)
        progress(len(histories), len(replicates))
    return histories


def stack_width(network: Network) -> int:
    """How many replicates' parameters and gradients fit in the cache, at least 1."""
    parameters, _ = network.init([np.random.default_rng(0)])
    return max(1, CACHE_BYTES // (2 * parameters.flat.nbytes))


def _train_together(
    network: Network,
    replicates: Sequence[Replicate],
    test: Examples,
    schedule: Schedule,
    root_seed: int,
) -> list[History]:
    init, order, mask = (
        [stream(root_seed, purpose, r.seed) for r in replicates]
        for purpose in (Purpose.INIT, Purpose.ORDER, Purpose.MASK)
    )
    classes = 1 + max(
        int(e.labels.max()) for r in replicates for e in (r.train, r.validation, test)
    )
    stack = Stack(network, replicates, classes, init, mask)
    batches = zip(*(schedule.batches(rng) for rng in order), strict=True)
    histories = [History() for _ in replicates]
    scratch = Scratch(stack.dtype)
    for point in schedule.evaluation_points():
        while stack.updates < point:
            stack.update(np.stack(next(batches)))
        for r, replicate in enumerate(replicates):
            splits = {"train": replicate.train, "validation": replicate.validation, "test": test}
            for split, examples in splits.items():
                loss, accuracy = evaluate(network, *stack.one(r), examples, scratch)
                histories[r].add(
                    seed=replicate.seed,
                    update=point,
                    epoch=point / schedule.updates_per_epoch,
                    split=split,
                    loss=loss,
                    accuracy=accuracy,
                    diverged=False,
                )
    for history in histories:
        history.mark_divergence()
    return histories

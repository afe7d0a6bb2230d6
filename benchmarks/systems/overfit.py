"""The project's own core."""

from collections.abc import Callable
from functools import partial

import numpy as np

from benchmarks.works import Work
from overfit import nn
from overfit.training import Examples, Replicate, Stack, evaluate
from overfit.training.loop import stack_width


def prepare(work: Work) -> Callable[[], None]:
    """Networks, data and batches are made here; what is timed is the updates or the evaluation."""
    images, labels = work.data()
    network = nn.mlp(
        work.n_in,
        work.hidden,
        work.classes,
        norm=nn.BatchNorm if work.batch_norm else None,
        dropout=nn.Dropout(work.dropout) if work.dropout else None,
    )
    if work.evaluate:
        params, states = network.init([np.random.default_rng(0)])
        examples = Examples(images[0], labels[0])
        scratch = nn.Scratch()
        return lambda: evaluate(network, params.layers, states, examples, scratch) and None

    width = stack_width(network)
    stacks = [
        _stack(work, network, images, labels, range(work.replicates)[first : first + width])
        for first in range(0, work.replicates, width)
    ]
    orders = [np.random.default_rng([1, r]) for r in range(work.replicates)]

    def epoch() -> None:
        for stack, members in stacks:
            for _ in range(work.epochs):
                order = np.stack([orders[r].permutation(work.examples) for r in members])
                for first in range(0, work.examples, work.batch):
                    stack.update(order[:, first : first + work.batch])

    return partial(_quietly, epoch)


def _quietly(function: Callable[[], None]) -> None:
    with np.errstate(all="ignore"):
        function()


def _stack(work, network, images, labels, members):
    replicates = [
        Replicate(
            r,
            Examples(images[r], labels[r]),
            Examples(images[r][:1], labels[r][:1]),
            nn.SGD(work.lr(r)),
            (nn.L2(work.l2(r)),) if work.l2(r) else (),
        )
        for r in members
    ]
    init, mask = ([np.random.default_rng([purpose, r]) for r in members] for purpose in (2, 3))
    return Stack(network, replicates, work.classes, init, mask), members

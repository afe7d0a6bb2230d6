"""The project's own core."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np

from benchmarks.works import Work
from overfit import nn
from overfit.config.specs import SearchSpec
from overfit.data import Prepared
from overfit.jobs.searching import search_block
from overfit.training.evaluate import evaluate
from overfit.training.examples import Examples
from overfit.training.loop import stack_width, stacks
from overfit.training.stack import Replicate, Stack


def prepare(work: Work) -> Callable[[], None]:
    """Networks, data and batches are made here; what is timed is the updates or the evaluation."""
    if work.points:
        return _search(work)
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

    sets = [Examples(*one) for one in zip(images, labels, strict=True)]
    made = [
        _stack(work, network, sets, members)
        for members in stacks(network, sets, stack_width(network))
    ]
    orders = [np.random.default_rng([1, r]) for r in range(work.replicates)]

    def epoch() -> None:
        for stack, members in made:
            for _ in range(work.epochs):
                order = np.stack([orders[r].permutation(work.examples) for r in members])
                for first in range(0, work.examples, work.batch):
                    stack.update(order[:, first : first + work.batch])

    return partial(_quietly, epoch)


def _search(work: Work) -> Callable[[], None]:
    """A job of the workflow, from proposals to the table, without reading and writing files."""
    pixels, labels = work.pixels()
    dataset = Prepared(pixels, labels, work.examples + work.validation, work.classes, 1 / 255)
    spec = SearchSpec.model_validate(
        {
            "root_seed": 0,
            "settings": {
                "data": {
                    "dataset": "made-up",
                    "train": work.examples,
                    "validation": work.validation,
                },
                "model": {"hidden": list(work.hidden), "activation": "relu", "init": "he"},
                "train": {
                    "optimizer": {"name": "sgd", "lr": 0.01},
                    "batch_size": work.batch,
                    "epochs": work.epochs,
                },
                "evaluation": {"points": work.points - 1},
            },
            "space": {
                "train.optimizer.lr": {"log_uniform": [1e-6, 1e-2]},
                "penalty.l2": {"log_uniform": [1e-8, 1e-4]},
            },
            "objective": {"maximize": "validation_accuracy"},
            "trials": work.replicates,
            "method": "random",
        }
    )
    return lambda: search_block(spec, dataset, range(work.replicates), Path()) and None


def _quietly(function: Callable[[], None]) -> None:
    with np.errstate(all="ignore"):
        function()


def _stack(work, network, sets, members):
    replicates = [
        Replicate(
            r,
            sets[r],
            Examples(sets[r].inputs[:1], sets[r].labels[:1]),
            nn.SGD(work.lr(r)),
            (nn.L2(work.l2(r)),) if work.l2(r) else (),
        )
        for r in members
    ]
    init, mask = ([np.random.default_rng([purpose, r]) for r in members] for purpose in (2, 3))
    return Stack(network, replicates, work.classes, init, mask), members

"""Small data, and networks to probe."""

import numpy as np

from overfit import nn
from overfit.training.examples import Examples
from overfit.training.loop import Recipe
from overfit.training.probes import make, snapshot
from overfit.training.schedule import Schedule
from overfit.training.stack import Replicate, Stack

INPUTS, CLASSES = 6, 4


def examples(seed, count, dtype=np.float32):
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, CLASSES, count)
    centres = np.random.default_rng(0).normal(size=(CLASSES, INPUTS))
    return Examples((centres[labels] + rng.normal(size=(count, INPUTS))).astype(dtype), labels)


def replicate(seed, *, train=20, validation=40, lr=0.1, dtype=np.float32, penalties=()):
    return Replicate(
        seed,
        examples(100 + seed, train, dtype),
        examples(200 + seed, validation, dtype),
        nn.SGD(lr),
        penalties,
    )


def seen(network, of, *, updates=0, batch_size=8, **recipe):
    """A snapshot after some updates, and the stack that it is of."""
    schedule = Schedule(len(of.train), batch_size, updates=max(updates, 1))
    made = Recipe(network, schedule, **recipe)
    init, mask, order = (np.random.default_rng([of.seed, i]) for i in range(3))
    smoothing = {k: v for k, v in recipe.items() if k == "label_smoothing"}
    stack = Stack(network, [of], CLASSES, [init], [mask], **smoothing)
    batches = schedule.batches([order])
    for _ in range(updates):
        stack.update(next(batches))
    return snapshot(
        stack,
        0,
        examples(300 + of.seed, 50, of.train.dtype),
        nn.Scratch(stack.dtype),
        factor=made.lr_schedule.factor(stack.updates),
        batch_size=batch_size,
    ), stack


def measured(probe, view):
    """What a probe measures: `{(layer, quantity): value}`."""
    return {(layer, quantity): value for layer, quantity, value in make(probe).measure(view)}

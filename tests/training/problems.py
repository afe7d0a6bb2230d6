"""Small problems to train on."""

from functools import cache

import numpy as np
from sklearn.datasets import load_digits

from overfit import nn
from overfit.training.examples import Examples
from overfit.training.stack import Replicate


@cache
def digits():
    """1,797 images of 8x8 pixels from 0 to 1."""
    images, labels = load_digits(return_X_y=True)
    return Examples((images / 16).astype(np.float32), labels.astype(np.uint8))


def part(rows):
    return Examples(digits().inputs[rows], digits().labels[rows])


TEST = slice(1000, 1100)


def beyond(part, **values):
    """A part with values that its bounds forbid, such as a learning rate that overflows at once."""
    for name, value in values.items():
        object.__setattr__(part, name, value)
    return part


def replicates(seeds, *, n=60, optimizer=None, penalties=()):
    """Each with digits of its own: n to train on and 40 to validate."""
    made = []
    for seed in seeds:
        rows = np.random.default_rng(seed).permutation(1000)
        made.append(
            Replicate(
                seed,
                part(rows[:n]),
                part(rows[n : n + 40]),
                optimizer or nn.SGD(0.05),
                penalties,
            )
        )
    return made


def rows(history):
    columns = history.columns
    return [
        dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)
    ]

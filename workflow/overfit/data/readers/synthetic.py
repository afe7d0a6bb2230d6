"""Examples made from random numbers."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from overfit.config.datasets import SyntheticDataset
from overfit.config.generators import Clusters, Spirals, Teacher
from overfit.data.errors import DataError
from overfit.data.readers.loaded import Loaded, Part
from overfit.streams import Purpose, stream

Values = NDArray[np.float64]
Draw = Callable[[int, int], Values]
"""So many examples (n, d) of a class."""


def synthetic(entry: SyntheticDataset) -> Loaded:
    """Pool and test set, each with as many examples of each class and shuffled.

    The same seed gives the same examples on the same machine with the same NumPy.
    """
    rng = stream(entry.seed, Purpose.DATA, 0)
    draw = DRAWS[entry.generator.name](entry.generator, entry.classes, rng)
    return Loaded(tuple(_part(draw, size, entry.classes, rng) for size in (entry.pool, entry.test)))


def _part(draw: Draw, size: int, classes: int, rng: np.random.Generator) -> Part:
    order = rng.permutation(size)
    labels = np.repeat(np.arange(classes), size // classes)[order]
    values = np.concatenate([draw(c, size // classes) for c in range(classes)])[order]
    return Part.of(values.astype(np.float32), labels)


def clusters(kind: Clusters, classes: int, rng: np.random.Generator) -> Draw:
    """X ~ N(centre of the class, 1), the centres ~ N(0, separation^2)."""
    centres = rng.normal(0, kind.separation, (classes, kind.features))
    return lambda c, n: centres[c] + rng.standard_normal((n, kind.features))


def spirals(kind: Spirals, classes: int, rng: np.random.Generator) -> Draw:
    """X = r (cos a, sin a) + noise, r ~ U(0, 1), a = 2 pi (turns * r + class / classes).

    Source: Lang and Witbrock (1988), Learning to tell two spirals apart.
    """

    def draw(c: int, n: int) -> Values:
        r = rng.random(n)
        angle = 2 * np.pi * (kind.turns * r + c / classes)
        plane = np.stack([r * np.cos(angle), r * np.sin(angle)], axis=1)
        return plane + rng.normal(0, kind.noise, (n, 2))

    return draw


CALIBRATION = 10_000
"""Inputs over which a teacher's outputs are standardized."""
RAREST = 50
"""So many of them each class must get, or examples of it would have to be searched for too long."""


def teacher(kind: Teacher, classes: int, rng: np.random.Generator) -> Draw:
    """X ~ N(0, 1), label = argmax of f(x), f a ReLU network with weights ~ N(0, 2 / inputs).

    Each output of f is standardized over many inputs, so that no class is rare. Inputs are drawn
    until there are enough of a class, so that x is a draw from N(0, 1) given its label.

    Raises:
        DataError: it hardly ever answers with one of the classes.
    """
    sizes = [kind.features, *kind.hidden, classes]
    weights = [rng.normal(0, np.sqrt(2 / n), (n, m)) for n, m in pairwise(sizes)]

    def outputs(x: Values) -> Values:
        for w in weights[:-1]:
            x = np.maximum(x @ w, 0)
        return x @ weights[-1]

    sample = outputs(rng.standard_normal((CALIBRATION, kind.features)))
    mean, deviation = sample.mean(axis=0), sample.std(axis=0)

    def labels(x: Values) -> NDArray[np.intp]:
        return ((outputs(x) - mean) / deviation).argmax(axis=1)

    x = rng.standard_normal((CALIBRATION, kind.features))
    counts = np.bincount(labels(x), minlength=classes)
    if counts.min() < RAREST:
        raise DataError(
            f"the teacher gives class {counts.argmin()} to {counts.min()} of {CALIBRATION} inputs; "
            "take another seed, more features, wider layers or fewer classes"
        )

    def draw(c: int, n: int) -> Values:
        found = np.empty((0, kind.features))
        while len(found) < n:
            x = rng.standard_normal((CALIBRATION, kind.features))
            found = np.concatenate([found, x[labels(x) == c]])
        return found[:n]

    return draw


DRAWS: dict[str, Callable[[Any, int, np.random.Generator], Draw]] = {
    "clusters": clusters,
    "spirals": spirals,
    "teacher": teacher,
}

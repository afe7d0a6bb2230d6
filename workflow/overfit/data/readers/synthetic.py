"""Examples made from random numbers, and the generators that make them."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BeforeValidator, Field

from overfit.config.model import Items, Model, Number, by_its_name, one_of
from overfit.data.checked import DataError
from overfit.data.readers import Dataset, Loaded, Mistakes, Part
from overfit.streams import Purpose, stream

PLANE = 2
CALIBRATION = 10_000
"""Inputs by which the outputs of a teacher are standardized."""
RAREST = 50
"""The fewest of them in each class; examples of rarer classes would take too long to find."""

Features = Annotated[int, Field(ge=1, le=10_000)]
Values = NDArray[np.float64]
Draw = Callable[[int, int], Values]
"""Draws `n` examples (n, d) of class `c`."""


class Generator(Model):
    """The generator of the examples."""

    name: str

    @abstractmethod
    def prepared(self, classes: int, rng: np.random.Generator) -> Draw:
        """Generate what all examples share, and return the function that generates examples."""


class Clusters(Generator):
    """Gaussian clusters, one per class, of standard deviation 1 in every feature."""

    name: Literal["clusters"]
    features: Features = 20
    """Number of features."""
    separation: Number = Field(default=1.0, ge=0, le=1000)
    """Standard deviation of the clusters' centres in every feature, around 0: the smaller, the more
    the classes overlap."""

    def prepared(self, classes: int, rng: np.random.Generator) -> Draw:
        """X ~ N(centre of the class, 1), the centres ~ N(0, separation^2)."""
        centres = rng.normal(0, self.separation, (classes, self.features))
        return lambda c, n: centres[c] + rng.standard_normal((n, self.features))


class Spirals(Generator):
    """Interleaved spirals in the plane, one per class, from the origin to a radius of 1."""

    name: Literal["spirals"]
    turns: Number = Field(default=1.0, gt=0, le=100)
    """Turns of a spiral around the origin."""
    noise: Number = Field(default=0.05, ge=0, le=100)
    """Standard deviation of the noise that is added to both coordinates."""

    def prepared(self, classes: int, rng: np.random.Generator) -> Draw:
        """X = r (cos a, sin a) + noise, r ~ U(0, 1), a = 2 pi (turns * r + class / classes).

        Source: Lang and Witbrock (1988), Learning to tell two spirals apart.
        """

        def draw(c: int, n: int) -> Values:
            r = rng.random(n)
            angle = 2 * np.pi * (self.turns * r + c / classes)
            plane = np.stack([r * np.cos(angle), r * np.sin(angle)], axis=1)
            return plane + rng.normal(0, self.noise, (n, 2))

        return draw


class Teacher(Generator):
    """Standard normal inputs, labelled by the largest output of a random ReLU network."""

    name: Literal["teacher"]
    features: Features = 20
    """Number of features."""
    hidden: Annotated[tuple[Annotated[int, Field(ge=1, le=10_000)], ...], Items] = (16,)
    """Widths of the teacher's hidden layers."""

    def prepared(self, classes: int, rng: np.random.Generator) -> Draw:
        """X ~ N(0, 1), label = argmax of f(x), f a ReLU network with weights ~ N(0, 2 / inputs).

        Each output of f is standardized over many inputs, so that no class is rare. Inputs are
        drawn until there are enough of a class, so x follows N(0, 1) given its label.

        Raises:
            DataError: a class is very rare.
        """
        sizes = [self.features, *self.hidden, classes]
        weights = [rng.normal(0, np.sqrt(2 / n), (n, m)) for n, m in pairwise(sizes)]

        def outputs(x: Values) -> Values:
            for w in weights[:-1]:
                x = np.maximum(x @ w, 0)
            return x @ weights[-1]

        def inputs() -> Values:
            return rng.standard_normal((CALIBRATION, self.features))

        sample = outputs(inputs())
        mean, deviation = sample.mean(axis=0), sample.std(axis=0)

        def labels(x: Values) -> NDArray[np.intp]:
            return ((outputs(x) - mean) / deviation).argmax(axis=1)

        counts = np.bincount(labels(inputs()), minlength=classes)
        if counts.min() < RAREST:
            raise DataError(
                f"the teacher gives class {counts.argmin()} to {counts.min()} of {CALIBRATION} "
                "inputs; use another seed, more features, wider layers or fewer classes"
            )

        def draw(c: int, n: int) -> Values:
            found = np.empty((0, self.features))
            while len(found) < n:
                x = inputs()
                found = np.concatenate([found, x[labels(x) == c]])
            return found[:n]

        return draw


GENERATORS: dict[str, type[Generator]] = {
    "clusters": Clusters,
    "spirals": Spirals,
    "teacher": Teacher,
}
if TYPE_CHECKING:
    AnyGenerator = Generator
else:
    AnyGenerator = Annotated[
        one_of(GENERATORS, "name", "generator"),
        BeforeValidator(
            by_its_name,
            json_schema_input_type=Literal[tuple(GENERATORS)] | Clusters | Spirals | Teacher,
        ),
    ]
"""A generator by its name, or a mapping with its options."""


class SyntheticDataset(Dataset):
    """Examples made from random numbers, equally many of each class.

    The same seed makes the same examples on the same machine with the same NumPy.
    """

    source: Literal["synthetic"]
    classes: int = Field(ge=2, le=256)
    """Number of classes."""
    pool: int = Field(ge=2)
    """Number of examples that training and validation sets are drawn from."""
    test: int = Field(ge=2)
    """Number of test examples."""
    generator: AnyGenerator
    """The generator: a name or a mapping."""
    seed: int = Field(default=0, ge=0, lt=2**31)
    """The seed of the random numbers."""

    def load(self) -> Loaded:
        """Pool and test set, each shuffled."""
        rng = stream(self.seed, Purpose.DATA, 0)
        draw = self.generator.prepared(self.classes, rng)
        return Loaded(tuple(self._part(draw, size, rng) for size in (self.pool, self.test)))

    def _part(self, draw: Draw, size: int, rng: np.random.Generator) -> Part:
        order = rng.permutation(size)
        each = size // self.classes
        labels = np.repeat(np.arange(self.classes), each)[order]
        values = np.concatenate([draw(c, each) for c in range(self.classes)])[order]
        return Part.of(values.astype(np.float32), labels)

    @property
    def inputs(self) -> int:
        """Features of an example."""
        return int(getattr(self.generator, "features", PLANE))

    def _mistakes(self) -> Mistakes:
        yield from super()._mistakes()
        yield from self._equally_large()

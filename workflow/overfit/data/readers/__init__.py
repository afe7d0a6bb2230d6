"""Readers of datasets: each file defines one, which the catalogue names as `source`.

A reader is a model of the keys of an entry, with a method `load` that reads the data.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from math import prod
from typing import Annotated, Any, Self, get_args

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from overfit.config import contract
from overfit.config.model import Items, Model, Number, Text, clashes

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Size = Annotated[int, Field(ge=1, le=100_000)]
Shape = Annotated[tuple[Size, Size], Items]
Largest = Annotated[Number, Field(gt=0)] | None
Mistakes = Iterator[tuple[str, str]]
"""Keys whose values are wrong, each with a sentence."""

UNKNOWN = 1000
"""The assumed number of features if it can't be known without reading the table."""


@dataclass(frozen=True)
class Feature:
    """A feature, as it was read."""

    name: str
    type: str
    """In words: `number`, `whole number`, `0 or 1`, `level of ...`."""
    lowest: float
    highest: float
    missing: float = 0.0
    """The share of the rows that have no value."""


@dataclass(frozen=True)
class Record:
    """What a reader read, for the card, the log and the report."""

    left_out: Mapping[str, int] = field(default_factory=dict)
    """How many rows are not used, for each reason in words."""
    features: tuple[Feature, ...] = ()
    """The features, in order; none for images."""
    notes: tuple[str, ...] = ()
    """What the reader found out by itself, each a sentence: the separator, the encoding, ..."""
    warnings: tuple[str, ...] = ()
    """What is probably a mistake, each a sentence that says what to do."""


@dataclass(frozen=True)
class Part:
    """Some images and their labels, in one order.

    `labels` (n,) are integers. `blocks` gives the images piece by piece, each piece (b, d), uint8
    or float32 (see `dtype`), so a file larger than memory is never loaded as a whole.
    """

    labels: NDArray[np.integer[Any]]
    blocks: Iterable[NDArray[Any]]
    values: int
    """d, the number of values of an image."""
    dtype: np.dtype[Any]

    @classmethod
    def of(cls, images: NDArray[Any], labels: NDArray[np.integer[Any]]) -> Part:
        """Images (n, d) that are in memory."""
        return cls(labels, (images,), images.shape[1], images.dtype)


@dataclass(frozen=True)
class Loaded:
    """A dataset as its source has it."""

    parts: tuple[Part, ...]
    """Pool and test set; a single part if it is to be split into both."""
    largest: float | None = None
    """The value that becomes 1; None if values are inputs as they are."""
    files: tuple[str, ...] = ()
    """Names of the files that were read."""
    names: tuple[str, ...] | None = None
    """Names of the classes, in the order of their labels."""
    noun: str = "images"
    """What examples are called in messages."""
    record: Record = Record()

    @classmethod
    def of_images(
        cls, parts: tuple[Part, ...], largest: float | None, files: tuple[str, ...]
    ) -> Loaded:
        """Images, in which 255 becomes 1 if they are bytes and no other value is given."""
        is_bytes = parts[0].dtype == np.uint8
        return cls(parts, 255 if largest is None and is_bytes else largest, files)


class Dataset(Model):
    """What every entry of `config/datasets.yaml` has."""

    title: Text
    """Its name for readers."""
    origin: Text
    """Who made it, and where it is described."""
    licence: Text
    """Terms of use."""
    classes: int = Field(ge=2, le=256)
    """Number of classes; labels run from 0 to one less."""
    pool: int = Field(ge=2)
    """Number of images that training and validation sets are drawn from."""
    test: int = Field(ge=2)
    """Number of test images; none of them is in the pool."""
    rarest: Annotated[int, Field(ge=1)] | None = None
    """Number of images in the pool's rarest class. If you give it, a training set that is too large
    for this class is refused before any job. Without it, classes count as equally large until they
    are drawn from."""
    source: str
    """Where the data comes from, see below; the other keys depend on it."""

    @abstractmethod
    def load(self) -> Loaded:
        """Read the data.

        Raises:
            DataError: the source is missing, altered or damaged, or not what the entry says.
        """

    def files(self) -> tuple[str, ...]:
        """Your own files that it is made from; a change in them prepares the dataset again."""
        return ()

    @property
    def inputs(self) -> int:
        """The number of values of an example, for what jobs request from a cluster."""
        shape: tuple[int, ...] = getattr(self, "shape", (UNKNOWN,))
        return prod(shape)

    def room(self, train: int, validation: int) -> tuple[int, int]:
        """The most images of a class that both sets may need, and how many the rarest class has."""
        needed = -(-train // self.classes) - (-validation // self.classes)
        return needed, self.rarest or self.pool // self.classes

    @model_validator(mode="after")
    def _values_go_together(self) -> Self:
        clashes((message, [(key,)]) for key, message in self._mistakes())
        return self

    def _mistakes(self) -> Mistakes:
        """Values that can't be, or can't go together."""
        for key, images in (("pool", self.pool), ("test", self.test)):
            if images < self.classes:
                yield key, f"{images} images can't contain {self.classes} classes"
        if self.rarest is not None and self.rarest > self.pool // self.classes:
            yield (
                "rarest",
                f"the rarest of {self.classes} classes can't have {self.rarest} of {self.pool} "
                "images",
            )

    def _equally_large(self) -> Mistakes:
        """Numbers of images that can't be divided into equally large classes."""
        for key, images in (("pool", self.pool), ("test", self.test)):
            if images % self.classes:
                yield key, f"{images} images can't be divided equally among {self.classes} classes"


def unpaired(test_images: str | None, test_labels: str | None) -> Mistakes:
    """Test images without labels, or the other way round."""
    if (test_images is None) != (test_labels is None):
        yield "test_labels", "test_images and test_labels must both be given, or both be null"


def readers() -> dict[str, type[Dataset]]:
    """The classes of all readers by the name of their file, which is their `source`.

    Raises:
        ContractError: a file can't be imported, or doesn't define one reader of its name.
    """
    found = contract.classes(__name__, Dataset)  # type: ignore[type-abstract]
    for name, reader in found.items():
        if get_args(reader.model_fields["source"].annotation) != (name,):
            mistake = f'{reader.__name__} must have the field source: Literal["{name}"]'
            raise contract.ContractError(contract.files(__name__)[name], mistake)
    return found

"""Readers of datasets: each file defines one, which the catalogue names as `source`.

A reader is a model of the keys of an entry, with a method `load` that reads the data.
"""

from __future__ import annotations

import os
from abc import abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from itertools import chain
from math import prod
from typing import Annotated, Any, Literal, Self, get_args

import numpy as np
from numpy.typing import NDArray
from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from overfit.config import contract
from overfit.config.model import Items, Model, Number, Text, clashes, mistake
from overfit.config.problems import must_be
from overfit.data.checked import DataError

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Size = Annotated[int, Field(ge=1, le=100_000)]
Shape = Annotated[tuple[Size, ...], Items, Field(min_length=1, max_length=3)]
Own = Annotated[Text, AfterValidator(os.path.expanduser)]
"""The path of a file or folder of yours, in which `~` is your home folder."""
Largest = Annotated[Number, Field(gt=0)] | None
Mistakes = Iterator[tuple[str, str]]
"""Keys whose values are wrong, each with a sentence."""

UNKNOWN = 1000
"""The assumed number of features if it can't be known without reading the data."""
ROWS = 10_000
"""The assumed number of examples if it can't be known without reading the data."""
MOST = 100_000_000
"""The most images of a pool or a test set."""
BYTES = np.dtype(np.uint8)
STEPS = 4096
"""The fewest float32 numbers over the range of a feature whose values float32 rounds."""


def _amount(value: Any) -> Any:
    share = isinstance(value, float) and 0 < value < 1
    number = isinstance(value, int) and not isinstance(value, bool) and 2 <= value <= MOST
    if not (share or number or value == "rest"):
        allowed = f"a whole number from 2 to {MOST}, a share such as 0.3, or rest"
        raise mistake(must_be(allowed, value))
    return value


def _not_a_share(value: Any) -> Any:
    if isinstance(value, float):
        raise mistake(f"must be a whole number or rest; write test: {1 - value:.4g} for the share")
    return value


Test = Annotated[int | float | Literal["rest"], BeforeValidator(_amount)]
Pool = Annotated[int | Literal["rest"], BeforeValidator(_amount), BeforeValidator(_not_a_share)]


@dataclass(frozen=True)
class Feature:
    """A feature, as it was read."""

    name: str
    type: str
    """The kind in words: `number`, `whole number`, `0 or 1`, `level of ...`."""
    lowest: float
    highest: float
    missing: float = 0.0
    """The share of the rows that have no value."""


@dataclass(frozen=True)
class Record:
    """The result of a reader, for the card, the log and the report."""

    left_out: Mapping[str, int] = field(default_factory=dict)
    """The number of rows that are not used, by the reason in words."""
    features: tuple[Feature, ...] = ()
    """The features, in order; none for images."""
    notes: tuple[str, ...] = ()
    """Guesses of the reader, such as the separator or the encoding, each a sentence."""
    warnings: tuple[str, ...] = ()
    """Probable mistakes, each a sentence that says what to do."""


@dataclass(frozen=True)
class Part:
    """Some images and their labels, in one order.

    `labels` are as in the source: (n,) of any kind, or one-hot (n, K). `blocks` gives the images
    piece by piece, each piece (b, d), so a file larger than memory is never loaded as a whole.
    """

    labels: NDArray[Any]
    blocks: Iterable[NDArray[Any]]
    values: int
    """d, the number of values of an image."""
    dtype: np.dtype[Any]
    """The type of the values. Unsigned bytes are stored as they are, others as float32."""
    shape: tuple[int, ...] = ()
    """The axes of an image if it has several."""
    where: Callable[[int], str] = "row {}".format
    """The place of the label of a row (from 0), for messages."""

    @classmethod
    def of(cls, images: NDArray[Any], labels: NDArray[Any]) -> Part:
        """Images (n, d) that are in memory."""
        return cls(labels, (images,), images.shape[1], images.dtype)

    def joined(self, other: Part) -> Part:
        """These images and then those of another part.

        Raises:
            DataError: they don't have the same shape.
        """
        if (self.values, self.shape) != (other.values, other.shape):
            axes = [list(part.shape or (part.values,)) for part in (self, other)]
            raise DataError(f"images of the pool have shape {axes[0]}, others {axes[1]}")
        return Part(
            np.concatenate([self.labels, other.labels]),
            Blocks(lambda: chain(self.blocks, other.blocks)),
            self.values,
            self.dtype if self.dtype == other.dtype else np.result_type(self.dtype, other.dtype),
            self.shape,
            lambda row: (
                self.where(row) if row < len(self.labels) else other.where(row - len(self.labels))
            ),
        )


@dataclass(frozen=True)
class Blocks:
    """Pieces of an array that are read anew by each loop over them."""

    read: Callable[[], Iterator[NDArray[Any]]]

    def __iter__(self) -> Iterator[NDArray[Any]]:
        return self.read()


@dataclass(frozen=True)
class Loaded:
    """A dataset as its source has it."""

    parts: tuple[Part, ...]
    """Pool and test set; a single part if it is to be split into both."""
    largest: float | None = None
    """The value that becomes 1; None if values are inputs as they are."""
    files: tuple[str, ...] = ()
    """Names of the files that were read."""
    noun: str = "images"
    """The noun for examples in messages."""
    missing: bool = False
    """Whether values may be missing (NaN); each seed fills them from its training set."""
    record: Record = Record()

    @classmethod
    def of_images(
        cls,
        pool: Sequence[Part],
        test: Sequence[Part],
        largest: float | None,
        files: tuple[str, ...],
    ) -> Loaded:
        """Images, in which 255 becomes 1 if they are bytes and no other value is given.

        The parts of the pool are joined. Without a test part, the pool is to be split.

        If only some parts are bytes, the others are converted to their unit: shares up to 1 are
        multiplied by 255, numbers up to 255 stay.

        Raises:
            DataError: the values of a part fit neither unit.
        """
        parts, notes = [*pool, *test], []
        are_bytes = [part.dtype == BYTES for part in parts]
        if largest is None and any(are_bytes):
            largest = 255
            if not all(are_bytes):
                parts, notes = map(list, zip(*map(_in_bytes, parts), strict=True))
        joined = reduce(Part.joined, parts[: len(pool)])
        record = Record(notes=tuple(note for note in notes if note))
        return cls((joined, *parts[len(pool) :]), largest, files, record=record)


def _in_bytes(part: Part) -> tuple[Part, str]:
    """Images in the unit of bytes, and a note on what was done."""
    if part.dtype == BYTES:
        return part, ""
    lowest = min(float(block.min()) for block in part.blocks if block.size)
    highest = max(float(block.max()) for block in part.blocks if block.size)
    span = f"{part.dtype} from {lowest:.4g} to {highest:.4g}"
    if not (lowest >= 0 and highest <= 255):
        raise DataError(
            f"one part has images of unsigned bytes, another {span}; save both in one unit, or set "
            "largest"
        )
    if highest > 1 or part.dtype.kind != "f":
        return part, f"one part has images of unsigned bytes, another {span}: 255 becomes 1 in both"
    blocks = Blocks(lambda: (block * 255.0 for block in part.blocks))
    note = f"one part has images of unsigned bytes, which become 0 to 1, another {span}"
    return replace(part, blocks=blocks), note


class Dataset(Model):
    """The keys of every entry of `config/datasets.yaml`."""

    title: Text | None = None
    """Its name for readers."""
    origin: Text | None = None
    """Its authors, and the place where it is described."""
    licence: Text | None = None
    """Terms of use."""
    classes: Annotated[int, Field(ge=2, le=256)] | None = None
    """Number of classes. Default: they are counted."""
    names: Annotated[tuple[Text, ...], Items, Field(min_length=2)] | None = None
    """The classes in order, as the labels in the source call them; or, if these labels are numbers,
    words for the numbers in ascending order. Default: as in the source, sorted."""
    pool: Pool = "rest"
    """Number of images that training and validation sets are drawn from; `rest` for all that are
    not in the test set."""
    test: Test = "rest"
    """Number of test images, none of which is in the pool; a share such as 0.3; or `rest` for all
    images of a test set of its own, or for all that are not in the pool."""
    rarest: Annotated[int, Field(ge=1)] | None = None
    """Number of images in the pool's rarest class. If you give it, a training set that is too large
    for this class is refused before any job. Without it, classes count as equally large until they
    are drawn from."""
    source: str
    """The kind of source, see below; the other keys depend on it."""

    @abstractmethod
    def load(self) -> Loaded:
        """Read the data.

        Raises:
            DataError: the source is missing, altered or damaged, or not what the entry says.
        """

    def files(self) -> tuple[str, ...]:
        """Your own files that it is made from; a change in them prepares the dataset again."""
        return ()

    def absent(self) -> str | None:
        """Why it is not on this machine, so that it would be downloaded; None if it is."""
        return None

    @property
    def has_test(self) -> bool:
        """Whether the source has a test set of its own."""
        return False

    @property
    def inputs(self) -> int:
        """The number of values of an example, for what jobs request from a cluster."""
        shape: tuple[int, ...] | None = getattr(self, "shape", None)
        return prod(shape or (UNKNOWN,))

    @property
    def counts(self) -> tuple[int, int]:
        """The numbers of images in the pool and the test set, or guesses if the entry has none.

        They decide what jobs request from a cluster.
        """
        pool = ROWS if self.pool == "rest" else self.pool
        test = self.test if isinstance(self.test, int) else ROWS
        return pool, test

    def room(self, train: int, validation: int) -> tuple[int, int] | None:
        """The most images of a class that both sets may need, and how many the rarest class has.

        None if the entry does not say how many images there are.
        """
        classes = self.classes or len(self.names or ())
        if not classes or (self.pool == "rest" and self.rarest is None):
            return None
        needed = -(-train // classes) - (-validation // classes)
        return needed, self.rarest or self.counts[0] // classes

    @model_validator(mode="after")
    def _values_go_together(self) -> Self:
        clashes((message, [(key,)]) for key, message in self._mistakes())
        return self

    def _mistakes(self) -> Mistakes:
        """Values that can't be, or can't go together."""
        if self.names is not None and len(set(self.names)) != (self.classes or len(self.names)):
            yield "names", f"{len(set(self.names))} names for {self.classes} classes"
        if self.names is not None and len(set(self.names)) < len(self.names):
            yield "names", "a class is named twice"
        for key, images in (("pool", self.pool), ("test", self.test)):
            if isinstance(images, int) and self.classes and images < self.classes:
                yield key, f"{images} images can't contain {self.classes} classes"
        if self.has_test and isinstance(self.test, float):
            yield "test", "the test set is not a share of the pool; leave test out to use all of it"
        if self.pool == self.test == "rest" and not self.has_test:
            yield "test", "is missing: how much is for testing? For example, test: 0.3"
        if None in (self.rarest, self.classes) or self.pool == "rest":
            return
        if self.rarest > self.pool // self.classes:  # type: ignore[operator]
            yield (
                "rarest",
                f"the rarest of {self.classes} classes can't have {self.rarest} of {self.pool} "
                "images",
            )

    def _equally_large(self) -> Mistakes:
        """Numbers of images that can't be divided into equally large classes."""
        for key, images in (("pool", self.pool), ("test", self.test)):
            if isinstance(images, int) and self.classes and images % self.classes:
                yield key, f"{images} images can't be divided equally among {self.classes} classes"


def merged(
    lowest: NDArray[np.float64], highest: NDArray[np.float64], rounded: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Features (d,) with values that float32 can't tell apart: it has few numbers in their range.

    Args:
        lowest: the lowest values (d,).
        highest: the highest values (d,).
        rounded: whether float32 rounds some values.
    """
    spread = highest - lowest
    largest = np.fmax(np.abs(lowest), np.abs(highest))
    with np.errstate(over="ignore", invalid="ignore"):
        step = np.spacing(largest.astype(np.float32)).astype(np.float64)
        return rounded & (spread > 0) & (spread < STEPS * step)


def array_mistakes(entry: Any) -> Mistakes:
    """Images without labels, or the other way round, and arrays that are used twice.

    Args:
        entry: an entry with `images` and `labels`, and the same for `validation_` and `test_`.
    """
    used = {entry.images: "images"}
    for part in ("validation", "test"):
        images, labels = (getattr(entry, f"{part}_{kind}") for kind in ("images", "labels"))
        if (images is None) != (labels is None):
            message = f"{part}_images and {part}_labels must both be given, or both be null"
            yield f"{part}_labels", message
        if images is not None and images in used:
            yield f"{part}_images", f"{used[images]} is the same array: {images}"
        used[images] = f"{part}_images"


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

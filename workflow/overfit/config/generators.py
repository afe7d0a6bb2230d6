"""Ways to make a synthetic dataset."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, Tag

from overfit.config.model import Items, Model, Number, by_its_name, told_apart_by

Features = Annotated[int, Field(ge=1, le=10_000)]


class Clusters(Model):
    """Gaussian clusters, one a class, of standard deviation 1 in every feature."""

    name: Literal["clusters"]
    features: Features = 20
    """Number of features."""
    separation: Number = Field(default=1.0, ge=0, le=1000)
    """Standard deviation of the clusters' centres in every feature, around 0: the smaller, the more
    the classes overlap."""


class Spirals(Model):
    """Interleaved spirals in the plane, one a class, from the origin to a radius of 1."""

    name: Literal["spirals"]
    turns: Number = Field(default=1.0, gt=0, le=100)
    """Turns of a spiral around the origin."""
    noise: Number = Field(default=0.05, ge=0, le=100)
    """Standard deviation of what is added to both coordinates."""


class Teacher(Model):
    """Standard normal inputs, labelled by which output of a random ReLU network is the largest."""

    name: Literal["teacher"]
    features: Features = 20
    """Number of features."""
    hidden: Annotated[tuple[Annotated[int, Field(ge=1, le=10_000)], ...], Items] = (16,)
    """Widths of the teacher's hidden layers."""


GENERATORS: dict[str, type[Model]] = {
    "clusters": Clusters,
    "spirals": Spirals,
    "teacher": Teacher,
}
Generator = Annotated[
    Annotated[Clusters, Tag("<clusters>")]
    | Annotated[Spirals, Tag("<spirals>")]
    | Annotated[Teacher, Tag("<teacher>")],
    told_apart_by("name", "generator", GENERATORS),
    BeforeValidator(
        by_its_name,
        json_schema_input_type=Literal["clusters", "spirals", "teacher"]
        | Clusters
        | Spirals
        | Teacher,
    ),
]

"""Initial weights."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, Tag

from overfit.config.model import Model, Number, by_its_name, told_apart_by


class He(Model):
    """Normal, standard deviation sqrt(2 / inputs); made for ReLU."""

    name: Literal["he"]


class HeUniform(Model):
    """Uniform, with the standard deviation of `he`."""

    name: Literal["he_uniform"]


class Xavier(Model):
    """Normal, standard deviation sqrt(1 / inputs); made for sigmoid and tanh (the book's form)."""

    name: Literal["xavier"]


class XavierUniform(Model):
    """Uniform, with the standard deviation of `xavier`."""

    name: Literal["xavier_uniform"]


class Glorot(Model):
    """Normal, standard deviation sqrt(2 / (inputs + outputs)) (the paper's form of Xavier)."""

    name: Literal["glorot"]


class GlorotUniform(Model):
    """Uniform, with the standard deviation of `glorot`."""

    name: Literal["glorot_uniform"]


class Orthogonal(Model):
    """A random matrix with orthonormal rows or columns."""

    name: Literal["orthogonal"]
    gain: Number = Field(default=1.0, gt=0, le=100)
    """What the matrix is multiplied with."""


class Normal(Model):
    """Normal, one standard deviation for all layers; `{std: 0.01}` for short."""

    name: Literal["normal"]
    std: Number = Field(gt=0, le=100)
    """Standard deviation of the initial weights."""


InitName = Literal[
    "he", "he_uniform", "xavier", "xavier_uniform", "glorot", "glorot_uniform", "orthogonal"
]
INITS: dict[str, type[Model]] = {
    "he": He,
    "he_uniform": HeUniform,
    "xavier": Xavier,
    "xavier_uniform": XavierUniform,
    "glorot": Glorot,
    "glorot_uniform": GlorotUniform,
    "orthogonal": Orthogonal,
    "normal": Normal,
}


def _by_name_or_std(value: Any) -> Any:
    """`he` for {name: he}, {std: 0.01} for {name: normal, std: 0.01}."""
    if isinstance(value, dict) and "name" not in value and "std" in value:
        return {"name": "normal", **value}
    return by_its_name(value)


Init = Annotated[
    Annotated[He, Tag("<he>")]
    | Annotated[HeUniform, Tag("<he_uniform>")]
    | Annotated[Xavier, Tag("<xavier>")]
    | Annotated[XavierUniform, Tag("<xavier_uniform>")]
    | Annotated[Glorot, Tag("<glorot>")]
    | Annotated[GlorotUniform, Tag("<glorot_uniform>")]
    | Annotated[Orthogonal, Tag("<orthogonal>")]
    | Annotated[Normal, Tag("<normal>")],
    told_apart_by("name", "initializer", INITS),
    BeforeValidator(
        _by_name_or_std,
        json_schema_input_type=InitName
        | He
        | HeUniform
        | Xavier
        | XavierUniform
        | Glorot
        | GlorotUniform
        | Orthogonal
        | Normal,
    ),
]

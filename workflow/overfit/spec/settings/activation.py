"""Activations. Those without parameters are written as their name alone."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, Tag, model_serializer

from overfit.spec.choice import by_its_name, told_apart_by
from overfit.spec.model import Model, Number


class _Plain(Model):
    name: str

    @model_serializer
    def _as_name(self) -> str:
        return self.name


class Relu(_Plain):
    """max(x, 0)."""

    name: Literal["relu"]


class LeakyRelu(Model):
    """x above 0, a small multiple of x below."""

    name: Literal["leaky_relu"]
    leak: Number = Field(default=0.01, ge=0, le=1)
    """The slope below 0."""


class Sigmoid(_Plain):
    """1 / (1 + exp(-x))."""

    name: Literal["sigmoid"]


class Tanh(_Plain):
    """The hyperbolic tangent."""

    name: Literal["tanh"]


class Gelu(_Plain):
    """x times the normal distribution function of x."""

    name: Literal["gelu"]


ActivationName = Literal["relu", "leaky_relu", "sigmoid", "tanh", "gelu"]
ACTIVATIONS: dict[str, type[Model]] = {
    "relu": Relu,
    "leaky_relu": LeakyRelu,
    "sigmoid": Sigmoid,
    "tanh": Tanh,
    "gelu": Gelu,
}

Activation = Annotated[
    Annotated[Relu, Tag("<relu>")]
    | Annotated[LeakyRelu, Tag("<leaky_relu>")]
    | Annotated[Sigmoid, Tag("<sigmoid>")]
    | Annotated[Tanh, Tag("<tanh>")]
    | Annotated[Gelu, Tag("<gelu>")],
    told_apart_by("name", "activation", ACTIVATIONS),
    BeforeValidator(by_its_name, json_schema_input_type=ActivationName | LeakyRelu),
]

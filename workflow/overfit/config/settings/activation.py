"""Activations. Those without parameters are written as their name alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal, Union

from pydantic import BeforeValidator, Field

from overfit.config.model import Number, by_its_name, one_of
from overfit.config.parts import ByName, Named, with_own


class Relu(ByName):
    """max(x, 0)."""

    name: Literal["relu"]


class LeakyRelu(Named):
    """x above 0, a small multiple of x below."""

    name: Literal["leaky_relu"]
    leak: Number = Field(default=0.01, ge=0, le=1)
    """The slope below 0."""


class Sigmoid(ByName):
    """1 / (1 + exp(-x))."""

    name: Literal["sigmoid"]


class Tanh(ByName):
    """The hyperbolic tangent."""

    name: Literal["tanh"]


class Gelu(ByName):
    """x times the normal distribution function of x."""

    name: Literal["gelu"]


ACTIVATIONS = with_own(
    "activations",
    {
        "relu": Relu,
        "leaky_relu": LeakyRelu,
        "sigmoid": Sigmoid,
        "tanh": Tanh,
        "gelu": Gelu,
    },
    Named,
    by_name=ByName,
)
"""The models of all activations, by name."""

if TYPE_CHECKING:
    Activation = Named
else:
    _BARE = tuple(
        name
        for name, model in ACTIVATIONS.items()
        if [key for key, field in model.model_fields.items() if field.is_required()] == ["name"]
    )
    _WITH_SETTINGS = (model for model in ACTIVATIONS.values() if len(model.model_fields) > 1)
    Activation = Annotated[
        one_of(ACTIVATIONS, "name", "activation"),
        BeforeValidator(
            by_its_name, json_schema_input_type=Union[(Literal[_BARE], *_WITH_SETTINGS)]
        ),
    ]

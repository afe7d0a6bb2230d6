"""Hyperparameter search, as a variant describes it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from overfit.spec.model import Items, Model, Number, clashes


class LogUniform(Model):
    """Uniform on a logarithmic scale between two positive ends."""

    log_uniform: Annotated[
        tuple[Annotated[Number, Field(gt=0)], Annotated[Number, Field(gt=0)]], Items
    ]
    """The lower and the upper end."""

    @model_validator(mode="after")
    def _ends_in_order(self) -> LogUniform:
        low, high = self.log_uniform
        if low >= high:
            clashes([(f"{low:g} is not below {high:g}", [("log_uniform",)])])
        return self


class Objective(Model):
    """What the search looks for; measured on validation images, never on test images."""

    maximize: Literal["validation_accuracy"]
    """The metric at the end of training."""


Method = Literal["random"]
Space = dict[str, LogUniform]


class Search(Model):
    """Settings that are found rather than given."""

    space: Annotated[Space, Field(min_length=1)]
    """For each dotted key of a setting, where to look: `{log_uniform: [low, high]}`."""
    method: Method
    """How to look; `random` is the only method so far."""
    trials: int = Field(ge=1, le=10_000)
    """How many configurations are tried."""
    objective: Objective
    """What is best."""

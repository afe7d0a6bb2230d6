"""Claims: statements that the pipeline tests."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag, model_validator

from overfit.spec.model import Model, Name, Number, Text, clashes
from overfit.spec.names import At, Metric, VariantName


class _Test(Model):
    of: VariantName
    """The variant that the claim is about."""
    expect: Literal["above", "below"]
    """Where the claim expects the difference: above or below zero."""
    margin: Number = Field(gt=0)
    """The smallest difference of interest, chosen before looking at results."""
    at: At = Field(default_factory=dict)
    """A point on grid axes; over the axes that are not named, the metric is averaged."""


class Difference(_Test):
    """A metric of one variant minus that of another, seed by seed."""

    difference: Metric
    """The metric."""
    minus: VariantName
    """The variant to compare with."""

    @model_validator(mode="after")
    def _two_variants(self) -> Difference:
        if self.of == self.minus:
            clashes([(f"{self.of} is compared with itself", [("minus",)])])
        return self


class Level(_Test):
    """A metric of one variant minus a constant."""

    level: Metric
    """The metric."""
    value: Number
    """The constant."""


def _kind(value: Any) -> str | None:
    if isinstance(value, dict):
        return next((f"<{kind}>" for kind in ("difference", "level") if kind in value), None)
    return f"<{type(value).__name__.lower()}>"


Test = Annotated[
    Annotated[Difference, Tag("<difference>")] | Annotated[Level, Tag("<level>")],
    Discriminator(
        _kind,
        custom_error_type="plain",
        custom_error_message="{message}",
        custom_error_context={
            "message": "names no test; write difference: METRIC or level: METRIC"
        },
    ),
]


class Claim(Model):
    """A statement and the test that decides on it."""

    id: Name
    """A short name, unique in the experiment."""
    says: Text
    """The statement, a sentence."""
    cites: str = ""
    """Where the statement comes from."""
    test: Test
    """What is compared with what."""

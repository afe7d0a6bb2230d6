"""Names that must refer to something in the same experiment file.

They are checked against the `Context` of the validation, so that all wrong names of a file are
found with its other mistakes, each at its place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, ValidationInfo, WithJsonSchema

from overfit.spec.model import clashes, mistake
from overfit.spec.problems import Path, did_you_mean, say

Metric = Literal[
    "train_accuracy",
    "validation_accuracy",
    "test_accuracy",
    "train_loss",
    "test_loss",
    "gap",
    "updates_to_90",
]
"""A column of numbers that every run yields."""
ProbeName = Literal["activations", "effective_lr", "gradients", "weights"]
"""What can be recorded beside loss and accuracy."""
KeptName = Literal["parameters", "predictions"]
"""What can be kept of the trained networks."""


def _scalar(value: Any) -> Any:
    if not isinstance(value, int | float | str):
        raise mistake(f"{say(value)} where a number, text, true or false belongs")
    return value


Point = Annotated[
    Any,
    AfterValidator(_scalar),
    WithJsonSchema({"type": ["number", "string", "boolean"]}),
]
"""A value on a grid axis."""


@dataclass(frozen=True)
class Context:
    """What an experiment file defines, as far as it could be read."""

    variants: Sequence[str] = ()
    searched: Sequence[str] = ()
    methods: Mapping[str, Any] = field(default_factory=dict)
    """The method of each searched variant, as it is written."""
    grid: dict[str, list[Any] | None] = field(default_factory=dict)
    """Each axis with its points; None where they are wrong."""
    probes: Sequence[str] = ()
    keep: Sequence[str] = ()


def _variant(name: str, info: ValidationInfo) -> str:
    if isinstance(info.context, Context) and name not in info.context.variants:
        raise mistake(f"no variant {name!r}{did_you_mean(name, info.context.variants)}")
    return name


def _searched(name: str, info: ValidationInfo) -> str:
    if isinstance(info.context, Context) and name not in info.context.searched:
        hint = did_you_mean(name, info.context.searched) or "; no variant has a search"
        raise mistake(f"no searched variant {name!r}{hint}")
    return name


def _axis(key: str, info: ValidationInfo) -> str:
    if isinstance(info.context, Context) and key not in info.context.grid:
        hint = did_you_mean(key, info.context.grid) or "; the experiment has no grid"
        raise mistake(f"no grid axis {key!r}{hint}")
    return key


def _point(at: dict[str, Any], info: ValidationInfo) -> dict[str, Any]:
    if not isinstance(info.context, Context):
        return at
    grid = info.context.grid
    wrong: list[tuple[str, list[Path]]] = []
    for axis, value in at.items():
        if axis not in grid:
            hint = did_you_mean(axis, grid) or "; the experiment has no grid"
            wrong.append((f"no grid axis {axis!r}{hint}", [(axis,)]))
        elif (on_axis := grid[axis]) is not None and value not in on_axis:
            points = ", ".join(str(point) for point in on_axis)
            wrong.append((f"{value} is not on the axis: {points}", [(axis,)]))
    clashes(wrong)
    return at


VariantName = Annotated[str, AfterValidator(_variant)]
SearchedVariant = Annotated[str, AfterValidator(_searched)]
Axis = Annotated[str, AfterValidator(_axis)]
At = Annotated[dict[str, Point], AfterValidator(_point)]
"""A point on some of the grid's axes."""

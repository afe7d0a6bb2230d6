"""Names that must refer to something in the same experiment file.

They are checked against the `Context` of the validation, so that wrong names are reported with all
other mistakes of the file, each at its place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator, ValidationInfo, WithJsonSchema

from overfit.config.metrics import PATTERN, metric_mistake, ratio_mistake
from overfit.config.model import mistake
from overfit.config.problems import did_you_mean, must_be
from overfit.metrics.table import METRICS, quantities

if TYPE_CHECKING:
    ProbeName = str
else:
    ProbeName = Literal[tuple(quantities())]
"""A probe, which records more than loss and accuracy."""
KeptName = Literal["parameters", "predictions"]
"""A part of the trained networks to keep."""


def _scalar(value: Any) -> Any:
    if not isinstance(value, int | float | str):
        raise mistake(must_be("a number, text, true or false", value))
    return value


Point = Annotated[
    Any,
    AfterValidator(_scalar),
    WithJsonSchema({"type": ["number", "string", "boolean"]}),
]
"""A value on a grid axis."""


Grid = dict[str, list[Any] | None]
"""Each axis with its points; None where they are wrong."""


@dataclass(frozen=True)
class Context:
    """The definitions of an experiment file, as far as it could be read."""

    variants: Sequence[str] = ()
    searches: Mapping[str, Any] = field(default_factory=dict)
    """The search of each searched variant, as it is written."""
    grid: Grid = field(default_factory=dict)
    probes: Sequence[str] | None = None
    """The recorded probes; None where they are wrong or not known."""
    keep: Sequence[str] | None = None
    """The kept results of training; None likewise."""

    @property
    def searched(self) -> list[str]:
        """The searched variants."""
        return list(self.searches)

    @property
    def methods(self) -> dict[str, Any]:
        """The method of each search that can be read."""
        return {name: search.get("method") for name, search in self._readable()}

    @property
    def repeats(self) -> dict[str, Any]:
        """The number of repeats of each search that can be read."""
        return {name: search.get("repeats", 1) for name, search in self._readable()}

    @property
    def spaces(self) -> dict[str, list[str]]:
        """The searched keys of each search whose space can be read."""
        spaces = {name: search.get("space") for name, search in self._readable()}
        return {name: list(space) for name, space in spaces.items() if isinstance(space, dict)}

    def _readable(self) -> list[tuple[str, dict[str, Any]]]:
        return [(name, one) for name, one in self.searches.items() if isinstance(one, dict)]


def _variant(name: str, info: ValidationInfo) -> str:
    if isinstance(info.context, Context) and name not in info.context.variants:
        raise mistake(f"unknown variant {name!r}{did_you_mean(name, info.context.variants)}")
    return name


def _searched(name: str, info: ValidationInfo) -> str:
    if isinstance(info.context, Context) and name not in info.context.searched:
        hint = did_you_mean(name, info.context.searched) or "; no variant has one"
        raise mistake(f"no variant {name!r} with a search{hint}")
    return name


def _metric(name: str, info: ValidationInfo) -> str:
    known = info.context.probes if isinstance(info.context, Context) else None
    if message := metric_mistake(name, known):
        raise mistake(message)
    return name


def _with_ratios(name: str) -> str:
    if message := ratio_mistake(name):
        raise mistake(message)
    return name


def _axis(key: str, info: ValidationInfo) -> str:
    if isinstance(info.context, Context) and key not in info.context.grid:
        hint = did_you_mean(key, info.context.grid) or "; the experiment has no grid"
        raise mistake(f"unknown grid axis {key!r}{hint}")
    return key


VariantName = Annotated[str, AfterValidator(_variant)]
SearchedVariant = Annotated[str, AfterValidator(_searched)]
Axis = Annotated[str, AfterValidator(_axis)]


Metric = Annotated[
    str,
    AfterValidator(_metric),
    WithJsonSchema({"anyOf": [{"enum": list(METRICS)}, {"type": "string", "pattern": PATTERN}]}),
]
"""A metric of every run or of a recorded probe; both also where runs match."""
PositiveMetric = Annotated[Metric, AfterValidator(_with_ratios)]
"""A metric that is always above 0."""

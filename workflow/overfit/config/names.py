"""Names that must refer to something in the same experiment file.

They are checked against the `Context` of the validation, so wrong names are reported with all
other mistakes of the file, each at its place.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator, ValidationInfo, WithJsonSchema

from overfit.config.model import mistake
from overfit.config.problems import did_you_mean, must_be, say
from overfit.metrics.table import (
    ALL_LAYERS,
    CRITERIA,
    MATCH,
    METRICS,
    SEARCH_METRICS,
    WHOLE_RUN,
    Quantity,
    alone,
    is_of_search,
    metric,
    quantities,
)
from overfit.metrics.table import (
    Metric as Wording,
)

FEWEST = 2
"""The fewest repeats for an interval."""

_CLASS = re.compile(r"0|[1-9][0-9]{0,2}")
_LAYER = re.compile(r"[1-9][0-9]{0,3}")
_CRITERION = re.compile(r"-?[0-9]{1,9}(\.[0-9]{0,9})?(e[-+]?[0-9]{1,3})?")
_PROBED = rf"({'|'.join(quantities())})\.[a-z0-9_]+\.([0-9]+|{ALL_LAYERS})"
_MATCHED = rf"{MATCH}({'|'.join(CRITERIA)})=[0-9].*"
NAMED = [*METRICS, *alone()]
"""The metrics of every run, and those of probes that are called by a single word."""
_SEARCHED = "|".join(SEARCH_METRICS).replace(".", r"\.")
_PATTERN = rf"^({_SEARCHED}|{_PROBED}|({'|'.join(NAMED)}){_MATCHED}|{_PROBED}{_MATCHED})$"
"""The form of metrics that are not in `NAMED`, for editors."""

if TYPE_CHECKING:
    ProbeName = str
else:
    ProbeName = Literal[tuple(quantities())]
"""A probe, which records more than loss and accuracy."""
KeptName = Literal["parameters", "predictions"]
"""A part of the results of training to keep."""


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
"""Each axis with its points; None if they are wrong."""


@dataclass(frozen=True)
class Context:
    """The definitions in the readable parts of an experiment file."""

    variants: Sequence[str] = ()
    searches: Mapping[str, Any] = field(default_factory=dict)
    """The search of each searched variant, as in the file."""
    grid: Grid = field(default_factory=dict)
    probes: Sequence[str] | None = None
    """The recorded probes; None where they are wrong or not known."""
    keep: Sequence[str] | None = None
    """The kept results of training; None if they are wrong or not known."""
    seeds: int | None = None
    """The number of seeds in the file; None if it is wrong or not known."""
    per_seed: Collection[str] = ()
    """The searched variants each of whose seeds has a search."""
    own: Collection[str] = ()
    """The metrics that the experiment declares."""
    measured: Collection[str] | None = None
    """All measured metrics, if the results are measurements."""

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
        found = {
            name: self.seeds if name in self.per_seed else search.get("repeats", 1)
            for name, search in self._readable()
        }
        return {name: number for name, number in found.items() if isinstance(number, int)}

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
    context = info.context if isinstance(info.context, Context) else None
    if message := _mistake_in(name, context):
        raise mistake(message)
    return name


def _mistake_in(name: str, context: Context | None) -> str | None:
    stem, _, criterion = name.partition(MATCH)
    if context is None or (stem not in context.own and context.measured is None):
        wrong = metric_mistake(name, context.probes if context else None)
        hint = did_you_mean(name, context.own) if context and wrong else ""
        return f"unknown metric {say(name)}{hint}" if "did you mean" in hint else wrong
    if context.measured is not None:
        for one in (stem, criterion.partition("=")[0]) if criterion else (stem,):
            if one not in context.measured:
                return f"{say(one)} is not measured{did_you_mean(one, context.measured)}"
        return metric_mistake(name, None) if criterion else None
    wrong = _match_mistake(stem, criterion) if criterion else None
    return wrong and f"{say(name)}: {wrong}"


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
    WithJsonSchema({"anyOf": [{"enum": NAMED}, {"type": "string", "pattern": _PATTERN}]}),
]
"""A metric of every run or of a recorded probe; both also where runs match."""
PositiveMetric = Annotated[Metric, AfterValidator(_with_ratios)]
"""A metric that is always above 0."""


def metric_mistake(name: str, probes: Sequence[str] | None) -> str | None:
    """The mistake in the name of a metric; None if it is right.

    Args:
        name: the name in the file.
        probes: the probes that the experiment records; None if unknown.
    """
    if name in METRICS or name in SEARCH_METRICS:
        return None
    if is_of_search(name):
        return f"unknown metric {say(name)}{did_you_mean(name, SEARCH_METRICS)}"
    if MATCH in name:
        stem, _, criterion = name.partition(MATCH)
        wrong = metric_mistake(stem, probes) or _match_mistake(stem, criterion)
        return wrong and f"{say(name)}: {wrong}"
    return _probed_mistake(name, probes)


def value_mistake(name: str, value: float) -> str | None:
    """Why a metric can't have a value; None if it can."""
    wording = metric(name)
    low, high = wording.bounds
    if low <= value <= high:
        return None
    bound = f"at least {low:g}" if value < low else f"at most {high:g}"
    return f"{name} is {bound}, so it can't be {value:g}{as_share(wording, value)}"


def as_share(wording: Wording, value: float) -> str:
    """A hint for a number that seems to be in percent, if the metric is a share."""
    share = wording.factor == 100 and abs(value) > 1
    return f"; if that is in percent, write {value / 100:g}" if share else ""


def ratio_mistake(name: str) -> str | None:
    """Why a metric has no ratios; None if it has."""
    stem = name.partition(MATCH)[0]
    if metric(stem).ratios:
        return None
    return f"{stem} can be 0 or negative, so it has no ratio; use a difference"


def unsearched(
    names: Iterable[str], variants: Sequence[str], repeats: Mapping[str, Any]
) -> str | None:
    """Why some of the variants have no metrics of searches or can't be paired; None if they can.

    Args:
        names: the metrics.
        variants: the variants whose metrics are wanted.
        repeats: the number of repeats of each searched variant, as in the file.
    """
    name = next(filter(is_of_search, names), None)
    if name is None:
        return None
    for variant in variants:
        if variant not in repeats:
            return f"{name} is a metric of searches, and {variant} has no search"
        if repeats[variant] in range(FEWEST):
            return f"{name} needs a search with several repeats; add repeats: 10 to {variant}"
    if len({repeats[variant] for variant in variants}) > 1:
        said = ", ".join(f"{variant} {repeats[variant]}" for variant in variants)
        return f"{name} is compared repeat by repeat, so all need the same number: {said}"
    return None


def _probed_mistake(name: str, recorded: Sequence[str] | None) -> str | None:
    probes = quantities()
    probe, _, rest = name.partition(".")
    if name in probes:
        example = f"{name}.{next(iter(probes[name]))}.1"
        return f"{name} is a probe; write {name}.QUANTITY.LAYER, such as {example}"
    if name in alone():
        return _unrecorded(name, alone()[name], recorded)
    if not rest:
        return f"unknown metric {say(name)}{did_you_mean(name, NAMED)}"
    if probe not in probes:
        return f"{say(name)}: unknown probe {probe!r}{did_you_mean(probe, probes)}"
    quantity, _, layer = rest.rpartition(".")
    if not quantity:
        return (
            f"{say(name)} does not name a layer; write {probe}.{rest}.1, or all for the whole "
            "network"
        )
    for short in (quantity, quantity.removeprefix("test_")):
        if alone().get(short) == probe:
            return f"{say(name)} is called {short}"
    if quantity not in probes[probe]:
        hint = did_you_mean(quantity, probes[probe])
        return f"{say(name)}: {probe} has no quantity {quantity!r}{hint}"
    if wrong := _layer_mistake(probes[probe][quantity], quantity, layer):
        return f"{say(name)}: {wrong}"
    return _unrecorded(name, probe, recorded)


def _unrecorded(name: str, probe: str, recorded: Sequence[str] | None) -> str | None:
    if recorded is None or probe in recorded:
        return None
    return f"{say(name)} is not recorded; add probes: [{', '.join([*recorded, probe])}]"


def _layer_mistake(quantity: Quantity, name: str, layer: str) -> str | None:
    if quantity.classes:
        right = _CLASS.fullmatch(layer)
        return None if right else f"{layer!r} is not a class; classes are 0, 1, 2 ..., in order"
    if layer == ALL_LAYERS:
        return None if quantity.whole else f"{name} is measured layer by layer; name a layer: 1"
    if not _LAYER.fullmatch(layer):
        return f"{layer!r} is not a layer; layers are 1, 2, 3 ..." + (
            f", or {ALL_LAYERS}" if quantity.whole else ""
        )
    return None


def _match_mistake(stem: str, criterion: str) -> str | None:
    """The mistake in a metric at a criterion, such as `train_loss=0.1`; None if it is right."""
    if stem in WHOLE_RUN:
        return f"{stem} is a metric of the whole run, which has no value at one evaluation"
    quantity, equals, text = criterion.partition("=")
    if quantity not in CRITERIA:
        return f"runs can't be matched by {say(quantity)}{did_you_mean(quantity, CRITERIA)}"
    example = f"{stem}{MATCH}{quantity}={'0.95' if quantity == 'train_accuracy' else '0.1'}"
    if not equals:
        return f"has no value; write {example}"
    if not _CRITERION.fullmatch(text):
        return f"{say(text)} is not a number; write {example}"
    value = float(text)
    if not 0 < value < float("inf"):
        return f"must be above 0, but is {text}"
    if quantity == "train_accuracy" and value > 1:
        return f"{text} is above 1, the accuracy of a perfect network"
    return None

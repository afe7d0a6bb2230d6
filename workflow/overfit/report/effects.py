"""The effect of each kind of claim: what it compares, in which unit, and what no effect is."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from overfit.metrics.format import setting
from overfit.metrics.table import Metric

Test = Mapping[str, Any]
Labels = Mapping[str, str]


@dataclass(frozen=True)
class Effect:
    """How the effect of a claim is worded, judged and drawn.

    Attributes:
        noun: what the estimate is.
        compares: what is compared with what.
        shown: how a value of it is written.
        margin: the margin in words.
        within: what lies around no effect, in words.
        null: the value that is no effect.
        band: the values between which an effect is too small to matter.
        side: where the claim expects it.
        signed: whether a value above 0 is written with its plus.
        prefix: what stands before a value.
        log: whether it is judged on the logarithmic scale.
        direction: the expected side in the claim's own word, if that is another one.
    """

    noun: str
    compares: str
    shown: Metric
    margin: str
    within: str
    null: float
    band: tuple[float, float]
    side: Literal["above", "below", "within"]
    signed: bool = True
    prefix: str = ""
    log: bool = False
    direction: str = ""

    def text(self, value: float) -> str:
        """A value without its unit."""
        if math.isnan(value) or not self.signed:
            return self.prefix + self.shown.value(value)
        return self.prefix + self.shown.difference(value)

    def strength(self, estimate: float) -> float:
        """How many margins the estimate is from no effect; 0 where there is none."""
        if math.isnan(estimate):
            return 0.0
        scale = math.log if self.log else float
        return round(
            (scale(estimate) - scale(self.null)) / (scale(self.band[1]) - scale(self.null)), 6
        )


def effect(plan: Mapping[str, Any], claim: Mapping[str, Any], wording: Metric) -> Effect:
    """The effect of a claim of the plan, about a metric with this wording."""
    labels = {name: variant["label"] for name, variant in plan["variants"].items()}
    return _KINDS[claim["kind"]](labels, claim["test"], wording)


def _difference(labels: Labels, test: Test, wording: Metric) -> Effect:
    of, minus = _sides(labels, test)
    compares = f"{wording.label}: {of} minus {minus}"
    return _of_differences("difference", compares, test, wording)


def _level(labels: Labels, test: Test, wording: Metric) -> Effect:
    value = f"{wording.value(test['value'])} {wording.unit}".rstrip()
    return _of_differences(
        "difference", f"{wording.label}: {labels[test['of']]} minus {value}", test, wording
    )


def _interaction(labels: Labels, test: Test, wording: Metric) -> Effect:
    other = test["versus"]
    moved = test.get("at", {}) != other.get("at", {})
    sides = " minus ".join(
        f"({labels[side['of']]} minus {labels[side['minus']]}{_points(side) if moved else ''})"
        for side in (test, other)
    )
    return _of_differences("difference of differences", f"{wording.label}: {sides}", test, wording)


def _equivalent(labels: Labels, test: Test, wording: Metric) -> Effect:
    of, minus = _sides(labels, test)
    compares = f"{wording.label}: {of} minus {minus}"
    return _of_differences("difference", compares, {**test, "expect": "within"}, wording)


def _ratio(labels: Labels, test: Test, wording: Metric) -> Effect:
    factor = 1 + test["margin"]
    shown = Metric("Ratio")
    of, to = _sides(labels, test, "to")
    low, high = shown.value(1 / factor), shown.value(factor)
    return Effect(
        noun="ratio",
        compares=f"{wording.label}: {of} divided by {to}",
        shown=shown,
        margin=f"a factor of {high}",
        within=f"×{low} to ×{high}",
        null=1.0,
        band=(1 / factor, factor),
        side=test["expect"],
        signed=False,
        prefix="×",
        log=True,
    )


def _trend(labels: Labels, test: Test, wording: Metric) -> Effect:
    minus = f" minus {labels[test['minus']]}" if "minus" in test else ""
    trend = _of_differences(
        "trend",
        f"{wording.label} along {test['along']}: {labels[test['of']]}{minus}",
        {**test, "expect": {"increasing": "above", "decreasing": "below"}[test["expect"]]},
        Metric("Kendall's τ", difference_unit="τ", decimals=2),
    )
    return replace(trend, direction=test["expect"])


def _location(labels: Labels, test: Test, wording: Metric) -> Effect:
    other = labels[test["minus"]] if "minus" in test else setting(test["value"])
    best = f"where along {test['along']} it is {test['optimum']}"
    if test["scale"] == "log":
        shown = Metric("Place", difference_unit="decades", decimals=2)
    else:
        shown = Metric("Place", difference_unit=f"in {test['along']}")
    return _of_differences(
        "difference of places",
        f"{wording.label}, {best}: {labels[test['of']]} minus {other}",
        test,
        shown,
    )


def _probability(labels: Labels, test: Test, wording: Metric) -> Effect:
    margin = test["margin"]
    shown = Metric("Share of seeds", "%", difference_unit="%", factor=100.0, decimals=0)
    of, minus = _sides(labels, test)
    low, high = shown.value(0.5 - margin), shown.value(0.5 + margin)
    return Effect(
        noun="share",
        compares=f"{wording.label}: share of seeds with {of} above {minus}",
        shown=shown,
        margin=f"{shown.value(margin)} points",
        within=f"{low} to {high} %",
        null=0.5,
        band=(0.5 - margin, 0.5 + margin),
        side=test["expect"],
        signed=False,
    )


def _of_differences(noun: str, compares: str, test: Test, shown: Metric) -> Effect:
    margin = test["margin"]
    return Effect(
        noun=noun,
        compares=compares,
        shown=shown,
        margin=shown.amount(margin),
        within=f"±{shown.amount(margin)}",
        null=0.0,
        band=(-margin, margin),
        side=test["expect"],
    )


def _sides(labels: Labels, test: Test, other: str = "minus") -> tuple[str, str]:
    """Both variants, with their points on those axes where these differ."""
    here, there = test.get("at", {}), test.get(f"{other}_at", test.get("at", {}))
    moved = [axis for axis in there if there[axis] != here.get(axis)]
    return (
        labels[test["of"]] + _points({"at": {axis: here[axis] for axis in moved}}),
        labels[test[other]] + _points({"at": {axis: there[axis] for axis in moved}}),
    )


def _points(side: Test) -> str:
    return "".join(f", {axis} = {setting(point)}" for axis, point in side["at"].items())


_KINDS: Mapping[str, Callable[[Labels, Test, Metric], Effect]] = {
    "difference": _difference,
    "level": _level,
    "ratio": _ratio,
    "trend": _trend,
    "equivalent": _equivalent,
    "interaction": _interaction,
    "location": _location,
    "probability": _probability,
}

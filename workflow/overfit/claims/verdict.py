"""The rule by which an interval decides on a claim: its order, its bounds and its words."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

from overfit.metrics.table import Metric

Verdict = Literal["supported", "contradicted", "negligible", "inconclusive"]
Side = Literal["above", "below", "within"]
"""Where a claim expects its effect: beyond the margin on one side, or within it."""
Direction = Literal["above", "below"]

VERDICTS: dict[Verdict, str] = {
    "supported": "the whole interval is beyond the margin in the expected direction",
    "negligible": "the whole interval is within plus or minus the margin",
    "contradicted": "the whole interval is beyond no effect in the other direction",
    "inconclusive": "none of the three, or fewer than five seeds",
}
"""The verdicts with their meaning, in the order in which they are tried."""
FEWEST_SEEDS = 5
"""With fewer seeds nothing is decided: of three without any effect, one interval in four would
decide on something."""
DECIMALS = 12
"""Bounds are compared after rounding to this many decimals: 0.92 - 0.90 is not beyond 0.02."""
SIGNIFICANT = 0.05
"""With Holm's correction, a decided claim also needs an adjusted p below this."""
BY_INTERVAL = "95% interval"
BY_INTERVAL_AND_HOLM = f"{BY_INTERVAL} and Holm's p < {SIGNIFICANT}"


@dataclass(frozen=True)
class Unit:
    """How the values of an effect are written.

    Attributes:
        wording: scale, digits and unit of a value.
        signed: whether a value above 0 has a plus sign.
        prefix: text before a value.
    """

    wording: Metric
    signed: bool = True
    prefix: str = ""

    @property
    def name(self) -> str:
        """The unit's name; "" for a pure number."""
        return self.wording.difference_unit

    def text(self, value: float) -> str:
        """A value without the name of its unit."""
        if math.isnan(value) or not self.signed:
            return self.prefix + self.wording.value(value)
        return self.prefix + self.wording.difference(value)

    def interval(self, low: float, high: float) -> str:
        """An interval without the name of its unit."""
        return self.wording.interval(low, high)


@dataclass(frozen=True)
class Effect:
    """The effect of a claim, and how to judge it.

    Attributes:
        unit: how its values are written.
        null: the value without an effect.
        band: the values between which an effect is smaller than the margin.
        side: where the claim expects it.
        margin: the margin in words.
        noun: what the estimate is.
        direction: the word for the expected side, if it is not the side itself.
        log: whether it is judged on the logarithmic scale.
        stepwise: whether its values are steps of an axis. Then an effect of just the margin is one
            of interest: it is beyond the margin, not within it, as if both were compared with half
            a step less.
    """

    unit: Unit
    null: float
    band: tuple[float, float]
    side: Side
    margin: str
    noun: str = "difference"
    direction: str = ""
    log: bool = False
    stepwise: bool = False

    @property
    def within(self) -> str:
        """The band in words."""
        if self.null == 0:
            return f"±{self.margin}"
        least, most = (self.unit.text(end) for end in self.band)
        return f"{least} to {most} {self.unit.name}".rstrip()

    @property
    def expected(self) -> tuple[float, float]:
        """The ends of the region in which the claim expects the effect."""
        least, most = self.band
        return {
            "above": (most, math.inf),
            "below": (-math.inf, least),
            "within": (least, most),
        }[self.side]

    def scaled(self, value: float) -> float:
        """A value on the scale on which the effect is judged."""
        return math.log(value) if self.log else value

    def distance(self, value: float) -> float:
        """How far a value is from no effect, on the scale on which it is judged."""
        return self.scaled(value) - self.scaled(self.null)

    def strength(self, estimate: float) -> float:
        """How many margins the estimate is from no effect; 0 without an estimate."""
        if math.isnan(estimate):
            return 0.0
        return round(self.distance(estimate) / self.distance(self.band[1]), 6)


def difference(unit: Unit, margin: float, side: Side, **how: Any) -> Effect:
    """An effect whose null is 0, with a margin of the same size on both sides."""
    return Effect(unit, 0.0, (-margin, margin), side, unit.wording.amount(margin), **how)


def verdict(effect: Effect, low: float, high: float, n: int) -> Verdict:
    """Judge a claim by the 95% interval of its effect; the first of these that applies.

    1. supported: the whole interval is beyond the margin in the expected direction;
    2. negligible: the whole interval is within the margin on both sides, bounds included;
    3. contradicted: the whole interval is beyond no effect in the other direction;
    4. inconclusive: anything else, fewer than five seeds, and if there is no interval.

    A bound exactly on the margin or on no effect is not beyond it, but see `Effect.stepwise`. A
    claim of equivalence, whose side is `within`, is supported if the whole interval is within the
    margin, bounds included, contradicted if it is entirely beyond it on one side, and inconclusive
    otherwise.

    Args:
        effect: what the interval is of.
        low: lower end of the interval, in stored units; NaN if there is none.
        high: upper end.
        n: the number of seeds.
    """
    if n < FEWEST_SEEDS or math.isnan(low) or math.isnan(high):
        return "inconclusive"
    ends = (round(effect.distance(value), DECIMALS) for value in (low, high, *effect.band))
    low, high, least, most = ends
    inside = least < low and high < most if effect.stepwise else least <= low and high <= most
    if effect.side == "within":
        outside = low > most or high < least
        return "supported" if inside else "contradicted" if outside else "inconclusive"
    if effect.side == "below":
        low, high, most = -high, -low, -least
    if low > most or (effect.stepwise and low == most):
        return "supported"
    if inside:
        return "negligible"
    return "contradicted" if high < 0 else "inconclusive"


def reason(
    effect: Effect,
    low: float,
    high: float,
    n: int,
    decided: Verdict,
    basis: str,
    p: str,
    *,
    replicates: str = "seeds",
) -> str:
    """The sentence about a verdict.

    Args:
        effect: what the interval is of.
        low: lower end of the interval, in stored units; NaN if there is none.
        high: upper end.
        n: the number of seeds.
        decided: the verdict.
        basis: its basis, `BY_INTERVAL` or `BY_INTERVAL_AND_HOLM`.
        p: the adjusted p-value, worded.
        replicates: what n counts.
    """
    if n < FEWEST_SEEDS:
        return f"There are too few {replicates} to decide: {n}, not at least {FEWEST_SEEDS}."
    if math.isnan(low) or math.isnan(high):
        return "There is no interval to judge."
    if basis != BY_INTERVAL_AND_HOLM:
        return _by_interval(effect, low, high, decided)
    alone = verdict(effect, low, high, n) if decided == "inconclusive" else decided
    text = _by_interval(effect, low, high, alone)
    if alone != decided:
        return f"{text} But p, adjusted for the number of claims, is {p}, not below {SIGNIFICANT}."
    if decided in ("supported", "contradicted"):
        return f"{text} And p, adjusted for the number of claims, is {p}, below {SIGNIFICANT}."
    return text


def _by_interval(effect: Effect, low: float, high: float, decided: Verdict) -> str:
    interval = f"interval {effect.unit.interval(low, high)} {effect.unit.name}".rstrip()
    if effect.side == "within":
        return _of_equivalence(effect, interval, decided)
    null, other = _null(effect), "above" if effect.side == "below" else "below"
    if decided == "supported":
        beyond = "at or beyond" if effect.stepwise else "beyond"
        return (
            f"The whole {interval} is {beyond} the margin of {effect.margin} in the expected "
            f"direction ({effect.direction or effect.side})."
        )
    if decided == "contradicted":
        return (
            f"The whole {interval} is {other} {null}; the claim expects the {effect.noun} "
            f"{effect.side} it."
        )
    if decided == "negligible":
        return (
            f"The whole {interval} is within {effect.within}: whatever {effect.noun} there is, "
            "it is smaller than the smallest effect of interest."
        )
    if low <= effect.null <= high:
        reaches = "reaches" if effect.stepwise else "reaches beyond"
        return (
            f"The {interval} includes {null} and {reaches} {effect.within}: these seeds leave open "
            "whether there is an effect."
        )
    return (
        f"The {interval} is {effect.side} {null} as expected but not entirely beyond the margin of "
        f"{effect.margin}: the direction is clear, but not whether the effect is large enough to "
        "matter."
    )


def _of_equivalence(effect: Effect, interval: str, decided: Verdict) -> str:
    if decided == "supported":
        return (
            f"The whole {interval} is within {effect.within}: they are the same up to the margin."
        )
    if decided == "contradicted":
        return (
            f"The whole {interval} is beyond {effect.within}: they differ by more than the margin."
        )
    return (
        f"The {interval} is neither entirely within {effect.within} nor entirely beyond it: these "
        "seeds leave open whether they are the same up to the margin."
    )


def _null(effect: Effect) -> str:
    if effect.null in (0, 1):
        return f"{effect.null:g}"
    return f"{effect.unit.text(effect.null)} {effect.unit.name}".rstrip()

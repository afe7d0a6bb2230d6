"""The rule by which an interval decides on a claim: its order, its bounds and its words."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from overfit.metrics.table import Metric

if TYPE_CHECKING:
    from overfit.claims.samples import Finding

Verdict = Literal["supported", "contradicted", "negligible", "inconclusive"]
Side = Literal["above", "below", "within"]
"""Where a claim expects its effect: beyond the margin on one side, or within it."""
Direction = Literal["above", "below"]
Way = Literal["above", "below", "same"]
"""Where an effect is: above no effect, below it, or too near to matter."""

VERDICTS: dict[Verdict, str] = {
    "supported": "the whole interval is beyond the margin in the expected direction",
    "negligible": "the whole interval is within plus or minus the margin, and failures too rare to "
    "be in the sample don't matter",
    "contradicted": "the whole interval is beyond no effect in the other direction",
    "inconclusive": "none of the three, or fewer than five seeds",
}
"""The verdicts with their meaning, in the order in which they are tried."""
FEWEST_SEEDS = 5
"""With fewer seeds, no claim is decided: without any effect, a quarter of the intervals of three
seeds would decide one."""
FEWEST_TO_RULE_OUT = 29
"""With fewer seeds, no mean is negligible and no two means are equivalent: if a tenth of them fail,
more than 5% of such samples contain no failure, 0.9^28 = 0.052."""
DECIMALS = 12
"""Bounds are compared after rounding to this many decimals: 0.92 - 0.90 is not beyond 0.02."""
SIGNIFICANT = 0.025
"""With a correction, a decision also needs an adjusted p below this, which is one side of 95%."""
CORRECTED = {"holm": "Holm's", "benjamini_hochberg": "Benjamini and Hochberg's"}
"""The corrections for the number of claims, and whose adjusted p they use."""
_HALF_A_STEP = 1e-6
"""A fraction of a step; its size doesn't matter, because an axis has no points in between."""


@dataclass(frozen=True)
class Unit:
    """The format of the values of an effect.

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
        unit: the format of its values.
        null: the value that means no effect.
        band: the ends of the region in which an effect is smaller than the margin.
        side: the side on which the claim expects it.
        margin: the margin in words.
        noun: the noun for the effect.
        direction: the word for the expected side, if it is not the side itself.
        log: whether it is judged on the logarithmic scale.
        movable: whether failures that are too rare to be in the sample could change it.
        stepwise: whether its values are steps of an axis. Then an effect equal to the margin counts
            as beyond the margin, as if the margin were half a step smaller.
    """

    unit: Unit
    null: float
    band: tuple[float, float]
    side: Side
    margin: str
    noun: str = "difference"
    direction: str = ""
    log: bool = False
    movable: bool = False
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
        """The distance of a value from no effect, on the scale on which it is judged."""
        return self.scaled(value) - self.scaled(self.null)

    def strength(self, estimate: float) -> float:
        """The distance of the estimate from no effect, in margins; 0 without an estimate."""
        if math.isnan(estimate):
            return 0.0
        return round(self.distance(estimate) / self.distance(self.band[1]), 6)


def difference(unit: Unit, margin: float, side: Side, **how: Any) -> Effect:
    """An effect whose null is 0, with a margin of the same size on both sides."""
    return Effect(unit, 0.0, (-margin, margin), side, unit.wording.amount(margin), **how)


def verdict(effect: Effect, low: float, high: float, n: int) -> Verdict:
    """Judge a claim by the 95% interval of its effect; the first of these that applies.

    1. supported: the whole interval is beyond the margin in the expected direction;
    2. negligible: the whole interval is within the margin on both sides, bounds included. If seeds
       that are not in the sample could change that, see `unseen`, the claim is inconclusive;
    3. contradicted: the whole interval is beyond no effect in the other direction;
    4. inconclusive: all other cases, fewer than five seeds, and no interval.

    A bound exactly on the margin or on no effect is not beyond it, but see `Effect.stepwise`. A
    claim of equivalence, whose side is `within`, is supported if the whole interval is within the
    margin, bounds included, and nothing unseen could change that, contradicted if it is entirely
    beyond it on one side, and inconclusive otherwise.

    Args:
        effect: the effect.
        low: lower end of its interval, in stored units; NaN if there is none.
        high: upper end.
        n: the number of seeds.
    """
    if n < FEWEST_SEEDS or math.isnan(low) or math.isnan(high):
        return "inconclusive"
    inside = _inside(effect, low, high)
    low, high, least, most = _rounded(effect, low, high)
    if inside and unseen(effect, low, high, n):
        return "inconclusive"
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


def _rounded(effect: Effect, low: float, high: float) -> list[float]:
    """The interval and the band around no effect, without the noise of their last digits."""
    return [round(effect.distance(value), DECIMALS) for value in (low, high, *effect.band)]


def _inside(effect: Effect, low: float, high: float) -> bool:
    low, high, least, most = _rounded(effect, low, high)
    return least < low and high < most if effect.stepwise else least <= low and high <= most


def unseen(effect: Effect, low: float, high: float, n: int) -> bool:
    """Whether seeds that are not in the sample could move an effect beyond the margin.

    A sample of n seeds without a failure does not exclude failures of a share `not_excluded(n)`. So
    the mean of fewer than 29 seeds can be far from that of the sample, and so can any statistic of
    n equal values, whose interval has no length.

    Args:
        effect: the effect.
        low: lower end of its interval.
        high: upper end.
        n: the number of seeds.
    """
    return (effect.movable and n < FEWEST_TO_RULE_OUT) or equal_values(effect, low, high)


def equal_values(effect: Effect, low: float, high: float) -> bool:
    """Whether an interval without length is that of equal values; places on an axis often agree."""
    return low == high and not effect.stepwise


def not_excluded(n: int) -> float:
    """The largest share of failures with which 5% of all samples of n seeds contain none.

    It is `1 - 0.05^(1/n)`, about 3/n.

    Source: Hanley and Lippman-Hand (1983), If nothing goes wrong, is everything all right?
    """
    return float(1 - 0.05 ** (1 / n))


def tested(effect: Effect, found: Finding, decided: Verdict) -> float:
    """The one-sided p-value against the bound that the verdict uses.

    * supported, or inconclusive: that the effect is beyond the margin on the expected side;
    * negligible: that it is within the margin, the larger p of the two sides;
    * contradicted: that it is beyond no effect on the other side.

    A claim of equivalence is tested like `negligible`, with a p of 1 if `unseen` seeds leave it
    open; if it is contradicted, p is that of the nearer margin. An interval of 95% is beyond a
    bound if p is below 2.5%: exactly for t intervals and those of medians and shares, nearly for
    bootstrap intervals of means, which are tested by t tests.

    Source: Schuirmann (1987), A comparison of the two one-sided tests procedure and the power
    approach (negligible).
    """
    if math.isnan(found.low):
        return math.nan
    null, (least, most) = effect.null, effect.band
    if effect.stepwise:  # an effect of just the margin is beyond it
        least, most = least * (1 - _HALF_A_STEP), most * (1 - _HALF_A_STEP)
    if decided == "negligible" or (effect.side == "within" and decided != "contradicted"):
        if unseen(effect, found.low, found.high, found.n):
            return 1.0
        return max(found.above(least), found.below(most))
    if effect.side == "within":
        return min(found.above(most), found.below(least))
    upwards = (effect.side == "above") == (decided != "contradicted")
    beyond = most if upwards else least
    bound = null if decided == "contradicted" else beyond
    return found.above(bound) if upwards else found.below(bound)


AT_EDGE = "; best at the edge of the range: "
"""Precedes, in the basis of a verdict, the searches whose best trial is an extreme value."""


def at_edge(basis: str, edges: Iterable[str]) -> str:
    """The basis of a verdict on searches, if the best trial of some is an extreme value."""
    return basis + AT_EDGE + ", ".join(edges)


def by_interval(confidence: float) -> str:
    """The basis of a verdict without a correction: `95% interval`."""
    return f"{100 * confidence:.3g}% interval"


def corrected_by(basis: str, correction: str) -> str:
    """The basis of a verdict with a correction, in words."""
    return f"{basis} and {CORRECTED[correction]} p < {SIGNIFICANT}"


def is_corrected(basis: str) -> bool:
    """Whether this basis includes a correction."""
    return basis.endswith(f" p < {SIGNIFICANT}")


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
        effect: the effect.
        low: lower end of its interval, in stored units; NaN if there is none.
        high: upper end.
        n: the number of seeds.
        decided: the verdict.
        basis: its basis, see `by_interval` and `corrected_by`.
        p: the adjusted p-value, worded.
        replicates: the noun for what n counts.
    """
    if n < FEWEST_SEEDS:
        return f"There are too few {replicates} to decide: {n}, not at least {FEWEST_SEEDS}."
    if math.isnan(low) or math.isnan(high):
        return "There is no interval to judge."
    if AT_EDGE in basis:
        where = basis.partition(AT_EDGE)[2].partition(" and ")[0]
        return f"Best at the edge of the range: {where}. Values beyond it may be better."
    alone = verdict(effect, low, high, n) if decided == "inconclusive" else decided
    text = _by_interval(effect, low, high, n, alone, replicates)
    if equal_values(effect, low, high):
        text += f" All {n} values are equal: others at a rate up to {_rate(n)} are not excluded."
    if not is_corrected(basis):
        return text
    if alone != decided:
        return f"{text} But p, adjusted for the number of claims, is {p}, not below {SIGNIFICANT}."
    if decided != "inconclusive":
        return f"{text} And p, adjusted for the number of claims, is {p}, below {SIGNIFICANT}."
    return text


def _rate(n: int) -> str:
    return f"{not_excluded(n):.0%} (about 3/n)"


def _by_interval(
    effect: Effect, low: float, high: float, n: int, decided: Verdict, replicates: str
) -> str:
    interval = f"interval {effect.unit.interval(low, high)} {effect.unit.name}".rstrip()
    if decided == "inconclusive" and _inside(effect, low, high):
        text = f"The whole {interval} is within {effect.within}."
        if not effect.movable:
            return text
        return (
            f"{text} But {n} {replicates} do not exclude failures at a rate up to {_rate(n)}, and "
            f"failures would move the mean. A mean needs {FEWEST_TO_RULE_OUT} {replicates} or more "
            "to decide this, a median or an interquartile mean (statistic: iqm) fewer."
        )
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

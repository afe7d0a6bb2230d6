"""Power: how many seeds would decide a claim, and which effect the planned seeds can find.

Both follow from an estimate and the spread of the seeds, as if the differences of seeds were normal
with this mean and this spread. An estimate from ten seeds is rough, so numbers of seeds are too.

Source: Cohen (1988), Statistical power analysis for the behavioral sciences, chapter 2; Johnson and
Welch (1940), Applications of the non-central t-distribution.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from overfit.claims.verdict import FEWEST_SEEDS, FEWEST_TO_RULE_OUT, Effect
from overfit.config.deferred import special
from overfit.metrics.resampling import CONFIDENCE, t_quantile

POWER = 0.8
"""How often the seeds should decide."""
MOST = 1000
"""A claim that needs more seeds than this is said to be hopeless."""


def spread(effect: Effect, low: float, high: float, n: int, confidence: float) -> float:
    """The standard deviation over seeds whose t interval is as long as this interval.

    It is on the scale on which the effect is judged. NaN if there is no interval, or if it has no
    length: equal values say nothing about their spread.

    Args:
        effect: what the interval is of.
        low: its lower end, in stored units.
        high: its upper end.
        n: the number of seeds.
        confidence: that of the interval.
    """
    if n < 2 or not (math.isfinite(low) and math.isfinite(high) and low < high):
        return math.nan
    length = effect.scaled(high) - effect.scaled(low)
    return length / 2 / t_quantile(n, confidence) * math.sqrt(n)


def decides_at(
    effect: Effect,
    estimate: float,
    low: float,
    high: float,
    n: int,
    confidence: float = CONFIDENCE,
) -> float:
    """The number of seeds of which a verdict other than inconclusive has 80% power.

    Args:
        effect: what the claim is about.
        estimate: its estimate, in stored units.
        low: the lower end of its interval.
        high: its upper end.
        n: the number of seeds that it comes from.
        confidence: that of the interval.

    Returns:
        A whole number above n and at least five; infinity if it is above 1,000; NaN without a
        spread.
    """
    s = spread(effect, low, high, n, confidence)
    if math.isnan(s):
        return math.nan
    numbers = np.arange(max(n + 1, FEWEST_SEEDS), MOST + 1)
    enough = numbers[power(effect, effect.distance(estimate), s, numbers, confidence) >= POWER]
    return float(enough[0]) if len(enough) else math.inf


def power(
    effect: Effect,
    distance: float,
    s: float,
    numbers: NDArray[np.int_],
    confidence: float = CONFIDENCE,
) -> NDArray[np.float64]:
    """The probability of the likeliest verdict other than inconclusive, for each number of seeds.

    That a t interval of n seeds is wholly above a bound b has the probability

        P(T > t),  T noncentral t with n - 1 degrees of freedom and (distance - b) sqrt(n) / s.

    That it is wholly within two bounds has at least the probability that it is above the lower one,
    plus that it is below the upper one, minus 1; of a mean it decides nothing below 29 seeds.

    Args:
        effect: its margin and where the claim expects it.
        distance: the true effect, from no effect, on the scale on which it is judged.
        s: the standard deviation over seeds.
        numbers: numbers of seeds (k,), each at least 2.
        confidence: that of the interval.
    """
    least, most = (effect.distance(end) for end in effect.band)
    if effect.side == "below":
        distance, least, most = -distance, -most, -least
    above = {b: _beyond(distance - b, s, numbers, confidence) for b in (least, most)}
    other = least if effect.side == "within" else 0.0
    below = {b: _beyond(b - distance, s, numbers, confidence) for b in (most, other)}
    within = above[least] + below[most] - 1
    within = np.where(effect.movable & (numbers < FEWEST_TO_RULE_OUT), 0.0, within)
    return np.max([above[most], within, below[other]], axis=0)


def power_at_twice(
    effect: Effect, low: float, high: float, n: int, confidence: float = CONFIDENCE
) -> float:
    """The power of n seeds if the true effect is twice the margin, on the expected side.

    Args:
        effect: what the interval is of.
        low: its lower end, in stored units.
        high: its upper end.
        n: the number of seeds that it comes from.
        confidence: that of the interval.

    Returns:
        The probability of the likeliest verdict other than inconclusive; NaN without a spread.
    """
    s = spread(effect, low, high, n, confidence)
    if math.isnan(s) or n < FEWEST_SEEDS:
        return math.nan
    side = effect.band[0] if effect.side == "below" else effect.band[1]
    twice = 2 * effect.distance(side)
    return float(power(effect, twice, s, np.array([n]), confidence)[0])


def smallest_effect(effect: Effect, s: float, n: int, confidence: float = CONFIDENCE) -> float:
    """The effect that n seeds find beyond the margin with 80% power.

    Args:
        effect: its margin and where the claim expects it.
        s: the standard deviation over seeds, on the scale on which the effect is judged.
        n: the number of seeds.
        confidence: that of the interval.

    Returns:
        Its distance from no effect, on that scale; infinity if fewer seeds than five decide
        nothing.
    """
    if n < FEWEST_SEEDS:
        return math.inf
    least, most = (effect.distance(end) for end in effect.band)
    shift = float(special.nctdtrinc(n - 1, 1 - POWER, t_quantile(n, confidence)))
    return (-least if effect.side == "below" else most) + shift * s / math.sqrt(n)


def _beyond(
    distance: float, s: float, numbers: NDArray[np.int_], confidence: float
) -> NDArray[np.float64]:
    """How often a t interval is beyond a bound from which the effect is this far."""
    # Beyond 30 standard errors the noncentral t is 0 or 1, and its series doesn't converge.
    shift = np.clip(distance * np.sqrt(numbers) / s, -30, 30)
    bounds = special.stdtrit(numbers - 1, (1 + confidence) / 2)
    return 1 - np.asarray(special.nctdtr(numbers - 1, shift, bounds), dtype=float)

"""Why an interval leads to a verdict, in a sentence."""

from __future__ import annotations

import math

from overfit.report.effects import Effect

HOLM = "Holm"
"""In the column `basis` of claims whose verdict needs an adjusted p as well."""


def reason(effect: Effect, verdict: str, low: float, high: float, basis: str, p: str) -> str:
    """The sentence about a verdict.

    Args:
        effect: what the interval is of.
        verdict: the verdict.
        low: lower end of the interval, in stored units.
        high: upper end.
        basis: what the verdict is based on.
        p: the adjusted p-value, worded.
    """
    if math.isnan(low) or math.isnan(high):
        return "There is no interval to judge: too few seeds have a value."
    by_interval = _by_interval(effect, verdict, low, high)
    judge = _of_equivalence if effect.side == "within" else _of_direction
    text = judge(effect, by_interval, low, high)
    if by_interval != verdict:
        return f"{text} But p, adjusted for the number of claims, is {p}, not below 0.05."
    if HOLM in basis and verdict in ("supported", "contradicted"):
        return f"{text} And p, adjusted for the number of claims, is {p}, below 0.05."
    return text


def _by_interval(effect: Effect, verdict: str, low: float, high: float) -> str:
    """What the interval alone decides; only where p was missing is it not the verdict itself."""
    if verdict != "inconclusive":
        return verdict
    least, most = effect.band
    if effect.side == "within":
        inside, outside = least <= low and high <= most, low > most or high < least
        return "supported" if inside else "contradicted" if outside else verdict
    above = effect.side == "above"
    if (low > most) if above else (high < least):
        return "supported"
    if (high < effect.null) if above else (low > effect.null):
        return "contradicted"
    return verdict


def _of_direction(effect: Effect, verdict: str, low: float, high: float) -> str:
    interval, null = _interval(effect, low, high), _null(effect)
    expected = effect.side
    if verdict == "supported":
        return (
            f"The whole {interval} lies beyond the margin of {effect.margin} "
            f"in the expected direction ({effect.direction or expected})."
        )
    if verdict == "contradicted":
        other = "above" if expected == "below" else "below"
        return (
            f"The whole {interval} lies {other} {null}; "
            f"the claim expects the {effect.noun} {expected} it."
        )
    if verdict == "negligible":
        return (
            f"The whole {interval} lies within {effect.within}: whatever {effect.noun} there is, "
            "it is smaller than the smallest effect of interest."
        )
    if low <= effect.null <= high:
        return (
            f"The {interval} holds {null} and reaches beyond {effect.within}: "
            "these seeds leave open whether there is an effect."
        )
    return (
        f"The {interval} lies {expected} {null} as expected but not wholly beyond the margin of "
        f"{effect.margin}: the direction is clear, but not whether the effect is large enough to "
        "matter."
    )


def _of_equivalence(effect: Effect, verdict: str, low: float, high: float) -> str:
    interval = _interval(effect, low, high)
    if verdict == "supported":
        return (
            f"The whole {interval} lies within {effect.within}: they are the same up to the margin."
        )
    if verdict == "contradicted":
        return (
            f"The whole {interval} lies beyond {effect.within}: "
            "they differ by more than the margin."
        )
    return (
        f"The {interval} lies neither wholly within {effect.within} nor wholly beyond it: "
        "these seeds leave open whether they are the same up to the margin."
    )


def _interval(effect: Effect, low: float, high: float) -> str:
    unit = effect.shown.difference_unit
    return f"interval {effect.shown.interval(low, high)}" + (f" {unit}" if unit else "")


def _null(effect: Effect) -> str:
    return f"{effect.null:g}" if effect.null in (0, 1) else f"{effect.shown.value(effect.null)} %"

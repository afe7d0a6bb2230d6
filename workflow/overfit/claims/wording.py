"""The comparison and the finding of a test, in sentences for readers."""

from __future__ import annotations

import re

from overfit.claims.best import split, where
from overfit.claims.kind import Test
from overfit.claims.verdict import Verdict, Way
from overfit.config.experiment import Experiment
from overfit.metrics.axes import axis_in_text, point_in_text


def found(
    test: Test, experiment: Experiment, verdict: Verdict, values: tuple[float, float, float]
) -> str:
    """The finding, its size and its place, as a sentence without its period.

    Args:
        test: the test of a claim.
        experiment: its experiment.
        verdict: the verdict on the claim; if that is negligible, the effect is too small to matter.
        values: the effect and the ends of its interval, in stored units.
    """
    effect, (estimate, low, high) = test.effect, values
    way: Way = "above" if estimate > effect.null else "below"
    amount = test.amount(estimate, low, high)
    if verdict == "negligible" or (verdict == "supported" and test.kind == "equivalent"):
        way, unit = "same", effect.unit
        amount = f"{unit.text(estimate)} {unit.interval(low, high)} {unit.name}".rstrip()
    finds = test.finds(experiment.labels, way)
    # Of variants that are called "With dropout" and "Without dropout".
    finds = re.sub("([Ww])ith With(?=[ o])", r"\1ith", finds)
    return ", ".join([finds, amount, *_place(test, experiment)])


def comparison(test: Test, experiment: Experiment) -> str:
    """The comparison and its place."""
    return ", ".join([test.compares(experiment.labels), *_place(test, experiment)])


def _place(test: Test, experiment: Experiment) -> list[str]:
    """The place of the test, without axes on which it compares two points, and its statistic."""
    spots = test.spots()
    same = {
        axis: point
        for axis, point in test.at.items()
        if all(spot.at.get(axis) == point for spot in spots)
    }
    fixed, best = split(same)
    shared = [point_in_text(axis, experiment.shown(axis, point)) for axis, point in fixed.items()]
    named = {axis for spot in spots for axis in spot.at} | {test.place.along}
    averaged = [axis_in_text(axis) for axis in experiment.grid if axis not in named]
    places = [
        *([where(best, each=len(spots) > 1)] if best else []),
        *(
            f"{how} {' and '.join(axes)}"
            for how, axes in (("at", shared), ("averaged over", averaged))
            if axes
        ),
    ]
    return [*places, f"{test.typical} over seeds"] if test.typical else places

"""What metrics against an axis say in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from overfit.figures.wording import axis_label, label, listed, lowered
from overfit.figures.words import (
    differences,
    hollow,
    metrics_listed,
    metrics_notes,
    places_note,
    seeds,
)
from overfit.metrics.table import metric

FEW_POINTS = 8
"""Up to so many points of a line, the seeds are drawn as dots."""


def caption(plan: Mapping[str, Any], figure: Mapping[str, Any]) -> str:
    """What is shown, what the bands mean, n."""
    options = figure["options"]
    few = len(plan["grid"][options["axis"]]) <= FEW_POINTS
    metrics = metrics_listed(options["metrics"])
    if options["relative_to"]:
        metrics = differences(plan, metrics, options["relative_to"])
    across = f"{metrics} against the {lowered(axis_label(options['axis']))}"
    for key, what in (("panels", "a column of panels"), ("lines", "a line")):
        if options[key]:
            across += f", {what} for each value of {lowered(axis_label(options[key]))}"
    return " ".join(
        [
            f"{across}.",
            f"Lines are means and bands the 95% intervals of the mean of {seeds(plan)}"
            + ("; faint dots are seeds." if few else "."),
            hollow(options["metrics"]),
            *_best(options["best"]),
            *metrics_notes(options["metrics"]),
            *places_note(options),
        ]
    )


def _best(best: Mapping[str, str]) -> Iterator[str]:
    """What the rings mark."""
    for name, what in best.items():
        yield f"Rings mark the {what} {lowered(metric(name).label)} of each line."


def alt(plan: Mapping[str, Any], figure: Mapping[str, Any]) -> str:
    """The picture in a sentence."""
    options = figure["options"]
    variants = [label(plan, v) for v in options["variants"] or plan["variants"]]
    return (
        f"Line charts of {lowered(metrics_listed(options['metrics']))} against the "
        f"{lowered(axis_label(options['axis']))} for: {listed(variants)}."
    )

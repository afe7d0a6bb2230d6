"""What a trade-off says in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from overfit.figures.wording import axis_label, label, listed, lowered
from overfit.figures.words import hollow, metrics_notes, places_note, seeds
from overfit.metrics.table import metric


def caption(plan: Mapping[str, Any], figure: Mapping[str, Any]) -> str:
    """What is shown, what the bars mean, n."""
    options = figure["options"]
    points = "Each point is a variant"
    if options["axis"]:
        axis = lowered(axis_label(options["axis"]))
        points = (
            f"Each path is a variant, its points are labelled with the {axis} where there is room"
        )
    return " ".join(
        [
            f"{_both(options)}. {points}: the means of {seeds(plan)}, with 95% intervals both "
            "ways.",
            hollow([options["x"], options["y"]]),
            *metrics_notes([options["x"], options["y"]]),
            *places_note(options),
        ]
    )


def alt(plan: Mapping[str, Any], figure: Mapping[str, Any]) -> str:
    """The picture in a sentence."""
    options = figure["options"]
    variants = [label(plan, variant) for variant in options["variants"] or plan["variants"]]
    return f"Scatter plot of {lowered(_both(options))} for: {listed(variants)}."


def _both(options: Mapping[str, Any]) -> str:
    return f"{metric(options['y']).label} against {lowered(metric(options['x']).label)}"

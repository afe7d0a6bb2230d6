"""What a heatmap says in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from overfit.figures.wording import axis_label, label, listed, lowered
from overfit.figures.words import differences, metrics_listed, metrics_notes, places_note, seeds


def caption(plan: Mapping[str, Any], figure: Mapping[str, Any]) -> str:
    """What is shown, what the colours mean, n."""
    options = figure["options"]
    what = metrics_listed(options["metrics"])
    if options["relative_to"]:
        what = differences(plan, what, options["relative_to"])
    return " ".join(
        [
            f"{what} over {_axes(options)}: each cell is the mean of {seeds(plan)}. In hatched "
            "cells, seeds diverged.",
            *metrics_notes(options["metrics"]),
            *places_note(options),
        ]
    )


def alt(plan: Mapping[str, Any], figure: Mapping[str, Any]) -> str:
    """The picture in a sentence."""
    options = figure["options"]
    variants = [label(plan, variant) for variant in options["variants"] or plan["variants"]]
    return (
        f"Heatmaps of {lowered(metrics_listed(options['metrics']))} over {_axes(options)} for: "
        f"{listed(variants)}."
    )


def _axes(options: Mapping[str, Any]) -> str:
    return f"{lowered(axis_label(options['x']))} and {lowered(axis_label(options['y']))}"

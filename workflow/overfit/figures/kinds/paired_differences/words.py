"""What paired differences say in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from overfit.figures.wording import counted, label, listed, lowered
from overfit.figures.words import differences, metrics_listed, metrics_notes, places_note, units
from overfit.metrics.table import metric


def caption(plan: Mapping[str, Any], figure: Mapping[str, Any]) -> str:
    """What is shown, what the intervals and the bands are, n."""
    options = figure["options"]
    n, unit = units(plan, options["metrics"])
    what = differences(plan, metrics_listed(options["metrics"]), options["baseline"], unit)
    when = "after training" if unit == "seed" else "after the search"
    margins = [
        f"{metric(name).amount(size)} of {lowered(metric(name).label)}"
        for name, size in options["margins"].items()
    ]
    return " ".join(
        [
            f"{what} {when}: each of {counted(n, unit)} (dots), their mean and its 95% "
            "bootstrap interval. The line is no difference.",
            *([f"The grey band is the margin, {listed(margins)}."] if margins else []),
            *metrics_notes(options["metrics"]),
            *places_note(options),
        ]
    )


def alt(plan: Mapping[str, Any], figure: Mapping[str, Any]) -> str:
    """The picture in a sentence."""
    options = figure["options"]
    shown = options["variants"] or plan["variants"]
    others = [label(plan, variant) for variant in shown if variant != options["baseline"]]
    return (
        f"Forest plots of {lowered(metrics_listed(options['metrics']))} minus that of "
        f"{label(plan, options['baseline'])}, a row for each of: {listed(others)}."
    )

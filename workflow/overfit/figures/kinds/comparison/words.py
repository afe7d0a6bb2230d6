"""What a comparison says in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from overfit.figures.wording import counted, label, listed, lowered
from overfit.figures.words import metrics_listed, metrics_notes, units
from overfit.metrics.table import MATCH


def caption(plan: Mapping[str, Any], figure: Mapping[str, Any]) -> str:
    """What is shown, what the intervals are, n."""
    baseline = label(plan, figure["options"]["baseline"])
    names = figure["options"]["metrics"]
    n, unit = units(plan, names)
    at_the_end = unit == "seed" and not all(MATCH in name for name in names)
    when = " after the last epoch" if at_the_end else ""
    text = (
        f"{metrics_listed(names)}{when}. Above: each of {counted(n, unit)} (dots) and their mean "
        f"with its 95% bootstrap interval. Below: the differences from {baseline}, taken {unit} by "
        f"{unit}, as mean with 95% bootstrap interval; the grey line is no difference."
    )
    return " ".join([text, *metrics_notes(names)])


def alt(plan: Mapping[str, Any], figure: Mapping[str, Any]) -> str:
    """The picture in a sentence."""
    variants = listed([label(plan, variant) for variant in plan["variants"]])
    options = figure["options"]
    return (
        f"Dot plots with intervals of {lowered(metrics_listed(options['metrics']))}, a row for "
        f"each of: {variants}; below, the differences from {label(plan, options['baseline'])}."
    )

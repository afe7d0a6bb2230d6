"""What a comparison says in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from overfit.figures.wording import counted, label, listed, lowered
from overfit.figures.words import metrics_listed, metrics_notes
from overfit.spec.matched import MATCH


def caption(plan: Mapping[str, Any], figure: Mapping[str, Any]) -> str:
    """What is shown, what the intervals are, n."""
    baseline = label(plan, figure["options"]["baseline"])
    n = counted(plan["seeds"], "seed")
    names = figure["options"]["metrics"]
    when = "" if all(MATCH in name for name in names) else " after the last epoch"
    text = (
        f"{metrics_listed(names)}{when}. Above: each of {n} (dots) and their mean with "
        f"its 95% bootstrap interval. Below: the differences from {baseline}, taken seed by seed, "
        "as mean with 95% bootstrap interval; the grey line is no difference."
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

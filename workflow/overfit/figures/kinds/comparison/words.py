"""What a comparison says in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from overfit.figures.wording import counted, label, listed
from overfit.wording import metric

NOTES = {
    "gap": "The gap is training minus test accuracy.",
    "updates_to_90": "Updates are counted to a training accuracy of 90 %; a run that never reaches "
    "it counts with its whole budget.",
}


def caption(plan: Mapping[str, Any], figure: Mapping[str, Any]) -> str:
    """What is shown, what the intervals are, n."""
    baseline = label(plan, figure["options"]["baseline"])
    n = counted(plan["seeds"], "seed")
    return (
        f"{_metrics(figure)} after the last epoch. Above: each of {n} (dots) and their mean with "
        f"its 95% bootstrap interval. Below: the differences from {baseline}, taken seed by seed, "
        "as mean with 95% bootstrap interval; the grey line is no difference."
        + "".join(
            f" {note}" for name, note in NOTES.items() if name in figure["options"]["metrics"]
        )
    )


def alt(plan: Mapping[str, Any], figure: Mapping[str, Any]) -> str:
    """The picture in a sentence."""
    variants = listed([label(plan, variant) for variant in plan["variants"]])
    return (
        f"Dot plots with intervals of {_metrics(figure).lower()}, a row for each of: {variants}; "
        f"below, the differences from {label(plan, figure['options']['baseline'])}."
    )


def _metrics(figure: Mapping[str, Any]) -> str:
    labels = [metric(name).label for name in figure["options"]["metrics"]]
    return listed([labels[0], *(text[0].lower() + text[1:] for text in labels[1:])])

"""What anytime curves say in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from overfit.figures.wording import label, listed


def caption(plan: Mapping[str, Any], figure: Mapping[str, Any]) -> str:
    """What is shown, what the bands mean, n."""
    searches = [plan["searches"][v] for v in _variants(plan, figure)]
    repeats = sorted({search["repeats"] for search in searches})
    n = str(repeats[0]) if len(repeats) == 1 else f"{repeats[0]} to {repeats[-1]}"
    band = "one search each"
    if repeats[-1] > 1:
        band = f"means and 95% intervals of {n} repeats of each search"
    spent = (
        "trials, counted as trainings to the end"
        if figure["options"]["against"] == "trials"
        else "epochs that all trials were trained for"
    )
    short = ""
    if any(search["method"] == "hyperband" for search in searches):
        short = " Trials of Hyperband that were cut short cost their part and cannot be best."
    return (
        f"Left: the best validation score so far against the {spent}. Right: the score of that "
        f"same trial on test images, which no search sees. Lines and bands: {band}; "
        f"their first sixth may lie outside the panels.{short}"
    )


def alt(plan: Mapping[str, Any], figure: Mapping[str, Any]) -> str:
    """The picture in a sentence."""
    names = [label(plan, variant) for variant in _variants(plan, figure)]
    return (
        "Two line charts of the best validation score so far and of its test score against what "
        f"the search has spent, for: {listed(names)}."
    )


def _variants(plan: Mapping[str, Any], figure: Mapping[str, Any]) -> list[str]:
    return list(figure["options"]["variants"] or plan["searches"])

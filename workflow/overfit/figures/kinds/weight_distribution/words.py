"""What a distribution of weights says in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from overfit.figures.wording import label, listed
from overfit.figures.words import places_note, seeds


def caption(plan: Mapping[str, Any], figure: Mapping[str, Any]) -> str:
    """What is shown, what the bars are, n."""
    options = figure["options"]
    if options["over"] == "training":
        what = (
            "Quantiles of the weights of each layer over the epochs: the line is the median, the "
            "bands from dark to light hold 50%, 90%, 98% and all of the weights."
        )
    else:
        what = (
            "The weights of each layer after training: the white tick is the median, the bars from "
            "thick to thin hold 50%, 90%, 98% and all of the weights."
        )
    shown_at = places_note({**options, "over": []})  # here, `over` is no part of the grid
    return " ".join([what, f"Quantiles are means of {seeds(plan)}.", *shown_at])


def alt(plan: Mapping[str, Any], figure: Mapping[str, Any]) -> str:
    """The picture in a sentence."""
    options = figure["options"]
    variants = [label(plan, variant) for variant in options["variants"] or plan["variants"]]
    kind = "Quantile fans over the epochs" if options["over"] == "training" else "Quantile bars"
    return f"{kind} of the weights of each layer for: {listed(variants)}."

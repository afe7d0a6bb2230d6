"""What histograms of activations say in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from overfit.figures.wording import label, listed
from overfit.figures.words import places_note, seeds


def caption(plan: Mapping[str, Any], figure: Mapping[str, Any]) -> str:
    """What is shown, what the bars are, n."""
    when = "before the first update" if figure["options"]["when"] == "before" else "after training"
    return " ".join(
        [
            f"What comes out of the activations of each hidden layer {when}, on validation images: "
            "the share of values in bins 0.1 wide, means of "
            f"{seeds(plan)}. Paler bars are wider bins beyond ±1, with their ends below them. A "
            "bar that is cut off has its height above it.",
            *places_note(figure["options"]),
        ]
    )


def alt(plan: Mapping[str, Any], figure: Mapping[str, Any]) -> str:
    """The picture in a sentence."""
    shown = figure["options"]["variants"] or plan["variants"]
    variants = listed([label(plan, variant) for variant in shown])
    return f"Histograms of the activations of each hidden layer, a row for each of: {variants}."

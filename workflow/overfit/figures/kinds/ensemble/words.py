"""What an ensemble says in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from overfit.figures.wording import label, listed
from overfit.figures.words import places_note, seeds


def caption(plan: Mapping[str, Any], figure: Mapping[str, Any]) -> str:
    """What is shown, what the bands are, n."""
    options = figure["options"]
    return " ".join(
        [
            "Test error and log-loss of the averaged probabilities of K networks against K. The K "
            f"networks are drawn from {seeds(plan)} {options['subsets']} times; lines are means "
            "and bands the middle 95% of these draws. Draws share networks, the more the larger K "
            "is, so a band shows how much depends on which networks are averaged, and shrinks to "
            "nothing at the last K.",
            *places_note(options),
        ]
    )


def alt(plan: Mapping[str, Any], figure: Mapping[str, Any]) -> str:
    """The picture in a sentence."""
    shown = figure["options"]["variants"] or plan["variants"]
    variants = listed([label(plan, variant) for variant in shown])
    return (
        "Line charts of test error and log-loss against the number of averaged networks for: "
        f"{variants}."
    )

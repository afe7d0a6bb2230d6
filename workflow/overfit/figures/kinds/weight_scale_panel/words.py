"""What the panel of weight scales says in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from overfit.figures.wording import counted, label, listed


def caption(plan: Mapping[str, Any], figure: Mapping[str, Any]) -> str:
    """What is shown, what the bands mean, n."""
    axis = figure["options"]["axis"]
    n = counted(plan["seeds"], "seed")
    return (
        f"Training accuracy over the epochs, a panel for each value of {axis}. Lines are means and "
        f"bands the whole range, lowest to highest, of {n}. Seeds that diverge leave mean and band "
        "at that point; their number stands above the panel."
    )


def alt(plan: Mapping[str, Any], figure: Mapping[str, Any]) -> str:
    """The picture in a sentence."""
    axis = figure["options"]["axis"]
    variants = listed([label(plan, variant) for variant in plan["variants"]])
    count = len(plan["grid"].get(axis, []))
    return (
        f"{counted(count, 'small line chart')} of training accuracy against the epoch, one for "
        f"each value of {axis}, each with lines for {variants}."
    )

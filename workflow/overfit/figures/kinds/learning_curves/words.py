"""What learning curves say in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from overfit.figures.wording import counted, label, listed


def caption(plan: Mapping[str, Any], figure: Mapping[str, Any]) -> str:
    """What is shown, what the bands mean, n."""
    n = counted(plan["seeds"], "seed")
    return (
        "Training accuracy (blue, solid) and test accuracy (vermilion, dashed) over the epochs. "
        f"Lines are means and bands the whole range, lowest to highest, of {n}; the numbers at the "
        "right are the means after the last epoch, the gap is training minus test accuracy. Seeds "
        "that diverge leave mean and band at that point."
    )


def alt(plan: Mapping[str, Any], figure: Mapping[str, Any]) -> str:
    """The picture in a sentence."""
    variants = listed([label(plan, variant) for variant in plan["variants"]])
    return (
        "Line charts of training and test accuracy against the epoch, a panel for each of: "
        f"{variants}. {counted(plan['seeds'], 'seed')}."
    )

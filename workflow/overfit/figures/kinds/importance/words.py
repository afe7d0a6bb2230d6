"""What the importance of hyperparameters says in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from overfit.figures.wording import counted, label


def caption(plan: Mapping[str, Any], figure: Mapping[str, Any]) -> str:
    """What is shown, what the intervals mean, n."""
    search = plan["searches"][figure["options"]["variant"]]
    ((_, metric),) = search["objective"].items()
    trials = counted(search["trials"], "trial")
    n = (
        f"Bars and lines: means and 95% intervals of {counted(search['repeats'], 'repeat')} of the "
        f"search, of {trials} each; dots are the repeats."
        if search["repeats"] > 1
        else f"From {trials} of one search; without repeats there are no intervals."
    )
    adaptive = (
        " The trials crowd where scores are good, so this is the importance there rather than in "
        "the whole space."
        if search["method"] in ("tpe", "gp")
        else ""
    )
    return (
        f"How much of the variance of the final {metric.replace('_', ' ')} over the search space "
        "each hyperparameter explains on its own (fANOVA on a random forest, scaled to a sum of "
        f"100%). {n}{adaptive}"
    )


def alt(plan: Mapping[str, Any], figure: Mapping[str, Any]) -> str:
    """The picture in a sentence."""
    return (
        "Bar chart of the importance of each hyperparameter in the search of "
        f"{label(plan, figure['options']['variant'])}."
    )

"""What a picture of a search space says in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from overfit.figures.wording import counted, label

PAIRS = 5
"""Up to so many keys have a panel for each pair."""


def caption(plan: Mapping[str, Any], figure: Mapping[str, Any]) -> str:
    """What is shown, what the colours mean, n."""
    search = plan["searches"][figure["options"]["variant"]]
    repeats = counted(search["repeats"], "repeat")
    whole = " that were trained to the end" if search["method"] == "hyperband" else ""
    ((_, metric),) = search["objective"].items()
    said = metric.replace("_", " ")
    shown = (
        f"On the diagonal its final {said} against each hyperparameter; below, pairs of "
        "hyperparameters; a trial stands only where it has both. "
        if 1 < len(search["space"]) <= PAIRS
        else f"Its final {said} against each hyperparameter that it has. "
    )
    return (
        f"Each dot is a trial{whole} ({counted(search['trials'], 'trial')} in each of {repeats}, "
        f"one seed each). {shown}Colours go from dark to light as scores get better; the worst "
        "tenth has one colour. The values of a choice are spread a little, crosses diverged."
    )


def alt(plan: Mapping[str, Any], figure: Mapping[str, Any]) -> str:
    """The picture in a sentence."""
    variant = figure["options"]["variant"]
    keys = counted(len(plan["searches"][variant]["space"]), "hyperparameter")
    return (
        f"Scatter plots of the {keys} in the search of {label(plan, variant)}, coloured by score."
    )

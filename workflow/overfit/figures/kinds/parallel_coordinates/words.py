"""What parallel coordinates say in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from overfit.figures.wording import counted, label


def caption(plan: Mapping[str, Any], figure: Mapping[str, Any]) -> str:
    """What is shown, what the colours mean, n."""
    search = plan["searches"][figure["options"]["variant"]]
    repeats = f" in each of {counted(search['repeats'], 'repeat')}" if search["repeats"] > 1 else ""
    whole = " Trials that were cut short are left out." if search["method"] == "hyperband" else ""
    return (
        f"Each line is a trial ({counted(search['trials'], 'trial')}{repeats}, one seed each), "
        "across its hyperparameters to its final score on the right. The best tenth is coloured, "
        "from good to best; all others are grey. Lines skip a hyperparameter that their trial "
        f"does not have, and are spread a little on choices. Diverged trials are left out.{whole}"
    )


def alt(plan: Mapping[str, Any], figure: Mapping[str, Any]) -> str:
    """The picture in a sentence."""
    return (
        "Parallel coordinates of the hyperparameters and scores of all trials in the search of "
        f"{label(plan, figure['options']['variant'])}."
    )

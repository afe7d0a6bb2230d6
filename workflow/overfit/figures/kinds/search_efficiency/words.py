"""What random-search efficiency says in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from overfit.figures.wording import counted, label


def caption(plan: Mapping[str, Any], figure: Mapping[str, Any]) -> str:
    """What is shown, what the boxes mean, n."""
    search = plan["searches"][figure["options"]["variant"]]
    repeats = search["repeats"]
    of = f"{counted(repeats, 'repeat')} of a search" if repeats > 1 else "a search"
    return (
        f"The trials of {of} of {counted(search['trials'], 'independent trial')} are cut into as "
        "many smaller searches of 1, 2, 4 and so on as they make. Boxes: the quartiles, over these "
        "searches, of the test score of the trial that was best on validation images; whiskers "
        "reach to the last value within 1.5 times the box. n is the number of searches; up to 8 "
        "are dots. Searches of one repeat share its images, so boxes of few searches show less "
        "than the whole spread."
    )


def alt(plan: Mapping[str, Any], figure: Mapping[str, Any]) -> str:
    """The picture in a sentence."""
    return (
        "Box plots of the test score of the best trial against the number of trials of a random "
        f"search: {label(plan, figure['options']['variant'])}."
    )

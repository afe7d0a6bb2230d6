"""What the best trials say in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from overfit.figures.wording import counted, label


def caption(plan: Mapping[str, Any], figure: Mapping[str, Any]) -> str:
    """What is shown, which trials, n."""
    search = plan["searches"][figure["options"]["variant"]]
    count = min(figure["options"]["count"], search["trials"])
    ((direction, metric),) = search["objective"].items()
    best = "highest" if direction == "maximize" else "lowest"
    keys = " and ".join(search["space"])
    return (
        f"The {counted(count, 'trial')} with the {best} final {metric.replace('_', ' ')}, out of "
        f"{search['trials']} of a {search['method'].replace('_', ' ')} search over {keys}: "
        "training accuracy (blue, solid) and validation accuracy (green, dash-dotted) over the "
        "epochs. Each trial is one seed, so there are no bands; the number above a panel is its "
        "final validation accuracy in percent."
    )


def alt(plan: Mapping[str, Any], figure: Mapping[str, Any]) -> str:
    """The picture in a sentence."""
    variant = figure["options"]["variant"]
    count = min(figure["options"]["count"], plan["searches"][variant]["trials"])
    return (
        f"{counted(count, 'small line chart')} of training and validation accuracy against the "
        f"epoch, one for each of the best trials of the search of "
        f"{label(plan, variant)}, best first."
    )

"""What the curves of a probe say in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from overfit.figures.wording import axis_label, label, listed, lowered
from overfit.figures.words import places_note, seeds
from overfit.metrics.table import probed

NOTES = {
    "effective_lr": "The effective learning rate is the learning rate over the sum of the squared "
    "weights of the layer.",
    "gradient_norm": "The gradient is that of a fixed batch.",
}


def caption(plan: Mapping[str, Any], figure: Mapping[str, Any]) -> str:
    """What is shown, what the bands mean, n."""
    options = figure["options"]
    across = f"{probed(options['quantity']).label} over the epochs, a line for each layer"
    if options["panels"]:
        across += f", a row of panels for each value of {lowered(axis_label(options['panels']))}"
    return " ".join(
        [
            f"{across}: means of {seeds(plan)} and, as bands, their whole range. A line ends where "
            "all seeds have diverged.",
            *([NOTES[options["quantity"]]] if options["quantity"] in NOTES else []),
            *places_note(options),
        ]
    )


def alt(plan: Mapping[str, Any], figure: Mapping[str, Any]) -> str:
    """The picture in a sentence."""
    options = figure["options"]
    variants = [label(plan, variant) for variant in options["variants"] or plan["variants"]]
    return (
        f"Line charts of the {lowered(probed(options['quantity']).label)} of each layer against "
        f"the epoch for: {listed(variants)}."
    )

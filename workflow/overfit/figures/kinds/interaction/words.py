"""What an interaction plot says in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from overfit.figures.wording import axis_label, label, listed, lowered
from overfit.figures.words import metrics_listed, metrics_notes, places_note, seeds


def caption(plan: Mapping[str, Any], figure: Mapping[str, Any]) -> str:
    """What is shown, what the bars mean, n."""
    options = figure["options"]
    return " ".join(
        [
            f"{metrics_listed(options['metrics'])} for {_levels(options)}: means of {seeds(plan)} "
            "with 95% intervals; faint lines are seeds. Parallel lines mean that one factor's "
            "effect does not depend on the other.",
            *(
                [
                    "The interaction is how much more the second line rises than the first, seed "
                    "by seed."
                ]
                if len(lines(plan, options)) == 2 and len(options["levels"]) == 2
                else []
            ),
            *metrics_notes(options["metrics"]),
            *places_note(options),
        ]
    )


def alt(plan: Mapping[str, Any], figure: Mapping[str, Any]) -> str:
    """The picture in a sentence."""
    options = figure["options"]
    return (
        f"Line charts of {lowered(metrics_listed(options['metrics']))} for {_levels(options)}, a "
        f"line for each of: {listed(lines(plan, options))}."
    )


def lines(plan: Mapping[str, Any], options: Mapping[str, Any]) -> list[str]:
    """The names of the lines."""
    shown = options["variants"] or plan["variants"]
    return list(options["groups"]) or [label(plan, variant) for variant in shown]


def _levels(options: Mapping[str, Any]) -> str:
    if options["axis"]:
        return f"each value of {lowered(axis_label(options['axis']))}"
    return listed(list(options["levels"]))

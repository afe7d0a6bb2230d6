"""What learning curves say in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from overfit.figures.wording import label, listed
from overfit.figures.words import places_note, seeds

LOOKS = {
    "train": "Training {what} (blue, solid)",
    "validation": "validation {what} (green, dash-dotted)",
    "test": "test {what} (vermilion, dashed)",
}


def caption(plan: Mapping[str, Any], figure: Mapping[str, Any]) -> str:
    """What is shown, what the bands mean, n."""
    options = figure.get("options", {})
    what, splits = _what(options), _splits(options)
    looks = listed([LOOKS[split].format(what=what) for split in splits])
    numbers = "the numbers at the right are the means after the last epoch"
    if what == "accuracy" and set(splits) == {"train", "test"}:
        numbers += ", the gap is training minus test accuracy"
    return " ".join(
        [
            f"{looks[:1].upper()}{looks[1:]} over the epochs. Lines are means and bands the whole "
            f"range, lowest to highest, of {seeds(plan)}; {numbers}. Seeds that diverge leave mean "
            "and band at that point.",
            *(["The last panel is the gap of each variant."] if options.get("gap") else []),
            *places_note(options),
        ]
    )


def alt(plan: Mapping[str, Any], figure: Mapping[str, Any]) -> str:
    """The picture in a sentence."""
    options = figure.get("options", {})
    variants = listed([label(plan, v) for v in options.get("variants") or plan["variants"]])
    names = {"train": "training", "validation": "validation", "test": "test"}
    splits = listed([names[split] for split in _splits(options)])
    return (
        f"Line charts of {splits} {_what(options)} against the epoch, a panel for each of: "
        f"{variants}. {seeds(plan)}."
    )


def _what(options: Mapping[str, Any]) -> str:
    return str(options.get("quantity", "accuracy"))


def _splits(options: Mapping[str, Any]) -> list[str]:
    return list(options.get("splits", ("train", "test")))

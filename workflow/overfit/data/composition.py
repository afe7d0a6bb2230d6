"""Whether classes are equally frequent in training and test sets, so that both can be compared."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from overfit.data.labels import class_name
from overfit.data.readers import Dataset
from overfit.results import Results

UNBALANCED = 0.05
"""The largest distance between the shares of classes in sets whose accuracies can be compared."""
COUNTED = {"classes", "names", "shape", "files"}
"""Keys of an entry that mean something else in the card: what was found."""


def composition_mistake(card: Mapping[str, Any], draw: str) -> str | None:
    """Why accuracies on training and test sets can't be compared; None if they can.

    They can if the shares of the classes differ by at most 5% of the images: their total variation
    distance, half the sum of the differences.

    Args:
        card: the card of the dataset.
        draw: how training sets are drawn.
    """
    pool, test = (np.array(card["class_counts"][part], float) for part in ("pool", "test"))
    drawn = np.ones(len(pool)) if draw == "balanced" else pool
    shares, others = drawn / drawn.sum(), test / test.sum()
    if np.abs(shares - others).sum() / 2 <= UNBALANCED:
        return None
    most = int(np.abs(shares - others).argmax())
    return (
        f"{class_name(card['names'], most)} has {100 * shares[most]:.3g}% of a training set with "
        f"draw: {draw}, but {100 * others[most]:.3g}% of the test set"
    )


def gap_mistake(card: Mapping[str, Any], draw: str) -> str | None:
    """Why there is no gap between training and test sets, and what to do; None if there is one."""
    if why := composition_mistake(card, draw):
        return _with_cure(why, possible=composition_mistake(card, "stratified") is None)
    return None


def known_gap_mistake(name: str, entry: Dataset, draw: str, results: Results) -> str | None:
    """The result of `gap_mistake`, as far as it is known before any job.

    It is known if the dataset has been prepared from this entry and these files, or if the entry
    tells how many of the pool belong to the rarest class, whose share the test set has, too.
    """
    card = results.dataset(name).card
    try:
        made = card.stat().st_mtime
        prepared = json.loads(card.read_text(encoding="utf-8"))
        if _is_of(prepared, entry) and all(
            Path(file).stat().st_mtime <= made for file in entry.files()
        ):
            return gap_mistake(prepared, draw)
    except (OSError, ValueError, KeyError):  # not there, or damaged, which is told elsewhere
        pass
    return None if draw != "balanced" or entry.has_test else _declared(entry)


def _is_of(card: Mapping[str, Any], entry: Dataset) -> bool:
    told = entry.model_dump(mode="json", exclude_defaults=True)
    return all(card.get(key) == value for key, value in told.items() if key not in COUNTED)


def _declared(entry: Dataset) -> str | None:
    classes = entry.classes or len(entry.names or ())
    if not classes or entry.rarest is None or entry.pool == "rest":
        return None
    equal, share = 1 / classes, entry.rarest / entry.pool
    if equal - share <= UNBALANCED:
        return None
    why = (
        f"the rarest class has {100 * equal:.3g}% of a training set with draw: balanced, but "
        f"{100 * share:.3g}% of the test set"
    )
    return _with_cure(why, possible=True)


def _with_cure(why: str, *, possible: bool) -> str:
    draw = "draw the sets with data: {draw: stratified}, or " if possible else ""
    return f"{why}; {draw}compare test_accuracy or balanced_accuracy"

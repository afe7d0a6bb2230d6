"""Words and numbers of figures and captions; numbers are written by `overfit.metrics.format`."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Any

from overfit.metrics.format import setting


def counted(n: int, noun: str) -> str:
    """`1 seed`, `10 seeds`."""
    return f"{n} {noun}" + ("" if n == 1 else "s")


def mean_and_range(seeds: int) -> str:
    """What a line and its band are."""
    return "1 seed" if seeds == 1 else f"mean and range of {seeds} seeds"


def listed(items: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"


def wrapped(text: str, width: int) -> str:
    """Text in as few lines of at most `width` characters as it needs, of about equal length."""
    lines = textwrap.wrap(text, width)
    for narrower in range(width // 2, width):
        balanced = textwrap.wrap(text, narrower, break_long_words=False)
        if len(balanced) == len(lines) and max(map(len, balanced), default=0) <= width:
            return "\n".join(balanced)
    return "\n".join(lines)


AXES = {
    "data.train": "Training images",
    "data.validation": "Validation images",
    "data.label_noise": "Share of wrong labels",
    "model.depth": "Hidden layers",
    "model.width": "Units of a hidden layer",
    "model.init.std": "Standard deviation of the initial weights",
    "batch_norm": "Batch normalization",
    "dropout.rate": "Dropout rate",
    "penalty.l1": "L1 penalty",
    "penalty.l2": "L2 penalty",
    "penalty.lp": "Lp penalty",
    "penalty.max_norm": "Max norm",
    "train.optimizer.lr": "Learning rate",
    "train.optimizer.name": "Optimizer",
    "train.batch_size": "Batch size",
    "train.epochs": "Epochs",
    "train.updates": "Updates",
}


def axis_label(key: str) -> str:
    """The name of a grid axis; one that is not known is shown by its key."""
    return AXES.get(key, key)


def value_text(value: Any) -> str:
    """A point of an axis, `0.158`, `on`, `he`."""
    return setting(value, digits=3)


def point(key: str, value: Any) -> str:
    """A point on an axis, `std 0.0631` for `model.init.std`."""
    return f"{last_name(key)} {value_text(value)}"


def titled(key: str, value: Any) -> str:
    """A point on an axis as a title: `Learning rate 0.1`."""
    return f"{axis_label(key)} {value_text(value)}"


def lowered(text: str) -> str:
    """A label inside a sentence: `test accuracy`, but `L2 penalty`."""
    return text if text[1:2].isupper() or text[1:2].isdigit() else text[:1].lower() + text[1:]


def key_name(key: str) -> str:
    """A dotted key in a few letters: `lr`, `batch size`, `optimizer` for `train.optimizer.name`."""
    return last_name(key.removesuffix(".name")).replace("_", " ")


def last_name(key: str) -> str:
    """The last part of a dotted key."""
    return key.rsplit(".", 1)[-1]

"""Words and numbers as figures and captions print them."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

MINUS = "\N{MINUS SIGN}"
SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True)
class Quantity:
    """A metric on an axis: its name, its unit, what a stored value is multiplied by, its digits.

    `decimals` are digits after the point; None stands for three significant digits.
    """

    label: str
    unit: str = ""
    difference_unit: str = ""
    factor: float = 1.0
    decimals: int | None = None

    @property
    def axis(self) -> str:
        """The label of an axis of values."""
        return f"{self.label} ({self.unit})" if self.unit else self.label

    @property
    def difference_axis(self) -> str:
        """The label of an axis of differences."""
        return f"Difference ({self.difference_unit})" if self.difference_unit else "Difference"

    def text(self, value: float, *, sign: str = "") -> str:
        """A scaled value as text; `sign="+"` writes the plus of a difference."""
        digits = "#.3g" if self.decimals is None else f",.{self.decimals}f"
        text = f"{value:{sign}{digits}}"
        if not any(digit in text for digit in "123456789"):
            text = text.lstrip("+-")
        return text.replace("-", MINUS)


def _percentage(label: str, unit: str = "%") -> Quantity:
    return Quantity(label, unit, "points", 100.0, 1)


QUANTITIES = {
    "train_accuracy": _percentage("Training accuracy"),
    "validation_accuracy": _percentage("Validation accuracy"),
    "test_accuracy": _percentage("Test accuracy"),
    "gap": _percentage("Gap", "points"),
    "train_loss": Quantity("Training loss", "nats", "nats"),
    "test_loss": Quantity("Test loss", "nats", "nats"),
    "updates_to_90": Quantity("Updates to 90 %", "", "updates", decimals=0),
}


def quantity(metric: str) -> Quantity:
    """How a metric is printed; one that is not known by its own name."""
    return QUANTITIES.get(metric) or Quantity(metric.replace("_", " "))


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


def label(plan: Mapping[str, Any], variant: str) -> str:
    """The label of a variant."""
    return str(plan["variants"][variant]["label"])


def point(key: str, value: Any) -> str:
    """A point on an axis, `std 0.0631` for `model.init.std`."""
    number = f"{value:.3g}".replace("-", MINUS) if isinstance(value, float) else str(value)
    return f"{last_name(key)} {number}"


def scientific(value: Any) -> str:
    """A number over many orders of magnitude, `8.3×10⁻³`; anything else as it is."""
    if not isinstance(value, float):
        return str(value)
    mantissa, exponent = f"{value:.1e}".split("e")
    return f"{mantissa}×10{str(int(exponent)).translate(SUPERSCRIPTS)}"


def key_name(key: str) -> str:
    """A dotted key in a few letters: `lr`, `batch size`, `optimizer` for `train.optimizer.name`."""
    return last_name(key.removesuffix(".name")).replace("_", " ")


def last_name(key: str) -> str:
    """The last part of a dotted key."""
    return key.rsplit(".", 1)[-1]

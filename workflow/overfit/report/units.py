"""How numbers are worded: labels and units of metrics, digits, signs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

MINUS = "\N{MINUS SIGN}"
ABSENT = "\N{EN DASH}"


@dataclass(frozen=True)
class Metric:
    """A metric's wording.

    Attributes:
        label: Name for people.
        unit: Unit of a value, "" for a pure number.
        difference_unit: Unit of a difference between two values.
        factor: What a stored value is multiplied by before it is shown.
        decimals: Digits after the point, or None for three significant digits.
    """

    label: str
    unit: str = ""
    difference_unit: str = ""
    factor: float = 1.0
    decimals: int | None = None

    def value(self, stored: float) -> str:
        """A stored value as text, without unit."""
        return _digits(stored * self.factor, self.decimals)

    def difference(self, stored: float) -> str:
        """A stored difference as text with its sign, without unit."""
        text = self.value(stored)
        return f"+{text}" if stored > 0 and _has_nonzero_digit(text) else text

    def amount(self, stored: float) -> str:
        """The size of a stored difference as text with its unit."""
        return f"{self.value(stored)} {self.difference_unit}".rstrip()

    def interval(self, low: float, high: float) -> str:
        """An interval of stored values as text, without unit."""
        return f"[{self.value(low)}, {self.value(high)}]"


def _percentage(label: str, unit: str = "%") -> Metric:
    return Metric(label, unit, difference_unit="points", factor=100.0, decimals=1)


METRICS = {
    "train_accuracy": _percentage("Training accuracy"),
    "validation_accuracy": _percentage("Validation accuracy"),
    "test_accuracy": _percentage("Test accuracy"),
    "gap": _percentage("Gap", "points"),
    "train_loss": Metric("Training loss"),
    "validation_loss": Metric("Validation loss"),
    "test_loss": Metric("Test loss"),
    "updates_to_90": Metric("Updates to 90\N{NO-BREAK SPACE}%", "updates", "updates", decimals=0),
}


QUANTITIES = {
    "activation_mean": Metric("Mean activation"),
    "activation_std": Metric("Standard deviation of activations"),
    "dead": _percentage("Dead units"),
    "effective_lr": Metric("Effective learning rate"),
    "gradient_norm": Metric("Norm of the gradient"),
    "l2_norm": Metric("L2 norm of the weights"),
    "max_column_norm": Metric("Largest norm of a unit's weights"),
    "rms": Metric("Root mean square of the weights"),
    "small": _percentage("Weights below 0.001"),
    "zeros": _percentage("Weights of 0"),
    "q00": Metric("Lowest weight"),
    "q50": Metric("Median weight"),
    "q100": Metric("Highest weight"),
}
"""What probes measure; other quantities of theirs are percentiles of the weights."""


def metric(name: str) -> Metric:
    """The wording of a metric; one that is not known is shown by its own name."""
    if name in METRICS:
        return METRICS[name]
    if name.count(".") < 2:
        return Metric(name.replace("_", " ").capitalize())
    _, quantity, layer = name.split(".")
    wording = QUANTITIES.get(quantity) or Metric(f"Weights, percentile {int(quantity[1:])}")
    where = "all layers" if layer == "all" else f"layer {layer}"
    return replace(wording, label=f"{wording.label}, {where}")


def p_value(p: float) -> str:
    """A p-value with two significant digits, never a bare zero."""
    if math.isnan(p):
        return ABSENT
    return "<0.001" if p < 0.001 else f"{p:.3f}" if p < 0.1 else f"{p:.2f}"


def duration(seconds: float) -> str:
    """A duration in its two largest units, for example "3 min 20 s"."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min"


def setting(value: Any) -> str:
    """A value of a specification as a person would write it."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, str):
        return value
    if isinstance(value, Sequence):
        return _sequence(value)
    return str(value)


def _sequence(values: Sequence[Any]) -> str:
    if len(values) > 1 and all(value == values[0] for value in values):
        return f"{len(values)} × {setting(values[0])}"
    texts = [setting(value) for value in values]
    if len(texts) > 8:
        return f"{len(texts)} values: {', '.join(texts[:3])}, …, {texts[-1]}"
    return ", ".join(texts)


def _digits(value: float, decimals: int | None) -> str:
    if math.isnan(value):
        return ABSENT
    if decimals is not None:
        text = f"{value:,.{decimals}f}"
    elif value == 0 or 1e-3 <= abs(value) < 1e5:
        text = f"{value:#.3g}".rstrip(".")
    else:
        text = f"{value:.1e}"
    if not _has_nonzero_digit(text):
        text = text.lstrip("-")
    return text.replace("-", MINUS)


def _has_nonzero_digit(text: str) -> bool:
    return any(digit in text for digit in "123456789")

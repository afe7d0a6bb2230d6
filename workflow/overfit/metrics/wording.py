"""How metrics are worded, in figures, captions and the report: labels, units, digits, signs."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from overfit.metrics.quantities import Quantity

MINUS = "\N{MINUS SIGN}"
ABSENT = "\N{EN DASH}"


@dataclass(frozen=True)
class Metric:
    """A metric's wording.

    Attributes:
        name: Name for people.
        unit: Unit of a value, "" for a pure number.
        difference_unit: Unit of a difference between two values.
        factor: What a stored value is multiplied by before it is shown.
        decimals: Digits after the point, or None for three significant digits.
        at: Where in the training it is taken, for people; "" at the end.
    """

    name: str
    unit: str = ""
    difference_unit: str = ""
    factor: float = 1.0
    decimals: int | None = None
    at: str = ""

    @property
    def label(self) -> str:
        """Its name and where it is taken."""
        return f"{self.name} {self.at}".rstrip()

    @property
    def axis(self) -> str:
        """The label of an axis of values; a unit that the name says is not said again."""
        said = not self.unit or self.unit in self.name.lower()
        unit = "" if said else f" ({self.unit})"
        return f"{self.name}{unit} {self.at}".rstrip()

    @property
    def difference_axis(self) -> str:
        """The label of an axis of differences."""
        return f"Difference ({self.difference_unit})" if self.difference_unit else "Difference"

    def text(self, scaled: float, *, sign: str = "") -> str:
        """A value that was multiplied by the factor; `sign="+"` writes the plus of a difference."""
        text = _digits(scaled, self.decimals)
        return f"+{text}" if sign and scaled > 0 and _has_nonzero_digit(text) else text

    def value(self, stored: float) -> str:
        """A stored value as text, without unit."""
        return self.text(stored * self.factor)

    def difference(self, stored: float) -> str:
        """A stored difference as text with its sign, without unit."""
        return self.text(stored * self.factor, sign="+")

    def amount(self, stored: float) -> str:
        """The size of a stored difference as text with its unit."""
        return f"{self.value(stored)} {self.difference_unit}".rstrip()

    def interval(self, low: float, high: float) -> str:
        """An interval of stored values as text, without unit."""
        return f"[{self.value(low)}, {self.value(high)}]"


def _percentage(label: str, unit: str = "%") -> Metric:
    return Metric(label, unit, difference_unit="points", factor=100.0, decimals=1)


def _loss(label: str) -> Metric:
    return Metric(label, "nats", "nats")


METRICS = {
    "train_accuracy": _percentage("Training accuracy"),
    "validation_accuracy": _percentage("Validation accuracy"),
    "test_accuracy": _percentage("Test accuracy"),
    "gap": _percentage("Gap", "points"),
    "train_loss": _loss("Training loss"),
    "validation_loss": _loss("Validation loss"),
    "test_loss": _loss("Test loss"),
    "updates_to_90": Metric("Updates to 90\N{NO-BREAK SPACE}%", "updates", "updates", decimals=0),
    "diverged": _percentage("Diverged seeds"),
    "search.validation_accuracy": _percentage("Best trial's validation accuracy"),
    "search.validation_loss": _loss("Best trial's validation loss"),
    "search.test_accuracy": _percentage("Best trial's test accuracy"),
    "search.test_loss": _loss("Best trial's test loss"),
    "search.gap": _percentage("Best trial's validation minus test accuracy", "points"),
    "search.anytime": Metric("Best score so far, averaged over the search"),
}

PROBED = {
    "zeros": _percentage("Exact zeros"),
    "small": _percentage("Weights below 0.001"),
    "rms": Metric("Root mean square weight"),
    "l2_norm": Metric("Norm of the weights"),
    "max_column_norm": Metric("Largest norm of a unit's weights"),
    "q00": Metric("Smallest weight"),
    "q50": Metric("Median weight"),
    "q100": Metric("Largest weight"),
    "gradient_norm": Metric("Gradient norm", "nats per unit"),
    "effective_lr": Metric("Effective learning rate"),
    "activation_mean": Metric("Mean activation"),
    "activation_std": Metric("Standard deviation of activations"),
    "dead": _percentage("Dead units"),
}
"""Quantities of probes."""


def metric(name: str) -> Metric:
    """The wording of a metric; one that is not known is shown by its own name.

    `{probe}.{quantity}.{layer}` is a quantity of a probe, in one layer or in `all` of them; what
    follows an `@` is where in the training it is taken, see `overfit.config.matched`.
    """
    from overfit.config.matched import matched  # reads probes, which import Metric from here

    if match := matched(name):
        percent = f"{100 * match.value:.4g}\N{NO-BREAK SPACE}% training accuracy"
        loss = f"training loss {match.value:g}"
        accuracy = match.criterion == "train_accuracy"
        return replace(metric(match.metric), at=f"at {percent if accuracy else loss}")
    if name in METRICS:
        return METRICS[name]
    if name.count(".") >= 2:
        quantity, layer = name.split(".", 1)[1].rsplit(".", 1)
        where = ", all layers" if layer in ("all", "0") else f", layer {layer}"
        known, own = probed(quantity), _own(quantity)
        return Metric(
            known.label if own and not own.layers else known.label + where,
            known.unit,
            known.difference_unit,
            known.factor,
            known.decimals,
        )
    return Metric(_words(name))


def probed(quantity: str) -> Metric:
    """The wording of a probe's quantity; quantiles are `q05`, shares of a bin `bin_0.1`."""
    if quantity in PROBED:
        return PROBED[quantity]
    if quantity[:1] == "q" and quantity[1:].isdigit():
        return Metric(f"{int(quantity[1:])}\N{NO-BREAK SPACE}% quantile of the weights")
    if quantity.startswith("bin_"):
        return _percentage(f"Activations from {quantity[4:].replace('-', MINUS)}")
    own = _own(quantity)
    return own.wording if own and own.wording else Metric(_words(quantity))


def _own(quantity: str) -> Quantity | None:
    """The quantity, if it is one of a probe that does not come with overfit."""
    from overfit.metrics.quantities import own_quantities  # imports Metric from here

    for quantities in own_quantities().values():
        if quantity in quantities:
            return quantities[quantity]
    return None


def _words(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _digits(value: float, decimals: int | None) -> str:
    if math.isnan(value):
        return ABSENT
    if decimals is not None:
        text = f"{value:,.{decimals}f}"
    elif 1e3 <= abs(value) < 1e5:
        text = f"{value:,.0f}"
    elif value == 0 or 1e-3 <= abs(value) < 1e3:
        text = f"{value:#.3g}".rstrip(".")
    else:
        text = f"{value:.1e}"
    if not _has_nonzero_digit(text):
        text = text.lstrip("-")
    return text.replace("-", MINUS)


def _has_nonzero_digit(text: str) -> bool:
    return any(digit in text for digit in "123456789")

"""What the explorer's charts can show: a metric, or two of them that are to be compared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from overfit.metrics.wording import metric

HEADROOM = 1.5
"""The largest loss that is shown, as a multiple of the usual one before the first update."""

PERCENT = (0.0, 102.0)
"""The whole range of accuracies; a line at the top is not cut in half."""


@dataclass(frozen=True)
class View:
    """One choice of the explorer's list. Of two metrics the first is drawn solid."""

    label: str
    metrics: tuple[str, ...]

    @property
    def axis(self) -> str:
        """What the values are, with their unit."""
        if len(self.metrics) == 1:
            return metric(self.metrics[0]).axis
        return f"{self.label} ({metric(self.metrics[0]).unit})"


VIEWS = {
    "accuracy": View("Accuracy, training and test", ("train_accuracy", "test_accuracy")),
    "gap": View("Gap", ("gap",)),
    "test_accuracy": View("Test accuracy", ("test_accuracy",)),
    "train_accuracy": View("Training accuracy", ("train_accuracy",)),
    "validation_accuracy": View("Validation accuracy", ("validation_accuracy",)),
    "loss": View("Loss, training and test", ("train_loss", "test_loss")),
    "test_loss": View("Test loss", ("test_loss",)),
    "train_loss": View("Training loss", ("train_loss",)),
    "validation_loss": View("Validation loss", ("validation_loss",)),
}


def described() -> dict[str, Any]:
    """The views and their metrics in words, fit for JSON."""
    names = sorted({name for view in VIEWS.values() for name in view.metrics})
    return {
        "views": {
            key: {"label": view.label, "axis": view.axis, "metrics": list(view.metrics)}
            for key, view in VIEWS.items()
        },
        "metrics": {
            name: {"label": metric(name).label, "decimals": metric(name).decimals} for name in names
        },
    }


def domains(cells: Sequence[Mapping[str, Any]]) -> dict[str, tuple[float, float]]:
    """The range of values that each view shows, the same for every variant and grid point.

    A view none of whose metrics has a value is left out.
    """
    found = {}
    for key, view in VIEWS.items():
        curves = [cell["curves"][name] for cell in cells for name in view.metrics]
        values = [v for curve in curves for part in curve for v in part if v is not None]
        if not values:
            continue
        if key.endswith("accuracy"):
            found[key] = PERCENT
        elif key == "gap":
            found[key] = (min(0.0, *values), max(0.0, *values))
        else:
            found[key] = (0.0, min(max(values), _most(curve[0] for curve in curves)))
    return found


def _most(means: Iterable[Sequence[float | None]]) -> float:
    """The largest loss that is worth showing: those that explode are cut off."""
    first = [mean[0] for mean in means if mean and mean[0] is not None]
    return HEADROOM * median(first) if first else float("inf")

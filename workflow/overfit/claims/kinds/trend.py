"""The trend of a metric along a grid axis."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from overfit.claims.kind import Along, Centred
from overfit.claims.samples import along_axis, without_noise
from overfit.claims.verdict import Effect, Side, Unit, Way
from overfit.config.deferred import pd
from overfit.config.model import Number
from overfit.config.names import Metric, VariantName
from overfit.metrics.axes import axis_in_text, quantity_in_text
from overfit.metrics.table import Metric as Wording

SIDES: Mapping[str, Side] = {"increasing": "above", "decreasing": "below"}


class Trend(Centred, Along):
    """Whether a metric rises or falls along a grid axis.

    The effect is the mean over seeds of Kendall's tau-b between the metric and the axis: 1 if the
    metric never falls, -1 if it never rises, 0 if it rises as often as it falls, or is constant.
    """

    noun: ClassVar[str] = "trend"

    trend: Metric
    """The metric."""
    minus: VariantName | None = None
    """A variant to subtract first: the trend of the difference."""
    expect: Literal["increasing", "decreasing"]
    """The direction that the claim expects, along rising values of the axis."""
    margin: Number = Field(gt=0, lt=1)
    """The smallest tau of interest."""

    def sample(self, metrics: pd.DataFrame) -> pd.Series[float]:
        """Tau. A seed without a value at one of the points has none."""
        tables = [along_axis(metrics, self.metric, *spot, self.along) for spot in self.spots()]
        curves = tables[0] - tables[1] if len(tables) > 1 else tables[0]
        whole = curves.dropna()
        return pd.Series(tau_of_curves(whole.to_numpy(float)), whole.index)

    @property
    def side(self) -> Side:
        """Where the claim expects tau: above 0 for a rise."""
        return SIDES[self.expect]

    def finds(self, labels: Mapping[str, str], way: Way) -> str:
        """Whether the metric rises or falls along the axis."""
        verb = self.wording.verb
        other = f" minus {verb('that', 'those')} with "
        what = f"{self.wording.subject} with {other.join(self._named(labels))}"
        words = {
            "above": f"{verb('rises', 'rise')} with",
            "below": f"{verb('falls', 'fall')} with",
            "same": f"hardly {verb('depends', 'depend')} on",
        }
        return f"{what} {words[way]} the {quantity_in_text(self.along)}"

    def amount(self, estimate: float, low: float, high: float) -> str:
        """How steadily."""
        return f"τ = {self.effect.unit.text(estimate)} {self.effect.unit.interval(low, high)}"

    def compares(self, labels: Mapping[str, str]) -> str:
        """One variant, or two."""
        variants = " minus ".join(self._named(labels))
        return f"{self.wording.label} along {axis_in_text(self.along)}: {variants}"

    def _named(self, labels: Mapping[str, str]) -> list[str]:
        return [labels[variant] for variant in self.variants()]

    @classmethod
    def unit(cls, name: str) -> Unit:
        """Kendall's tau."""
        return Unit(Wording("Kendall's τ", difference_unit="τ", decimals=2))

    @property
    def effect(self) -> Effect:
        """A tau around 0."""
        return replace(super().effect, direction=self.expect)


def tau_of_curves(curves: NDArray[np.float64]) -> NDArray[np.float64]:
    """Kendall's tau-b of each row with the order of its columns; (n, points) -> (n,).

    `tau = (C - D) / sqrt(pairs (pairs - T))` with C pairs of points in rising order, D in falling
    order and T tied ones; 0 if all are tied.

    Source: Kendall (1945), The treatment of ties in ranking problems.
    """
    first, second = np.triu_indices(curves.shape[1], k=1)
    rounded = np.array([without_noise(curve) for curve in curves]).reshape(curves.shape)
    signs = np.sign(rounded[:, second] - rounded[:, first])
    untied = np.abs(signs).sum(axis=1)
    return signs.sum(axis=1) / np.sqrt(len(first) * np.maximum(untied, 1))

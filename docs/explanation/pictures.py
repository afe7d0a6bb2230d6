"""Draw the pictures of docs/explanation/statistics.md: python docs/explanation/pictures.py.

They follow from the rule itself: verdicts.png shows what `verdict` says of some intervals, and
unseen.png the share of samples in which no seed fails.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parents[1] / "workflow")]

from overfit.claims.verdict import (  # noqa: E402
    FEWEST_TO_RULE_OUT,
    Unit,
    difference,
    verdict,
)
from overfit.figures.theme import INK, OTHERS, themed  # noqa: E402
from overfit.metrics.table import Metric  # noqa: E402

MARGIN = 2.0
INTERVALS = [(2.4, 4.2), (-1.1, 1.3), (-1.6, -0.4), (-4.0, -2.3), (-2.9, -0.7), (0.9, 3.4)]
RATES = (0.05, 0.10, 0.20)
SEEDS = np.arange(5, 61)


def verdicts() -> Figure:
    """Intervals against the margin, with their verdicts."""
    figure = Figure(figsize=(6.4, 2.7), layout="constrained")
    axes = figure.subplots()
    axes.axvspan(-MARGIN, MARGIN, color="0.92", lw=0)
    axes.axvline(0, color=INK, lw=0.8)
    effect = difference(Unit(Metric("Difference")), MARGIN, "above")
    for row, (low, high) in enumerate(INTERVALS):
        said = verdict(effect, low, high, 40)
        axes.plot([low, high], [row, row], color=INK, lw=1.6, marker="|", markersize=9)
        axes.plot((low + high) / 2, row, "o", color=INK, markersize=5)
        axes.text(4.7, row, said, va="center")
    axes.set(xlim=(-4.6, 7.2), ylim=(len(INTERVALS) - 0.4, -0.9), yticks=[])
    axes.set(xticks=[-4, -MARGIN, 0, MARGIN, 4], xlabel="Difference (points); expected above 0")
    axes.text(0, -0.6, "±margin", ha="center", va="center", color=INK, backgroundcolor="0.92")
    axes.spines["left"].set_visible(False)
    return figure


def unseen() -> Figure:
    """How often n seeds show no failure at all."""
    figure = Figure(figsize=(6.4, 3.0), layout="constrained")
    axes = figure.subplots()
    for rate, at, colour in zip(RATES, (15, 15, 10), OTHERS, strict=False):
        share = 100 * (1 - rate) ** SEEDS
        axes.plot(SEEDS, share, color=colour)
        axes.annotate(
            f"1 seed in {1 / rate:.0f} fails", (at, 100 * (1 - rate) ** at), (5, 3),
            textcoords="offset points", color=colour,
        )  # fmt: skip
    axes.axhline(5, color=INK, lw=0.8, ls=":")
    axes.axvline(FEWEST_TO_RULE_OUT, color=INK, lw=0.8, ls=":")
    axes.text(FEWEST_TO_RULE_OUT + 0.5, 60, f"{FEWEST_TO_RULE_OUT} seeds", color=INK)
    axes.text(SEEDS[-1], 5.8, "5%", color=INK, ha="right")
    axes.set(xlim=(SEEDS[0], SEEDS[-1]), ylim=(0, None), xlabel="Seeds")
    axes.set_ylabel("Samples without a failure (%)")
    return figure


def main() -> None:
    """Draw both."""
    with themed():
        for draw in (verdicts, unseen):
            draw().savefig(HERE / f"{draw.__name__}.png", dpi=150)


if __name__ == "__main__":
    main()

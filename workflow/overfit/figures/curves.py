"""Curves over epochs: means, bands, and how they are drawn."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes

from overfit.figures.theme import Style

FEW_SEEDS = 5
"""Up to so many seeds are drawn one by one, too."""
FACTORS = {"accuracy": 100.0, "loss": 1.0, "gap": 100.0}
PERCENT_LIMITS = (-3.0, 103.0)


def band(histories: pd.DataFrame, split: str, quantity: str = "accuracy") -> pd.DataFrame:
    """Mean, lowest and highest value over the seeds at each evaluation of one run.

    Accuracies are in percent. A seed leaves all three where it diverges. Columns: epoch, mean, low,
    high.
    """
    rows = histories[histories["split"] == split]
    found = rows.groupby("epoch")[quantity].agg(mean="mean", low="min", high="max")
    return found.mul(FACTORS[quantity]).reset_index()


def draw_band(
    axes: Axes,
    histories: pd.DataFrame,
    split: str,
    style: Style,
    quantity: str = "accuracy",
    few: int = FEW_SEEDS,
) -> pd.DataFrame:
    """Draw a mean line with its band, and up to `few` seeds one by one; give what was drawn."""
    drawn = band(histories, split, quantity)
    factor = FACTORS[quantity]
    if 1 < histories["seed"].nunique() <= few:
        for _, rows in histories[histories["split"] == split].groupby("seed"):
            axes.plot(
                rows["epoch"], factor * rows[quantity], color=style.colour, lw=0.5, alpha=0.45
            )
    axes.fill_between(
        drawn["epoch"], drawn["low"], drawn["high"], color=style.colour, alpha=0.18, lw=0
    )
    axes.plot(drawn["epoch"], drawn["mean"], color=style.colour, ls=style.dashes, gid=split)
    return drawn


def percent_axis(axes: Axes, ticks: tuple[int, ...] = (0, 25, 50, 75, 100)) -> None:
    """The whole range of accuracies on the y axis, the same in every panel and figure."""
    axes.set_ylim(*PERCENT_LIMITS)
    axes.set_yticks(ticks)


def diverged_seeds(histories: pd.DataFrame) -> int:
    """How many seeds diverged."""
    return int(histories.groupby("seed")["diverged"].any().sum())

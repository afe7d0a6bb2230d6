"""The best score so far while searches go on, and what it is worth on test images."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from overfit.claims.resampling import mean_intervals
from overfit.figures.labels import label_end, spread_labels
from overfit.figures.searches import measured, scores_of, tested
from overfit.figures.theme import WIDTH, variant_styles
from overfit.figures.wording import label, wrapped
from overfit.metrics.searches import incumbents
from overfit.metrics.table import Metric

HEIGHT = 3.0
STEPS = 200
"""Places at which repeats are averaged."""
SETTLED = 1 / 6
"""After this share of what is spent, all curves lie within their panel."""


def draw(plan: Mapping[str, Any], figure: Mapping[str, Any], results: Path) -> Figure:
    """Draw a panel of validation scores and one of test scores, with a line a search."""
    options = figure["options"]
    variants = options["variants"] or list(plan["searches"])
    spent = "trainings" if options["against"] == "trials" else "epochs"
    drawing = Figure(figsize=(WIDTH, HEIGHT), layout="constrained")
    panels = list(drawing.subplots(1, 2))
    ranges: dict[Axes, list[float]] = {axes: [] for axes in panels}
    styles = variant_styles(list(plan["variants"]), variants)
    for variant in variants:
        search = plan["searches"][variant]
        curves = incumbents(scores_of(plan, variant, results), search["objective"])
        style = styles[variant]
        for axes, column, said in zip(
            panels, ("score", "test_score"), (measured(search), tested(search)), strict=True
        ):
            curve = mean_curve(curves, spent, column)
            shown = curve[["mean", "low", "high"]] * said.factor
            axes.fill_between(
                curve["spent"],
                shown["low"],
                shown["high"],
                color=style.colour,
                alpha=min(0.15, 0.5 / len(variants)),
                lw=0,
            )
            axes.plot(
                curve["spent"], shown["mean"], color=style.colour, ls=style.dashes, gid=variant
            )
            settled = shown[curve["spent"] >= SETTLED * curve["spent"].max()]
            ranges[axes] += [*settled["low"], *settled["high"]]
            if axes is panels[1] and len(curve):
                name = wrapped(label(plan, variant), 18)
                label_end(axes, shown["mean"].iloc[-1], name, style.colour)
            _dress(axes, said, spent)
    for axes, values in ranges.items():
        if values:
            low, high = min(values), max(values)
            axes.set_ylim(low - 0.06 * (high - low) - 1e-9, high + 0.06 * (high - low) + 1e-9)
    panels[0].set_title("Best trial so far, validation", fontsize=8)
    panels[1].set_title("The same trial, test", fontsize=8)
    spread_labels(drawing)
    return drawing


def mean_curve(curves: pd.DataFrame, spent: str, column: str) -> pd.DataFrame:
    """Mean and 95% interval over the repeats at common places: spent, mean, low, high.

    It begins where every repeat has found something; with one repeat the interval is empty.
    """
    last = curves.groupby("repeat")[spent].max().min()
    first = curves[curves[column].notna()].groupby("repeat")[spent].min().max()
    if not first <= last:
        return pd.DataFrame(columns=["spent", "mean", "low", "high"])
    at = np.linspace(first, last, STEPS)
    values = np.array(
        [
            rows[column].to_numpy()[
                np.searchsorted(rows[spent].to_numpy(), at + 1e-6, side="right") - 1
            ]
            for _, rows in curves.groupby("repeat")
        ]
    )
    mean = values.mean(axis=0)
    low, high = mean_intervals(list(values.T)).T if len(values) > 1 else np.array([mean, mean])
    return pd.DataFrame({"spent": at, "mean": mean, "low": low, "high": high})


def _dress(axes: Axes, said: Metric, spent: str) -> None:
    axes.set_xlabel("Trainings to the end" if spent == "trainings" else "Epochs of all trials")
    axes.set_ylabel(said.axis)
    axes.xaxis.set_major_locator(MaxNLocator(5, integer=True))
    axes.set_xlim(left=0)

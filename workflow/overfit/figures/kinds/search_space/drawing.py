"""Where the trials of a search lie in its space, coloured by their score."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure

from overfit.figures.kinds.search_space.words import PAIRS
from overfit.figures.searches import COLOURS, dimension_axis, jittered, measured, places, scores_of
from overfit.figures.theme import MUTED, SINGLE_WIDTH, WIDTH
from overfit.figures.wording import wrapped
from overfit.metrics.table import Metric

COLUMNS = 4
MANY = 400
"""Trials from which dots are pixels in the SVG too: as shapes they would be a megabyte of it."""


@dataclass(frozen=True)
class _Trials:
    """Places on each key, scores, and how they are coloured; the best ones last."""

    space: Mapping[str, Any]
    at: Mapping[str, pd.Series[float]]
    value: pd.Series[float]
    colours: ScalarMappable
    said: Metric


def draw(plan: Mapping[str, Any], figure: Mapping[str, Any], results: Path) -> Figure:
    """Draw scores against each key, and, where the keys are few, pairs of keys below."""
    variant = figure["options"]["variant"]
    search = plan["searches"][variant]
    trials = _trials(search, scores_of(plan, variant, results))
    if 1 < len(trials.space) <= PAIRS:
        return _pairs(trials)
    columns = min(COLUMNS, len(trials.space))
    rows = -(-len(trials.space) // columns)
    width = WIDTH if columns > 1 else SINGLE_WIDTH
    drawing = Figure(figsize=(width, 0.3 + 1.75 * rows), layout="constrained")
    grid = drawing.subplots(rows, columns, sharey=True, squeeze=False)
    for axes, key in zip(grid.flat, trials.space, strict=False):
        _scores(axes, trials, key)
        dimension_axis(axes, "x", key, trials.space[key], most=3)
    for axes in list(grid.flat)[len(trials.space) :]:
        axes.remove()
    drawing.supylabel(trials.said.axis, fontsize=8)
    return drawing


def _trials(search: Mapping[str, Any], scores: pd.DataFrame) -> _Trials:
    said, space = measured(search), search["space"]
    scores = scores[scores["budget"] == 1]
    maximize = "maximize" in search["objective"]
    value = said.factor * scores["score"]
    order = value.sort_values(ascending=maximize, kind="stable", na_position="first").index
    value = value[order]
    norm = Normalize(*value.quantile([0.1, 1.0] if maximize else [0.0, 0.9]))
    return _Trials(
        space,
        {
            key: jittered(key, space[key], places(space[key], scores.loc[order, key]))
            for key in space
        },
        value,
        ScalarMappable(norm, COLOURS if maximize else f"{COLOURS}_r"),
        said,
    )


def _pairs(trials: _Trials) -> Figure:
    keys, size = list(trials.space), len(trials.space)
    drawing = Figure(figsize=(WIDTH, 0.6 + 0.82 * WIDTH), layout="constrained")
    grid = drawing.subplots(size, size)
    for row, column in np.ndindex(size, size):
        axes = grid[row][column]
        if column > row:
            axes.remove()
            continue
        dimension_axis(axes, "x", keys[column], trials.space[keys[column]], most=3)
        if row == column:
            _scores(axes, trials, keys[row])
            text = wrapped(trials.said.axis, 26 if size < 5 else 14)
            axes.set_title(text, fontsize=7, fontweight="normal", color=MUTED, pad=3)
            if row:
                axes.yaxis.tick_right()
        else:
            _dots(axes, trials, trials.at[keys[column]], trials.at[keys[row]])
            dimension_axis(axes, "y", keys[row], trials.space[keys[row]], most=3)
        if row != column and column:
            axes.set_ylabel("")
            axes.tick_params(labelleft=False)
        if row < size - 1:
            axes.set_xlabel("")
            axes.tick_params(labelbottom=False)
        elif "choice" in trials.space[keys[column]]:
            axes.tick_params("x", labelrotation=90)
        axes.tick_params(labelsize=7)
    place = drawing.add_axes((0.62, 0.93, 0.33, 0.018))
    low = "min" if trials.colours.get_cmap().name == COLOURS else "max"
    bar = drawing.colorbar(trials.colours, cax=place, orientation="horizontal", extend=low)
    bar.set_label(trials.said.axis)
    return drawing


def _scores(axes: Axes, trials: _Trials, key: str) -> None:
    _dots(axes, trials, trials.at[key], trials.value)


def _dots(axes: Axes, trials: _Trials, x: pd.Series[float], y: pd.Series[float]) -> None:
    lost = trials.value.isna()
    axes.scatter(x[lost], y[lost], marker="x", s=8, lw=0.7, color=MUTED)
    colours = trials.colours.to_rgba(trials.value[~lost].to_numpy())
    axes.scatter(x[~lost], y[~lost], c=colours, s=9, lw=0.2, ec="white", rasterized=len(x) > MANY)

"""Searches in figures: scores, keys and values in a few letters, axes of dimensions."""

from __future__ import annotations

import json
from typing import Any
from zlib import crc32

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, FuncFormatter, LogLocator, MaxNLocator, NullLocator

from overfit.config.experiment import Experiment
from overfit.config.specs import SearchSpec
from overfit.figures.words import axis_label, key_name, wrapped
from overfit.metrics.format import power_of_ten, setting
from overfit.metrics.histories import read_trials
from overfit.metrics.searches import trial_scores
from overfit.metrics.table import Metric, metric
from overfit.results import Results
from overfit.search.dimensions import AnyDimension, Choice, Range

COLOURS = "viridis"
"""For scores: light is good."""


def trials_of(experiment: Experiment, variant: str, results: Results) -> pd.DataFrame:
    """The histories of all trials of the search of a variant."""
    return read_trials(experiment, variant, results)


def scores_of(experiment: Experiment, variant: str, results: Results) -> pd.DataFrame:
    """One row per trial of the search of a variant, see `trial_scores`."""
    objective = experiment.searches[variant].objective
    return trial_scores(trials_of(experiment, variant, results), objective.metric)


def measured(search: SearchSpec) -> Metric:
    """The wording of the metric that a search optimizes."""
    return metric(search.objective.metric)


def tested(search: SearchSpec) -> Metric:
    """The wording of the same quantity on test images."""
    return metric(search.objective.metric.replace("validation", "test"))


def name_of(key: str) -> str:
    """A searched key in a figure: `Learning rate`; one that is not known in a few letters."""
    known = axis_label(key)
    return known if known != key else key_name(key).capitalize()


def value_text(dimension: AnyDimension, value: Any) -> str:
    """A value in a few letters: `8.3×10⁻³`, `0.25`, `6`, `adam`, `off`."""
    if isinstance(value, str):
        return {"null": "off", "true": "on", "false": "off"}.get(value, value)
    if isinstance(dimension, Range) and dimension.whole:
        return setting(int(value))
    return setting(float(value), digits=2)


def places(dimension: AnyDimension, values: pd.Series[Any]) -> pd.Series[float]:
    """Where values are on their dimension, from 0 to 1 on its scale; for a choice its position.

    NaN where there is no value.
    """
    if isinstance(dimension, Choice):
        order = {_text(value): float(i) for i, value in enumerate(dimension.choice)}
        return values.map(_text, na_action="ignore").map(order).astype(float)
    low, high = dimension.ends
    if dimension.logarithmic:
        return np.log(values.astype(float) / low) / np.log(high / low)
    return (values.astype(float) - low) / (high - low)


def ticks(dimension: AnyDimension, most: int = 4) -> list[tuple[float, str]]:
    """Positions on a dimension and their labels."""
    if isinstance(dimension, Choice):
        texts = [value_text(dimension, _text(value)) for value in dimension.choice]
        return [(float(i), text) for i, text in enumerate(texts)]
    low, high = dimension.ends
    locator: Any = MaxNLocator(most, integer=dimension.whole)
    if dimension.logarithmic:
        locator = LogLocator(
            subs=(1.0, 2.0, 5.0) if high < 100 * low else (1.0,), numticks=most + 1
        )
    values = [v for v in locator.tick_values(low, high) if low * 0.999 <= v <= high * 1.001]
    found = places(dimension, pd.Series(values, dtype=float))
    texts = [_tick(float(value), dimension) for value in values]
    return list(zip(found.astype(float), texts, strict=True))


def dimension_axis(
    axes: Axes, which: str, key: str, dimension: AnyDimension, most: int = 4
) -> None:
    """Make an axis (`x` or `y`) of places that of a dimension: ends, ticks, label."""
    axis = axes.xaxis if which == "x" else axes.yaxis
    limits = axes.set_xlim if which == "x" else axes.set_ylim
    size = len(dimension.choice) if isinstance(dimension, Choice) else 0
    limits(*((-0.6, size - 0.4) if size else (-0.06, 1.06)))
    labels = dict(ticks(dimension, most))
    axis.set_major_locator(FixedLocator(list(labels)))
    axis.set_major_formatter(FuncFormatter(lambda at, _: labels.get(at, "")))
    axis.set_minor_locator(NullLocator())
    axis.set_label_text(wrapped(name_of(key), 16))


def jittered(key: str, dimension: AnyDimension, at: pd.Series[float]) -> pd.Series[float]:
    """Places, moved apart a little on choices, so that points stay distinguishable."""
    if not isinstance(dimension, Choice):
        return at
    shifts = np.random.default_rng(crc32(key.encode())).uniform(-0.28, 0.28, len(at))
    return at + shifts


def _tick(value: float, dimension: Range) -> str:
    """A tick; far from 1, a logarithmic axis has powers of ten."""
    exponent = np.log10(value) if dimension.logarithmic else 0.0
    far = dimension.logarithmic and not 0.01 <= value < 10_000
    return power_of_ten(round(exponent)) if far and exponent % 1 == 0 else setting(value)


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, float | np.floating) and float(value).is_integer():
        value = int(value)
    return json.dumps(value if not isinstance(value, np.generic) else value.item())

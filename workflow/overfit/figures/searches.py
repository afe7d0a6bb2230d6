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
from overfit.figures.words import key_name, wrapped
from overfit.metrics.axes import axis_label
from overfit.metrics.format import power_of_ten, setting, settings
from overfit.metrics.histories import read_trials
from overfit.metrics.searches import trial_scores
from overfit.metrics.table import Metric, metric
from overfit.results import Results
from overfit.search.dimensions import AnyDimension, Choice, Range

MOST = 6
"""Significant digits of a value of a range, at most."""
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
    """A value in a few letters: `8.3×10⁻³`, `0.25`, `6`, `adam`, `off`.

    Of a choice, different values have different texts; a number is never rounded out of its range.
    """
    if isinstance(dimension, Choice):
        known = [_text(one) for one in dimension.choice]
        return choice_texts(dimension)[known.index(_text(value))]
    if dimension.whole:
        return setting(int(value))
    digits, (low, high) = 2, dimension.ends
    while not low <= float(f"{value:.{digits}g}") <= high and digits < MOST:
        digits += 1
    return setting(float(value), digits)


def choice_texts(dimension: Choice) -> list[str]:
    """The values of a choice in a few letters."""
    off = None if False in dimension.choice else False
    return settings([off if one is None else one for one in dimension.choice], digits=2)


def places(dimension: AnyDimension, values: pd.Series[Any]) -> pd.Series[float]:
    """The places of values on their dimension, from 0 to 1 on its scale; for a choice its position.

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
        return [(float(i), text) for i, text in enumerate(choice_texts(dimension))]
    low, high = dimension.ends
    locator: Any = MaxNLocator(most, integer=dimension.whole)
    if dimension.logarithmic:
        locator = LogLocator(
            subs=(1.0, 2.0, 5.0) if high < 100 * low else (1.0,), numticks=most + 1
        )
    values = [v for v in locator.tick_values(low, high) if low * 0.999 <= v <= high * 1.001]
    found = places(dimension, pd.Series(values, dtype=float))
    plain = settings([float(value) for value in values])
    texts = [_power(float(v), dimension) or text for v, text in zip(values, plain, strict=True)]
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


def _power(value: float, dimension: Range) -> str:
    """A tick as a power of ten, far from 1 on a logarithmic axis; otherwise nothing."""
    far = dimension.logarithmic and not 0.01 <= value < 10_000
    exponent = np.log10(value) if far else 0.5
    return power_of_ten(round(exponent)) if exponent % 1 == 0 else ""


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, float | np.floating) and float(value).is_integer():
        value = int(value)
    return json.dumps(value if not isinstance(value, np.generic) else value.item())

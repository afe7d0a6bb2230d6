"""Searches in figures: scores, keys and values in a few letters, axes of dimensions."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, FuncFormatter, LogLocator, MaxNLocator, NullLocator

from overfit.figures.wording import axis_label, key_name, wrapped
from overfit.metrics.format import setting
from overfit.metrics.histories import read_trials
from overfit.metrics.table import Metric, metric
from overfit.metrics.trials import trial_scores

Dimension = Mapping[str, Any]
"""A dimension as it stands in a plan: `{log_uniform: [low, high]}`."""
COLOURS = "viridis"
"""For scores: light is good."""
RANGES = ("uniform", "log_uniform", "int", "log_int")


def scores_of(plan: Mapping[str, Any], variant: str, results: Path) -> pd.DataFrame:
    """A row a trial of the search of a variant, see `trial_scores`."""
    return trial_scores(read_trials(plan, variant, results), plan["searches"][variant]["objective"])


def measured(search: Mapping[str, Any]) -> Metric:
    """The wording of the metric that a search looks for."""
    (name,) = search["objective"].values()
    return metric(name)


def tested(search: Mapping[str, Any]) -> Metric:
    """The wording of the same quantity on test images."""
    (name,) = search["objective"].values()
    return metric(name.replace("validation", "test"))


def name_of(key: str) -> str:
    """A searched key in a figure: `Learning rate`; one that is not known in a few letters."""
    known = axis_label(key)
    return known if known != key else key_name(key).capitalize()


def value_text(dimension: Dimension, value: Any) -> str:
    """A value in a few letters: `8.3×10⁻³`, `0.25`, `6`, `adam`, `off`."""
    if isinstance(value, str):
        return {"null": "off", "true": "on", "false": "off"}.get(value, value)
    if "int" in dimension or "log_int" in dimension:
        return setting(int(value))
    return setting(float(value), digits=2)


def choice_texts(dimension: Dimension) -> list[str]:
    """The values of a choice in a few letters."""
    return [value_text(dimension, _text(value)) for value in dimension["choice"]]


def places(dimension: Dimension, values: pd.Series[Any]) -> pd.Series[float]:
    """Where values stand on their dimension, from 0 to 1 on its scale; for a choice its position.

    NaN where there is no value.
    """
    if "choice" in dimension:
        order = {_text(value): float(i) for i, value in enumerate(dimension["choice"])}
        return values.map(_text, na_action="ignore").map(order).astype(float)
    low, high = ends(dimension)
    if "log_uniform" in dimension or "log_int" in dimension:
        return np.log(values.astype(float) / low) / np.log(high / low)
    return (values.astype(float) - low) / (high - low)


def ends(dimension: Dimension) -> tuple[float, float]:
    """The ends of a range."""
    low, high = next(dimension[kind] for kind in RANGES if kind in dimension)
    return float(low), float(high)


def ticks(dimension: Dimension, most: int = 4) -> list[tuple[float, str]]:
    """Places on a dimension and what stands at them."""
    if "choice" in dimension:
        return [(float(i), text) for i, text in enumerate(choice_texts(dimension))]
    low, high = ends(dimension)
    logarithmic = "log_uniform" in dimension or "log_int" in dimension
    locator: Any = MaxNLocator(most, integer="int" in dimension)
    if logarithmic:
        locator = LogLocator(
            subs=(1.0, 2.0, 5.0) if high < 100 * low else (1.0,), numticks=most + 1
        )
    values = [v for v in locator.tick_values(low, high) if low * 0.999 <= v <= high * 1.001]
    found = places(dimension, pd.Series(values, dtype=float))
    return [(float(at), setting(float(v))) for at, v in zip(found, values, strict=True)]


def dimension_axis(axes: Axes, which: str, key: str, dimension: Dimension, most: int = 4) -> None:
    """Make an axis (`x` or `y`) of places that of a dimension: ends, ticks, label."""
    axis = axes.xaxis if which == "x" else axes.yaxis
    limits = axes.set_xlim if which == "x" else axes.set_ylim
    size = len(dimension["choice"]) if "choice" in dimension else 0
    limits(*((-0.6, size - 0.4) if size else (-0.06, 1.06)))
    labels = dict(ticks(dimension, most))
    axis.set_major_locator(FixedLocator(list(labels)))
    axis.set_major_formatter(FuncFormatter(lambda at, _: labels.get(at, "")))
    axis.set_minor_locator(NullLocator())
    axis.set_label_text(wrapped(name_of(key), 16))


def jittered(key: str, dimension: Dimension, at: pd.Series[float]) -> pd.Series[float]:
    """Places moved a little apart where a dimension is a choice, so that points can be told."""
    if "choice" not in dimension:
        return at
    shifts = np.random.default_rng(crc32(key.encode())).uniform(-0.28, 0.28, len(at))
    return at + shifts


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, float | np.floating) and float(value).is_integer():
        value = int(value)
    return json.dumps(value if not isinstance(value, np.generic) else value.item())

"""Searches in figures: keys and values in a few letters, axes of dimensions, orders of trials."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, NullLocator

from overfit.figures.wording import key_name, scientific

Dimension = Mapping[str, Any]
"""A dimension as it stands in a plan: `{log_uniform: [low, high]}`."""


def is_choice(dimension: Dimension) -> bool:
    """Whether the values are given one by one."""
    return "choice" in dimension


def is_logarithmic(dimension: Dimension) -> bool:
    """Whether the axis of the values is logarithmic."""
    return "log_uniform" in dimension or "log_int" in dimension


def value_text(dimension: Dimension, value: Any) -> str:
    """A value in a few letters: `8.3×10⁻³`, `0.25`, `6`, `adam`; `–` where there is none."""
    if value is None or (isinstance(value, float) and pd.isna(value)):
        return "–"
    if "log_uniform" in dimension:
        return scientific(float(value))
    if "uniform" in dimension:
        return f"{value:.2g}"
    if isinstance(value, str):
        return {"null": "off", "true": "on", "false": "off"}.get(value, value)
    return f"{value:g}"


def choice_texts(dimension: Dimension) -> list[str]:
    """The values of a choice as they stand in the table of trials."""
    from overfit.search.trials import choice_text

    return [choice_text(value) for value in dimension["choice"]]


def positions(dimension: Dimension, values: pd.Series[Any]) -> pd.Series[float]:
    """Where values stand on an axis of their dimension; NaN where there is none."""
    if not is_choice(dimension):
        return values.astype(float)
    texts = choice_texts(dimension)
    order = {text: float(position) for position, text in enumerate(texts)}
    as_text = values.map(_text, na_action="ignore")
    return as_text.map(order).astype(float)


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    return str(int(value)) if float(value).is_integer() else str(value)


def dimension_axis(axes: Axes, which: str, key: str, dimension: Dimension) -> None:
    """An axis (`x` or `y`) of a dimension: its scale, its ends, its label."""
    axis = axes.xaxis if which == "x" else axes.yaxis
    limits = axes.set_xlim if which == "x" else axes.set_ylim
    if is_choice(dimension):
        texts = choice_texts(dimension)
        limits(-0.6, len(texts) - 0.4)
        axis.set_major_locator(FixedLocator(range(len(texts))))
        axis.set_ticklabels([value_text(dimension, text) for text in texts])
    elif is_logarithmic(dimension):
        ((low, high),) = dimension_ends(dimension)
        (axes.set_xscale if which == "x" else axes.set_yscale)("log")
        limits(low / (high / low) ** 0.03, high * (high / low) ** 0.03)
        axis.set_minor_locator(NullLocator())
    else:
        ((low, high),) = dimension_ends(dimension)
        limits(low - 0.03 * (high - low), high + 0.03 * (high - low))
    axis.set_label_text(key_name(key))


def dimension_ends(dimension: Dimension) -> list[tuple[float, float]]:
    """The ends of a range; none for a choice."""
    kinds = ("uniform", "log_uniform", "int", "log_int")
    return [tuple(dimension[kind]) for kind in kinds if kind in dimension]

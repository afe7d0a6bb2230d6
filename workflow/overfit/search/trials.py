"""Trials as settings to train, and as columns of a table."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from overfit.config.dimensions import AnyDimension, Choice, Range
from overfit.config.merging import nested
from overfit.config.settings import Settings
from overfit.config.specs import SearchSpec
from overfit.training.tables import column

Values = Mapping[str, Any]
"""The settings of a trial by dotted key; a key whose condition does not hold is absent."""


@dataclass(frozen=True)
class Trial:
    """A configuration to try, and the share of the whole training budget that it gets."""

    values: Values
    share: float = 1.0


@dataclass(frozen=True)
class NumberedTrial:
    """A trial with its repeat of the search, its round, and its number within the repeat."""

    trial: Trial
    repeat: int = field(kw_only=True)
    round: int = field(kw_only=True)
    number: int = field(kw_only=True)


def trial_settings(spec: SearchSpec, one: NumberedTrial) -> Settings:
    """All settings of a trial."""
    found = spec.settings.updated(nested(one.trial.values), instead_of=spec.space)
    return found if one.trial.share == 1 else found.shortened(one.trial.share)


def trial_columns(
    space: Mapping[str, AnyDimension], trials: Sequence[Values]
) -> dict[str, pa.Array]:
    """A column for each searched key, with a row a trial; null where its condition does not hold.

    Numbers are numbers. The values of a choice are text, see `choice_text`, unless all are numbers.
    """
    columns = {}
    for key, dimension in space.items():
        values = [one.get(key) for one in trials]
        if _is_text(dimension):
            values = [choice_text(one[key]) if key in one else None for one in trials]
        columns[key] = column(values, _type(dimension))
    return columns


def trial_costs(history: pa.Table, objective: Mapping[str, str]) -> dict[tuple[int, int], float]:
    """What each trial, by repeat and number, costs: what a search wants low.

    It is the metric at the last evaluation, or its negative where it is to be maximized; infinite
    for trials that diverged. Pandas would say the same, but takes longer to load than some searches
    take in all.

    Args:
        history: as `train_trials` makes it.
        objective: `{maximize: metric}` or `{minimize: metric}`.
    """
    ((direction, metric),) = objective.items()
    split, quantity = metric.rsplit("_", 1)
    sign = -1 if direction == "maximize" else 1
    names = ("repeat", "trial", "split", quantity, "diverged")
    return {  # updates ascend, so the last one stays
        (repeat, trial): math.inf if diverged else sign * value
        for repeat, trial, of, value, diverged in zip(
            *(history[name].to_pylist() for name in names), strict=True
        )
        if of == split
    }


def choice_text(value: Any) -> str:
    """A value of a choice as text: `adam`, `true`, `null`, `[100, 100]`."""
    return value if isinstance(value, str) else json.dumps(value)


def values_in(space: Mapping[str, AnyDimension], row: Mapping[str, Any]) -> Values:
    """The values of a trial, from its row in a table."""
    found = {}
    for key, dimension in space.items():
        value = row[key]
        if value is None:
            continue
        if isinstance(dimension, Choice) and _is_text(dimension):
            value = next(one for one in dimension.choice if choice_text(one) == value)
        found[key] = value
    return found


def _is_text(dimension: AnyDimension) -> bool:
    return isinstance(dimension, Choice) and not all(
        type(value) in (int, float) for value in dimension.choice
    )


def _type(dimension: AnyDimension) -> pa.DataType:
    if _is_text(dimension):
        return pa.string()
    if isinstance(dimension, Range):
        return pa.int64() if dimension.whole else pa.float64()
    whole = all(type(value) is int for value in dimension.choice)
    return pa.int64() if whole else pa.float64()

"""From the specification of a search to its method; trials as settings, and as columns."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
from pydantic import ValidationError

from overfit.config.merging import nested
from overfit.config.messages import explained
from overfit.config.settings import Settings
from overfit.config.specs import SearchSpec
from overfit.metrics.table import METRICS
from overfit.search.dimensions import AnyDimension, Choice, Range
from overfit.search.methods import Method, Trial
from overfit.search.space import Values
from overfit.streams import Purpose, stream
from overfit.training.history import column


@dataclass(frozen=True)
class NumberedTrial:
    """A trial with its repeat of the search, its round, and its number within the repeat."""

    trial: Trial
    repeat: int = field(kw_only=True)
    round: int = field(kw_only=True)
    number: int = field(kw_only=True)


def make(spec: SearchSpec, repeat: int) -> Method:
    """The method of one repeat of a search, with its own seed."""
    seed = int(stream(spec.root_seed, Purpose.SEARCH, spec.seed(repeat)).integers(2**31))
    return spec.searcher(seed)


class TrialError(Exception):
    """A trial that can't be trained, with its reason."""


def trial_settings(spec: SearchSpec, one: NumberedTrial) -> Settings:
    """All settings of a trial.

    Raises:
        TrialError: the drawn values don't go together.
    """
    try:
        found = spec.settings.updated(nested(one.trial.values), instead_of=spec.space)
        return found if one.trial.share == 1 else found.shortened(one.trial.share)
    except ValidationError as error:
        reasons = [message for _, message in explained(error, Settings)]
        raise TrialError("; ".join(reasons)) from error


def trial_columns(
    space: Mapping[str, AnyDimension], trials: Sequence[Values]
) -> dict[str, pa.Array]:
    """One column per searched key, one row per trial; null if its condition does not hold.

    Numbers stay numbers. The values of a choice are text (see `choice_text`), unless all of them
    are numbers.
    """
    columns = {}
    for key, dimension in space.items():
        values = [one.get(key) for one in trials]
        if _is_text(dimension):
            values = [choice_text(one[key]) if key in one else None for one in trials]
        columns[key] = column(values, _type(dimension))
    return columns


def trial_keys(
    repeats: Iterable[int], shares: Iterable[float], columns: Iterable[Iterable[Any]]
) -> Iterator[Any]:
    """The keys that determine the numbers of each trial of a search: repeat, share and values.

    Args:
        repeats: the repeat of each trial.
        shares: the share of the whole budget that each gets.
        columns: those of `trial_columns`.
    """
    values = zip(*([value.as_py() for value in column] for column in columns), strict=True)
    return zip(repeats, shares, values, strict=True)


def trial_costs(history: pa.Table, metric: str) -> dict[tuple[int, int], float]:
    """The cost of each trial, by repeat and number; lower is better.

    It is the metric at the last evaluation, negative if higher is better, and infinite for trials
    that diverged or failed. Computed without pandas, which takes longer to load than some searches
    take.

    Args:
        history: as `train_trials` makes it.
        metric: what the search optimizes, such as `validation_accuracy`.
    """
    split, quantity = metric.rsplit("_", 1)
    sign = -1 if METRICS[metric].better == "higher" else 1
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

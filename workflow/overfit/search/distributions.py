"""Spaces in Optuna's terms."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import optuna
from numpy.typing import NDArray

from overfit.config.dimensions import AnyDimension, Choice, position_of
from overfit.config.space import is_active, parents_first
from overfit.search.trials import Values

optuna.logging.set_verbosity(optuna.logging.WARNING)


def distribution(dimension: AnyDimension) -> optuna.distributions.BaseDistribution:
    """Optuna's distribution of a dimension; for a choice, that of the positions of its values."""
    if isinstance(dimension, Choice):
        return optuna.distributions.CategoricalDistribution(range(len(dimension.choice)))
    kind = (
        optuna.distributions.IntDistribution
        if dimension.whole
        else optuna.distributions.FloatDistribution
    )
    return kind(*dimension.ends, log=dimension.logarithmic)


@contextmanager
def experimental() -> Iterator[None]:
    """Without Optuna's warnings that a part of it may change: its version is pinned."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
        yield


def ask(
    sampler: Callable[[], optuna.samplers.BaseSampler],
    space: Mapping[str, AnyDimension],
    count: int,
    known: Sequence[Values] = (),
    costs: NDArray[Any] | Sequence[float] = (),
) -> list[Values]:
    """Ask a sampler for `count` trials of a new study that has been told the known ones."""
    with experimental():
        study = optuna.create_study(sampler=sampler())
        distributions = {key: distribution(dimension) for key, dimension in space.items()}
        for values, cost in zip(known, costs, strict=True):
            study.add_trial(
                optuna.trial.create_trial(
                    params={key: _encoded(space[key], value) for key, value in values.items()},
                    distributions={key: distributions[key] for key in values},
                    value=float(cost),
                )
            )
        return [_suggested(study.ask(), space, distributions) for _ in range(count)]


def _suggested(
    trial: optuna.Trial,
    space: Mapping[str, AnyDimension],
    distributions: Mapping[str, optuna.distributions.BaseDistribution],
) -> Values:
    values: dict[str, Any] = {}
    for key in parents_first(space):
        dimension = space[key]
        if is_active(dimension, values):
            found = trial._suggest(key, distributions[key])
            values[key] = dimension.choice[found] if isinstance(dimension, Choice) else found
    return values


def _encoded(dimension: AnyDimension, value: Any) -> Any:
    return position_of(value, dimension.choice) if isinstance(dimension, Choice) else value

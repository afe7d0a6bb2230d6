"""Values that Optuna's samplers suggest."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray

from overfit.search.dimensions import AnyDimension
from overfit.search.space import Values, parents_first

if TYPE_CHECKING:
    from optuna import Study, Trial
    from optuna.distributions import BaseDistribution
    from optuna.samplers import BaseSampler


def draw(space: Mapping[str, AnyDimension], count: int, seed: int) -> list[Values]:
    """Draw `count` trials independently, each value with the probability of its dimension."""
    from optuna.samplers import RandomSampler

    return ask(lambda: RandomSampler(seed=seed), space, count)


def ask(
    sampler: Callable[[], BaseSampler],
    space: Mapping[str, AnyDimension],
    count: int,
    known: Sequence[Values] = (),
    costs: NDArray[Any] | Sequence[float] = (),
) -> list[Values]:
    """Ask a sampler for `count` trials, after telling it the known ones and their costs.

    Args:
        sampler: makes the sampler; called where Optuna's warnings are off.
        space: the space.
        count: how many trials to request.
        known: the values of earlier trials.
        costs: the costs of the known trials, lower is better.
    """
    from optuna.trial import create_trial

    distributions = {key: dimension.distribution() for key, dimension in space.items()}
    with quiet_study(sampler) as study:
        for values, cost in zip(known, costs, strict=True):
            study.add_trial(
                create_trial(
                    params={key: space[key].encode(value) for key, value in values.items()},
                    distributions={key: distributions[key] for key in values},
                    value=float(cost),
                )
            )
        return [_suggested(study.ask(), space, distributions) for _ in range(count)]


@contextmanager
def quiet_study(sampler: Callable[[], BaseSampler]) -> Iterator[Study]:
    """A new study without Optuna's messages, and without its warnings about what may change.

    Its version is pinned, so nothing changes.
    """
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
        yield optuna.create_study(sampler=sampler())


def _suggested(
    trial: Trial,
    space: Mapping[str, AnyDimension],
    distributions: Mapping[str, BaseDistribution],
) -> Values:
    values: dict[str, Any] = {}
    for key in parents_first(space):
        if space[key].is_active(values):
            values[key] = space[key].decode(trial._suggest(key, distributions[key]))
    return values

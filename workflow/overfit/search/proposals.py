"""The trials of a search."""

from __future__ import annotations

from typing import Any

import optuna

from overfit.spec import SearchSpec
from overfit.streams import Purpose, stream


def propose(spec: SearchSpec) -> list[dict[str, Any]]:
    """The hyperparameters of every trial, as dotted keys, by random search.

    Each is drawn independently: on a logarithmic scale where the space says `log_uniform`. The same
    specification gives the same trials, so each block of trials can propose for itself.

    Source: Bergstra and Bengio (2012), Random search for hyper-parameter optimization.
    """
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    seed = int(stream(spec.root_seed, Purpose.SEARCH, spec.seed).integers(2**31))
    study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=seed))
    distributions = {key: _distribution(axis) for key, axis in spec.space.items()}
    return [study.ask(distributions).params for _ in range(spec.trials)]


def _distribution(axis: Any) -> optuna.distributions.BaseDistribution:
    low, high = axis.log_uniform
    return optuna.distributions.FloatDistribution(low, high, log=True)

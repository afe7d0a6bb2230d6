"""The effects that the planned seeds can find, from the spread of earlier results."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

from overfit.claims.claim import Claim
from overfit.claims.looks import confidence
from overfit.claims.power import smallest_effect, spread
from overfit.config.experiment import Experiment
from overfit.data.checked import DamagedError
from overfit.metrics.resampling import CONFIDENCE
from overfit.metrics.table import is_of_search
from overfit.results import Results


def smallest_effects(experiments: Iterable[Experiment], results: Results) -> Iterator[str]:
    """The effects that the planned seeds find with 80% power, one line per experiment.

    The line names the claim with the largest such effect, in margins. Experiments without earlier
    results have no line.

    Args:
        experiments: the experiments.
        results: earlier results, for instance of a pilot.
    """
    for one in experiments:
        found = {claim.id: (effect, claim) for claim, effect in _found(one, results)}
        if found:
            least = min(effect for effect, _ in found.values())
            most, claim = max(found.values(), key=lambda pair: pair[0])
            size = " to ".join(dict.fromkeys((f"{least:.2g}", f"{most:.2g}")))
            yield (
                f"{one.source}: {_seeds(one)[0]} seeds find effects of {size} margins "
                f"with 80% power; the largest is that of {claim.id}"
            )


def _seeds(experiment: Experiment) -> tuple[int, float]:
    """The number of seeds of the last look, and the confidence of its interval."""
    looks = experiment.looks
    if looks is None:
        return experiment.seeds, CONFIDENCE
    return looks.seeds[-1], confidence(looks.seeds, len(looks.seeds))


def _found(experiment: Experiment, results: Results) -> Iterator[tuple[Claim, float]]:
    """The smallest effect of each claim with earlier results, in margins."""
    from overfit.claims.table import read_looks  # here, because it loads pandas

    try:
        looks = read_looks(results.experiment(experiment.name).looks)
    except (FileNotFoundError, DamagedError):
        return
    seeds, level = _seeds(experiment)
    for claim in experiment.claims:
        if claim.id not in looks or is_of_search(claim.test.metric):
            continue
        last, effect = looks[claim.id][-1], claim.test.effect
        s = spread(effect, last["ci_low"], last["ci_high"], last["n"], last["confidence"])
        found = smallest_effect(effect, s, seeds, level) / abs(effect.distance(effect.band[1]))
        if math.isfinite(found):
            yield claim, found

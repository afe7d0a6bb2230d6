"""Looks at a growing number of seeds, without more wrong verdicts than one look would give.

Whoever adds seeds until something is decided is wrong more often than an interval says: chance gets
several tries. A spending function divides the error rate of a side, 2.5%, among the looks. Each
look has a wider interval, such that the intervals of all looks together contain the effect as often
as one 95% interval would. So any verdict can be read from the interval of any look, and you may
stop whenever you like.

Source: Lan and DeMets (1983), Discrete sequential boundaries for clinical trials; Jennison and
Turnbull (1989), Interim analyses: the repeated confidence interval approach.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Annotated, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from overfit.config.deferred import optimize, special
from overfit.config.model import Clash, Items, Model, Name, clashes

SIDE = 0.025
"""The error rate of a side over all looks."""
NODES = 96
"""Points of the quadrature between two looks: bounds have 9 right digits."""
FURTHEST = 9.0
"""The normal distribution ends here, in standard deviations."""


class Looks(Model):
    """The looks at the claims of an experiment, as `config/looks.yaml` has them."""

    seeds: Annotated[tuple[Annotated[int, Field(ge=2, le=10_000)], ...], Items, Field(min_length=2)]
    """The number of seeds at each look, rising: `[10, 20, 40]`. The first is the experiment's."""
    claims: dict[Name, int] = Field(default_factory=dict)
    """The number of seeds of each claim that was undecided at the first look."""

    @model_validator(mode="after")
    def _sound(self) -> Self:
        rising = all(a < b for a, b in zip(self.seeds, self.seeds[1:], strict=False))
        later = ", ".join(map(str, self.seeds[1:]))
        found: list[Clash] = [
            (f"must be one of {later}, the seeds of later looks", [("claims", claim)])
            for claim, number in self.claims.items()
            if number not in self.seeds[1:]
        ]
        clashes(found if rising else [("must rise from look to look", [("seeds",)]), *found])
        return self

    def look(self, claim: str) -> int:
        """The present look at a claim, from 1."""
        return 1 + self.seeds.index(self.claims.get(claim, self.seeds[0]))


def spent(fraction: float, side: float = SIDE) -> float:
    """The part of a side's error rate that is spent when a fraction of the seeds is there.

    `side log(1 + (e - 1) fraction)`, whose bounds are nearly those of Pocock: almost the same at
    each look. The bounds of O'Brien and Fleming would decide on next to nothing at the first look
    (at a quarter of the seeds, an effect would have to be 4.3 standard errors beyond the margin),
    so that most claims would need more seeds.

    Source: Lan and DeMets (1983), the function alpha_2.
    """
    return side * math.log1p((math.e - 1) * fraction)


@lru_cache(maxsize=256)
def levels(seeds: Sequence[int], side: float = SIDE) -> tuple[float, ...]:
    """The one-sided level of the test at each look.

    With standard normal test statistics `Z_k` of the first `n_k` seeds, whose correlation is
    `sqrt(n_j / n_k)`, the bounds `c_k` satisfy

        P(Z_1 < c_1, ..., Z_{k-1} < c_{k-1}, Z_k >= c_k) = spent(n_k / n_K) - spent(n_{k-1} / n_K)

    and the level is `P(Z >= c_k)`. Sums of scores `sqrt(t_k) Z_k`, t_k being `n_k / n_K`, have
    independent increments, so the density of those that crossed no bound yet is carried from look
    to look by numerical integration.

    Args:
        seeds: the number of seeds at each look, rising.
        side: the error rate of the side over all looks.

    Source: Armitage, McPherson and Rowe (1969), Repeated significance tests on accumulating data.
    """
    fractions = [n / seeds[-1] for n in seeds]
    totals = [spent(fraction, side) for fraction in fractions]
    found = [totals[0]]
    places, weights = np.zeros(1), np.ones(1)  # all sums of scores begin at 0
    for look, (fraction, total) in enumerate(zip(fractions, totals, strict=True)):
        step = math.sqrt(fraction - (fractions[look - 1] if look else 0.0))
        bound = _bound(places, weights, step, total - (totals[look - 1] if look else 0.0))
        if look:
            found.append(float(special.ndtr(-bound / math.sqrt(fraction))))
        lowest = -FURTHEST * math.sqrt(fraction)
        nodes, gauss = np.polynomial.legendre.leggauss(NODES)
        following = lowest + (nodes + 1) / 2 * (bound - lowest)
        apart = (following[:, None] - places) / step
        density = np.exp(-(apart**2) / 2) / (step * math.sqrt(2 * math.pi))
        places, weights = following, (density @ weights) * gauss * (bound - lowest) / 2
    return tuple(found)


def _bound(
    places: NDArray[np.float64], weights: NDArray[np.float64], step: float, probability: float
) -> float:
    """The bound beyond which normal steps lead from weighted places with a probability."""

    def excess(bound: float) -> float:
        return float(weights @ special.ndtr((places - bound) / step)) - probability

    return float(optimize.brentq(excess, -FURTHEST, FURTHEST, xtol=1e-10))


def confidence(seeds: Sequence[int], look: int) -> float:
    """The confidence of the interval at a look, of which 1 is the first.

    With a single look, it is 95%.
    """
    return 1 - 2 * levels(tuple(seeds), SIDE)[look - 1]


def repeated_p(p: float, seeds: Sequence[int], look: int) -> float:
    """The p-value of a look that accounts for all looks.

    It is the smallest error rate of a side with which the interval of this look would decide, so it
    is below 2.5% just if the interval is beyond the bound. It is a valid p-value whenever you stop;
    Holm's correction uses it like any other.

    Args:
        p: the one-sided p-value from the seeds of this look.
        seeds: the number of seeds at each look.
        look: the look, from 1.

    Source: Jennison and Turnbull (1984), Repeated confidence intervals for group sequential trials.
    """
    if math.isnan(p) or len(seeds) == 1:
        return p

    def missing(side: float) -> float:
        return levels(tuple(seeds), side)[look - 1] - p

    most = 1 - 1e-9
    # The level of a look is at most the error rate of all of them.
    least = max(p, 1e-15)
    if missing(most) <= 0:
        return 1.0
    return float(optimize.brentq(missing, least, most, xtol=1e-12)) if missing(least) < 0 else least

"""Shares of seeds, such as the diverged ones: exact intervals and tests, also of paired shares.

Each seed is a 0 or a 1. Means of such values are far from normal where the event is rare, and ten
seeds without it have no spread at all. These intervals count how often such a sample occurs.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from overfit.claims.samples import Finding, nothing
from overfit.config.deferred import special
from overfit.metrics.resampling import CONFIDENCE, binomial_tail

MOST_EXACT = 50
"""Of more pairs, the score test's p-value is that of its normal approximation."""
NUISANCE = 101
"""Shares of seeds that differ the other way at which an exact p-value is computed."""
SCANNED = 41
"""Differences at which an interval is looked for before its ends are refined."""
HALVINGS = 16
"""Then an end is known to 2^-16 / 20 = 1e-6."""


def one_share(sample: ArrayLike, constant: float, confidence: float = CONFIDENCE) -> Finding:
    """The share of ones among zeros and ones (n,), minus a constant.

    The interval has all shares of which neither tail of the binomial distribution is below 2.5%.

    Source: Clopper and Pearson (1934), The use of confidence or fiducial limits illustrated in the
    case of the binomial.
    """
    values = np.asarray(sample, float)
    n, k = len(values), round(float(values.sum()))
    if n < 2:
        return nothing(n, k / n - constant if n else math.nan)
    tail = (1 - confidence) / 2
    low = float(special.betaincinv(k, n - k + 1, tail)) if k else 0.0
    high = float(special.betaincinv(k + 1, n - k, 1 - tail)) if k < n else 1.0

    def above(bound: float) -> float:
        share = min(max(bound + constant, 0.0), 1.0)
        return binomial_tail(k, n, share)

    def below(bound: float) -> float:
        share = min(max(bound + constant, 0.0), 1.0)
        return binomial_tail(n - k, n, 1 - share)

    return Finding(k / n - constant, low - constant, high - constant, n, above, below)


def paired_shares(differences: ArrayLike, confidence: float = CONFIDENCE) -> Finding:
    """The difference of two shares of the same seeds, from differences (n,) of -1, 0 and 1.

    The interval has all differences that the exact test of `paired_tail` does not reject on either
    side, each at 2.5%.
    """
    values = np.asarray(differences, float)
    n = len(values)
    plus, minus = (int(np.sum(values == sign)) for sign in (1, -1))
    if n < 2:
        return nothing(n, float(plus - minus) if n else math.nan)
    return Finding(
        (plus - minus) / n,
        _lower_end(plus, minus, n, confidence),
        -_lower_end(minus, plus, n, confidence),
        n,
        above=lambda bound: paired_tail(plus, minus, n, bound),
        below=lambda bound: paired_tail(minus, plus, n, -bound),
    )


@lru_cache(maxsize=256)
def paired_tail(plus: int, minus: int, n: int, bound: float) -> float:
    """The p-value of the exact test that the shares of n pairs differ by more than a bound.

    The test is unconditional. Its statistic is the score `z` of Tango, and p the probability of a
    `z` at least as large as that of the sample, where the shares differ by just the bound. It is
    the largest one over the share of pairs that differ the other way, of which nothing is known.

    Args:
        plus: number of pairs of which only the first has a 1.
        minus: number of pairs of which only the second has a 1.
        n: number of pairs.
        bound: the difference of the shares, from -1 to 1.

    Source: Tango (1998), Equivalence test and confidence interval for the difference in proportions
    for the paired-sample design; Hsueh, Liu and Chen (2001), Unconditional exact tests for
    equivalence or noninferiority for paired binary endpoints.
    """
    if bound >= 1:
        return 1.0
    if bound <= -1:
        return float(minus == n)
    observed = float(_score(np.array([plus]), np.array([minus]), n, bound)[0])
    if n > MOST_EXACT:
        return float(special.ndtr(-observed))
    first, second = (counts.ravel() for counts in np.indices((n + 1, n + 1)))
    whole = first + second <= n
    first, second = first[whole], second[whole]
    extreme = _score(first, second, n, bound) >= observed - 1e-9
    first, second = first[extreme][:, None], second[extreme][:, None]
    other = np.linspace(max(0.0, -bound), (1 - bound) / 2, NUISANCE)
    one, neither = other + bound, np.maximum(1 - 2 * other - bound, 0.0)
    log = special.gammaln(n + 1) - sum(
        special.gammaln(count + 1) for count in (first, second, n - first - second)
    )
    log = log + special.xlogy(first, np.maximum(one, 0.0)) + special.xlogy(second, other)
    log = log + special.xlogy(n - first - second, neither)
    return min(1.0, float(np.exp(log).sum(axis=0).max()))


def _score(
    plus: NDArray[np.int_], minus: NDArray[np.int_], n: int, bound: float
) -> NDArray[np.float64]:
    """Tango's score of pairs: how many standard errors their difference is above the bound.

        z = (b - c - n d) / sqrt(n (2 q + d (1 - d)))

    for b pairs of one kind, c of the other, a bound d, and the estimate q of the share of the other
    kind where the shares differ by d.
    """
    half = ((2 * n - plus + minus) * bound - plus - minus) / (4 * n)
    q = np.sqrt(np.maximum(half**2 + minus * bound * (1 - bound) / (2 * n), 0.0)) - half
    variance = n * (2 * q + bound * (1 - bound))
    distance = plus - minus - n * bound
    # There is no variance only where the distance is 0, too.
    return distance / np.sqrt(np.where(variance > 1e-12, variance, 1.0))


@lru_cache(maxsize=256)
def _lower_end(plus: int, minus: int, n: int, confidence: float) -> float:
    """The smallest difference of shares that `paired_tail` does not reject."""
    tail = (1 - confidence) / 2
    steps = np.linspace(-1.0, 1.0, SCANNED)
    kept = next(i for i, step in enumerate(steps) if paired_tail(plus, minus, n, step) > tail)
    if kept == 0:
        return -1.0
    rejected, inside = float(steps[kept - 1]), float(steps[kept])
    for _ in range(HALVINGS):
        middle = (rejected + inside) / 2
        if paired_tail(plus, minus, n, middle) > tail:
            inside = middle
        else:
            rejected = middle
    return rejected

"""Statistics of small samples: intervals of their centre, and the tails of tests.

`scipy.stats.ttest_1samp`, `bootstrap` and `mstats.trimmed_mean_ci` use the same formulas, and tests
compare. Ours also guarantee what SciPy's don't: the interval of the negated sample is the mirror
image, the order of values and the other samples change no bit, hundreds of samples share their
resamples, and loading does not take a second, for which every figure would wait.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from overfit.config.deferred import special

CONFIDENCE = 0.95
FEWEST_TO_RESAMPLE = 10
"""Samples of fewer values have a t interval."""
RESAMPLES = 9_999
TOGETHER = 64
"""Samples of equal size that are resampled together: their means fit in the cache."""
FEW = 100
"""Up to this many values, resamples are kept rather than generated again."""
NOISE = 1e-12
"""Differences smaller than this, in units of the sample, are rounding."""
DRAWN_AT_ONCE = 2_000_000
"""Values drawn at once: 16 MB of counts."""

Sample = NDArray[np.float64]


def mean_intervals(
    samples: Sequence[Sample], confidence: float = CONFIDENCE
) -> NDArray[np.float64]:
    """Intervals of the means of several samples, 95% by default.

    Fewer than ten values have a t interval, `mean ± t_{0.975, n - 1} s / sqrt(n)`. Resampling can't
    help them: a bootstrap interval is at most the range of the sample, and at n = 5 it covers the
    mean of normal data in 92% of the cases.

    From ten values on, the interval is the BCa interval at a level that corrects for small samples.
    The bootstrap distribution of a mean is narrower than it should be by the factor
    `sqrt((n - 1) / n)`, and it knows nothing of the t distribution's longer tails; at n = 10 a
    plain 95% interval covers the mean of normal data in 90% of the cases. The level is therefore
    the one at which a normal bootstrap distribution would yield the t interval,

        level = 1 - 2 Phi(-sqrt(n / (n - 1)) t_{0.975, n - 1}).

    What both cover was measured: see Statistics in config/README.md.

    A sample's interval depends only on its values, bit for bit, not on their order, its name, the
    samples beside it or the machine: values are sorted, the stream of resamples is chosen by n,
    and sums are exact, see `_resampled_means`. The interval of the negated sample is the mirror
    image.

    Args:
        samples: each (n,), finite, in any unit.
        confidence: that of the intervals; above for 0.95.

    Returns:
        (len(samples), 2), low and high in the unit of the sample; NaN for fewer than two values,
        [v, v] if all values are v.

    Source: Student (1908), The probable error of a mean; Efron (1987), Better bootstrap confidence
    intervals; Hesterberg (2015), What teachers should know about the bootstrap, section 4 (the
    adjusted level).
    """
    intervals = np.full((len(samples), 2), math.nan)
    sizes = np.array([len(sample) for sample in samples], dtype=int)
    for n in set(sizes[sizes > 1].tolist()):
        equal = np.flatnonzero(sizes == n).tolist()
        # The same values often come again: what has been found so far is the same for many trials.
        ascending = np.sort(np.stack([samples[i] for i in equal]), axis=1)
        different, which = np.unique(ascending, axis=0, return_inverse=True)
        parts = range(0, len(different), TOGETHER)
        interval = _student if n < FEWEST_TO_RESAMPLE else _bca
        # In units of a power of 2, which changes no bit, squares neither overflow nor vanish.
        unit = np.frexp(np.abs(different).max(axis=1, keepdims=True))[1]
        scaled = np.ldexp(different, -unit)
        found = np.concatenate(
            [interval(scaled[start : start + TOGETHER], confidence) for start in parts]
        )
        intervals[equal] = np.ldexp(found, unit)[which.ravel()]
    return intervals


def adjusted_level(n: int, confidence: float = CONFIDENCE) -> float:
    """The level at which a bootstrap interval of n values has the length of their t interval."""
    return min(
        1 - 2 * float(special.ndtr(-math.sqrt(n / (n - 1)) * t_quantile(n, confidence))), 1 - 1e-9
    )


def t_quantile(n: float, confidence: float = CONFIDENCE) -> float:
    """The quantile of Student's t for an interval from n values."""
    return float(special.stdtrit(n - 1, (1 + confidence) / 2))


def t_tail(t: float, freedom: float) -> float:
    """The probability that Student's t with these degrees of freedom is at least t."""
    return float(special.stdtr(freedom, -t))


def binomial_tail(k: int, n: int, share: float = 0.5) -> float:
    """The probability of at least k successes in n trials with the same success probability."""
    return float(special.bdtrc(k - 1, n, share)) if k > 0 else 1.0


def median_interval(ascending: Sample, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """The interval of the median of ascending values (n,) that the sign test does not reject.

    Its ends are two of the values, x_(r) and x_(n + 1 - r), with the largest r for which fewer than
    r of n values are below the median in at most 2.5% of the cases (of an interval of 95%). It
    covers the median of any continuous distribution at least so often. NaN for fewer than six
    values, whose range covers it less often than 95%.

    Source: Conover (1999), Practical nonparametric statistics, section 3.2.
    """
    n = len(ascending)
    fewer = special.bdtr(np.arange(n), n, 0.5)
    rank = int(np.searchsorted(fewer, (1 - confidence) / 2, side="right"))
    if rank == 0:
        return math.nan, math.nan
    return float(ascending[rank - 1]), float(ascending[n - rank])


def trimmed(ascending: Sample) -> tuple[float, float, int]:
    """The interquartile mean of ascending values (n,), its standard error, degrees of freedom.

    It is the mean of the h = n - 2g values that remain without the lowest and the highest
    g = n // 4. Its error follows from the variance s_w^2 of the winsorized values, in which those g
    are replaced by the nearest that remain: `s_w sqrt(n) / h`, with h - 1 degrees of freedom.

    Source: Tukey and McLaughlin (1963), Less vulnerable confidence and significance procedures for
    location based on a single sample.
    """
    n = len(ascending)
    tail = n // 4
    kept = ascending[tail : n - tail]
    winsorized = np.clip(ascending, kept[0], kept[-1])
    error = float(winsorized.std(ddof=1)) * math.sqrt(n) / len(kept)
    return float(kept.mean()), error, len(kept) - 1


def iqm_interval(ascending: Sample, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """The t interval of the interquartile mean of ascending values (n,), see `trimmed`."""
    estimate, error, freedom = trimmed(ascending)
    scale = float(np.abs(ascending).max())
    if error <= NOISE * scale:  # the middle is one value, but for rounding
        return estimate, estimate
    reach = t_quantile(freedom + 1, confidence) * error
    return estimate - reach, estimate + reach


def resampled_tail(beyond: int, n: int) -> float:
    """The p-value if `beyond` of 9,999 resamples of n values are on the wrong side of a bound.

    It is 2.5% where the interval at the level of `adjusted_level` ends at the bound:
    `P(T < sqrt((n - 1) / n) Phi^-1(share))`, with T of n - 1 degrees of freedom.
    """
    share = (beyond + 1) / (RESAMPLES + 1)
    return float(special.stdtr(n - 1, math.sqrt((n - 1) / n) * special.ndtri(share)))


def resampling_stream(n: int) -> np.random.Generator:
    """The random numbers for resampling samples of n values."""
    return np.random.default_rng(np.random.SeedSequence(n))


def resample_counts(n: int) -> Iterable[NDArray[np.float64]]:
    """The number of times that each of n values is in each of 9,999 resamples, in slices (k, n)."""
    return _few_counts(n) if n <= FEW else _drawn_counts(n)


@lru_cache(maxsize=4)
def _few_counts(n: int) -> tuple[NDArray[np.float64], ...]:
    """Kept, since most samples of an experiment are of one small size: up to 8 MB."""
    return tuple(_drawn_counts(n))


def _drawn_counts(n: int) -> Iterator[NDArray[np.float64]]:
    rng = resampling_stream(n)
    rows = max(1, DRAWN_AT_ONCE // n)
    for start in range(0, RESAMPLES, rows):
        drawn = rng.integers(0, n, (min(rows, RESAMPLES - start), n))
        slots = drawn + n * np.arange(len(drawn))[:, None]
        counts = np.bincount(slots.ravel(), minlength=slots.size)
        yield counts.reshape(slots.shape).astype(float)


def _student(ascending: NDArray[np.float64], confidence: float) -> NDArray[np.float64]:
    """Student's intervals (k, 2) of the means of k ascending samples (k, n), n at least 2."""
    n = ascending.shape[1]
    centre = np.array([math.fsum(row) / n for row in ascending])
    squares = np.array([math.fsum(row) for row in (ascending - centre[:, None]) ** 2])
    reach = t_quantile(n, confidence) * np.sqrt(squares / (n - 1) / n)
    return _without_noise(ascending, np.stack([centre - reach, centre + reach], axis=1))


def _without_noise(
    ascending: NDArray[np.float64], interval: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Intervals (k, 2) of samples (k, n) without rounding: of equal values, and with ends at 0."""
    size = np.abs(ascending).max(axis=1, keepdims=True)
    rounded = np.where(np.abs(interval) < NOISE * size, 0.0, interval)
    constant = np.ptp(ascending, axis=1, keepdims=True) <= NOISE * size
    return np.where(constant, ascending[:, :1], rounded)


def _bca(ascending: NDArray[np.float64], confidence: float) -> NDArray[np.float64]:
    """BCa intervals (k, 2) of the means of k ascending samples (k, n), n being at least 2."""
    n = ascending.shape[1]
    constant = np.ptp(ascending, axis=1) <= NOISE * np.abs(ascending).max(axis=1)
    centre = ascending.mean(axis=1, keepdims=True)
    spread = np.where(constant[:, None], 1.0, ascending.std(axis=1, keepdims=True))
    standardized = (ascending - centre) / spread
    # The longer tail is resampled as the upper one, so that the interval of -x is that of x,
    # mirrored: the verdict on "a is below b" is that on "b is above a".
    third = (standardized**3).sum(axis=1, keepdims=True)
    side = np.where(third < 0, -1.0, 1.0)
    means = np.sort(_resampled_means(np.sort(side * standardized, axis=1)), axis=1)

    below = ((means < 0).mean(axis=1) + (means <= 0).mean(axis=1)) / 2
    z0 = special.ndtri(below)
    # The jackknife's acceleration of a mean; the standardized squares sum to n.
    acceleration = side[:, 0] * third[:, 0] / (6 * n**1.5)
    tail = special.ndtri((1 - adjusted_level(n, confidence)) / 2)
    ends = np.empty((len(ascending), 2))
    for column, z in enumerate((tail, -tail)):
        reach = z0 + z
        quantile = special.ndtr(z0 + reach / (1 - acceleration * reach))
        ends[:, column] = _quantiles(means, quantile)
    return _without_noise(ascending, np.sort(side * ends, axis=1) * spread + centre)


def _resampled_means(standardized: NDArray[np.float64]) -> NDArray[np.float64]:
    """Means (k, 9,999) of resamples of k standardized samples (k, n), the same resamples for all.

    They are sums with counts as weights: a matrix product. Values are rounded to multiples of a
    power of two that is small enough for every sum to be a whole number below 2^53, so that no
    order of summation, and with it no BLAS, thread or neighbour, can change a bit. Means
    are rounded, as BCa counts how many of them are below the sample's: accuracies are counts, so
    many are equal to it, and that is not for the last digits to decide.
    """
    n = standardized.shape[1]
    unit = 2.0 ** (math.ceil(1.5 * math.log2(n)) - 52)
    whole = np.rint(standardized / unit)
    means = np.concatenate([whole @ counts.T for counts in resample_counts(n)], axis=1)
    means *= unit / n
    return means.round(12, out=means)


def _quantiles(ascending: NDArray[np.float64], quantile: Sample) -> Sample:
    """A quantile of each row, interpolated linearly between its order statistics."""
    position = quantile * (ascending.shape[1] - 1)
    below = np.floor(position).astype(int)
    above = np.ceil(position).astype(int)
    rows = np.arange(len(ascending))
    low = ascending[rows, below]
    return low + (ascending[rows, above] - low) * (position - below)

"""Resampling statistics of small samples: bootstrap intervals and sign-flip tests.

SciPy's statistics are imported where they are used: they take a second, and most figures and the
histories behind them need none.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

CONFIDENCE = 0.95
RESAMPLES = 9_999

Sample = NDArray[np.float64]


def mean_intervals(samples: Sequence[Sample]) -> NDArray[np.float64]:
    """95% bootstrap intervals of the means of several samples.

    The interval is SciPy's BCa interval at a level that corrects for small samples. The bootstrap
    distribution of a mean is narrower than it should be by the factor `sqrt((n - 1) / n)`, and it
    knows nothing of the t distribution's longer tails; at n = 10 a plain 95% interval covers the
    mean of normal data in 90% of the cases. The level asked for is therefore the one at which a
    normal bootstrap distribution would yield the t interval,

        level = 1 - 2 Phi(-sqrt(n / (n - 1)) t_{0.975, n - 1}).

    Measured over 2,000 samples, the interval covers the mean of normal data in 93%, 95% and 94% of
    them at n = 5, 10 and 20, of exponential data in 88%, 92% and 94%. With still fewer values no
    resampling can help: an interval is at most the range of the sample, and of two values that
    range covers the mean in half of the cases.

    A sample's interval depends on its values alone, not on their order, its name or the samples
    beside it: values are sorted, and the stream of resamples is chosen by n. The interval of the
    negated sample is the mirror image.

    Args:
        samples: each (n,), finite, in any unit.

    Returns:
        (len(samples), 2), low and high in the unit of the sample; NaN for fewer than two values,
        [v, v] if all values are v.

    Source: Efron (1987), Better bootstrap confidence intervals; Hesterberg (2015), What teachers
    should know about the bootstrap, section 4 (the adjusted level).
    """
    return np.array([_interval(np.sort(sample)) for sample in samples]).reshape(-1, 2)


def adjusted_level(n: int) -> float:
    """The level at which a bootstrap interval from n values has the length of a 95% t interval."""
    from scipy import stats

    t = stats.t.ppf((1 + CONFIDENCE) / 2, n - 1)
    return min(1 - 2 * float(stats.norm.sf(math.sqrt(n / (n - 1)) * t)), 1 - 1e-9)


def sign_flip_p(differences: NDArray[np.float64]) -> float:
    """Two-sided p-value of the sign-flip permutation test of a mean of 0.

    Exact (all 2^n assignments of signs) up to n = 13, else from 9,999 random assignments. The
    smallest p that n seeds can give is `2 / 2^n`. NaN for fewer than two differences.

    Source: Fisher (1935), The design of experiments, section 21.
    """
    from scipy import stats

    n = len(differences)
    if n < 2:
        return float("nan")
    largest = np.abs(differences).max() or 1.0
    test = stats.permutation_test(
        (differences / largest,),
        _rounded_mean,
        vectorized=True,
        permutation_type="samples",
        n_resamples=RESAMPLES,
        rng=resampling_stream(n),
    )
    return float(test.pvalue)


def resampling_stream(n: int) -> np.random.Generator:
    """The stream that decides how samples of n values are resampled."""
    return np.random.default_rng(np.random.SeedSequence(n))


def _interval(ascending: Sample) -> tuple[float, float]:
    from scipy import stats

    n = len(ascending)
    if n < 2:
        return math.nan, math.nan
    if _is_constant(ascending):
        return ascending[0], ascending[0]
    centre, spread = ascending.mean(), ascending.std()
    standardized = (ascending - centre) / spread
    # The longer tail is resampled as the upper one, so that the interval of -x is that of x,
    # mirrored: the verdict on "a is below b" is that on "b is above a".
    side = -1.0 if (standardized**3).sum() < 0 else 1.0
    interval = stats.bootstrap(
        (np.sort(side * standardized),),
        _rounded_mean,
        vectorized=True,
        n_resamples=RESAMPLES,
        confidence_level=adjusted_level(n),
        method="BCa",
        rng=resampling_stream(n),
    ).confidence_interval
    low, high = sorted(side * end for end in (interval.low, interval.high))
    return centre + spread * low, centre + spread * high


def _rounded_mean(scaled: NDArray[np.float64], axis: int) -> NDArray[np.float64]:
    """The mean of values of order 1, without the noise of its last digits.

    BCa counts how many resampled means lie below the sample's, a permutation test how many are as
    extreme. Accuracies are counts, so many are equal to it: not for floating point to decide.
    """
    return scaled.mean(axis=axis).round(12)


def _is_constant(sample: Sample) -> bool:
    """Whether values differ by no more than rounding."""
    return bool(np.ptp(sample) <= 1e-12 * np.abs(sample).max())

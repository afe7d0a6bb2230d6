"""Simulates how often intervals cover the truth, and how often verdicts are wrong.

python benchmarks/coverage.py [EXPERIMENTS]     # prints the tables of the documentation

Each experiment draws the differences of n seeds from a distribution whose centre is known, also
from bad ones: rare failures, ties, a ceiling, few levels, skew. Intervals and verdicts are those of
the workflow. With 2,000 experiments, the default, a share near 95% has a standard error of 0.5%.
The last table is that of `benchmarks/looks.py`.
"""

from __future__ import annotations

import itertools
import sys
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[1] / "workflow")]

from benchmarks import looks  # noqa: E402
from overfit.claims.samples import Statistic, centre  # noqa: E402
from overfit.claims.shares import paired_shares  # noqa: E402
from overfit.claims.table import Correction, adjust  # noqa: E402
from overfit.claims.verdict import Effect, Side, Unit, difference, tested, verdict  # noqa: E402
from overfit.metrics.resampling import mean_intervals  # noqa: E402
from overfit.metrics.table import Metric  # noqa: E402

EXPERIMENTS = 2000
MARGIN = 2.0
"""Points of test accuracy; the distributions below are in points as well."""
Array = NDArray[np.float64]


def _failing(rate: float, size: float = 70.0) -> Callable[[np.random.Generator, tuple], Array]:
    """Nothing happens, but this share of seeds loses so many points."""

    def draw(rng: np.random.Generator, shape: tuple) -> Array:
        return 0.5 * rng.normal(size=shape) - size * (rng.random(shape) < rate)

    return draw


DRAWS: dict[str, Callable[[np.random.Generator, tuple], Array]] = {
    "normal": lambda rng, shape: rng.normal(size=shape),
    "uniform": lambda rng, shape: rng.uniform(-1, 1, shape),
    "t3": lambda rng, shape: rng.standard_t(3, shape),
    "exponential": lambda rng, shape: rng.exponential(size=shape),
    "lognormal": lambda rng, shape: rng.lognormal(size=shape),
    "ties": lambda rng, shape: np.where(rng.random(shape) < 0.7, 0.0, rng.normal(size=shape)),
    "few levels": lambda rng, shape: rng.normal(size=shape).round(),
    "ceiling": lambda rng, shape: np.minimum(rng.normal(0.5, 1, shape), 0.0),
    "1 in 20 fails": _failing(0.05),
    "1 in 10 fails": _failing(0.10),
    "1 in 5 fails": _failing(0.20),
}
"""The distributions of differences, by name."""
COMMON = ("normal", "uniform", "t3", "exponential", "lognormal")
BAD = ("ties", "few levels", "ceiling", "1 in 20 fails", "1 in 10 fails", "1 in 5 fails")
STATISTICS: tuple[Statistic, ...] = ("mean", "iqm", "median")


@cache
def truth(name: str, statistic: Statistic) -> float:
    """The centre of a distribution, from two million draws."""
    values = np.sort(DRAWS[name](np.random.default_rng(1), (2_000_000,)))
    if statistic == "mean":
        exact = {"exponential": 1.0, "lognormal": float(np.exp(0.5))}
        exact |= dict.fromkeys(("normal", "uniform", "t3", "ties", "few levels"), 0.0)
        return exact.get(name, float(values.mean()))
    quarter = len(values) // 4
    return float(np.median(values) if statistic == "median" else values[quarter:-quarter].mean())


@cache
def intervals(
    name: str, n: int, statistic: Statistic = "mean", experiments: int = EXPERIMENTS
) -> Array:
    """The intervals (experiments, 2) of the centres of samples of n seeds."""
    samples = DRAWS[name](np.random.default_rng(n), (experiments, n))
    if statistic == "mean":
        return mean_intervals(list(samples))
    found = (centre(sample, statistic) for sample in samples)
    return np.array([(one.low, one.high) for one in found])


def coverage(name: str, n: int, statistic: Statistic = "mean", **how: int) -> float:
    """The share of intervals that contain the true centre."""
    low, high = intervals(name, n, statistic, **how).T
    centre = truth(name, statistic)
    return float(np.mean((low <= centre + 1e-9) & (centre - 1e-9 <= high)))


def effect(margin: float, side: Side, statistic: Statistic = "mean") -> Effect:
    """The effect of a claim about a difference, as the workflow judges it."""
    movable = statistic == "mean"
    return difference(Unit(Metric("Difference")), margin, side, movable=movable)


def verdicts(
    name: str,
    n: int,
    *,
    shift: float = 0.0,
    margin: float = MARGIN,
    side: Side = "above",
    statistic: Statistic = "mean",
    **how: int,
) -> dict[str, float]:
    """The share of each verdict on a claim about differences that are moved by a shift."""
    against = effect(margin, side, statistic)
    found = intervals(name, n, statistic, **how) + shift
    judged = [verdict(against, low, high, n) for low, high in found]
    return {one: judged.count(one) / len(judged) for one in sorted(set(judged))}


def within(found: Array, margin: float = MARGIN) -> float:
    """The share of intervals within the margin, which alone decided before: false certainty."""
    return float(np.mean((found >= -margin).all(axis=1) & (found <= margin).all(axis=1)))


def diverging(rate: float, n: int, experiments: int = EXPERIMENTS) -> Array:
    """Paired differences (experiments, n) of which this share is 1: one side diverges, no other."""
    return (np.random.default_rng(n).random((experiments, n)) < rate).astype(float)


def shares(rate: float, n: int, margin: float = 0.02, **how: int) -> tuple[dict[str, float], float]:
    """Verdicts on diverged seeds by exact intervals, and how often these contain the rate."""
    found = [paired_shares(sample) for sample in diverging(rate, n, **how)]
    against = difference(Unit(Metric("Difference")), margin, "above")
    judged = [verdict(against, one.low, one.high, n) for one in found]
    covered = float(np.mean([one.low <= rate <= one.high for one in found]))
    return {one: judged.count(one) / len(judged) for one in sorted(set(judged))}, covered


@cache
def families(experiments: int, claims: int = 40, n: int = 9) -> tuple[pd.DataFrame, ...]:
    """Claims of which no decided one is right: half have no effect, half just the margin."""
    rng = np.random.default_rng(0)
    against = effect(1.0, "above")
    tables = []
    for _ in range(experiments):
        rows = []
        for place, sample in enumerate(rng.normal(size=(claims, n))):
            found = centre(sample + place % 2)
            decided = verdict(against, found.low, found.high, n)
            p = tested(against, found, decided)
            ends = {"estimate": found.estimate, "ci_low": found.low, "ci_high": found.high}
            rows.append({**ends, "n": n, "p": p, "verdict": decided, "family": "all"})
        tables.append(pd.DataFrame(rows).assign(basis="95% interval"))
    return tuple(tables)


def wrong_in_families(correction: Correction, experiments: int = 500) -> tuple[float, float]:
    """The share of families with a false verdict, and of false verdicts among all claims."""
    wrong = [
        (adjust(table, correction)["verdict"] != "inconclusive").to_numpy()
        for table in families(experiments)
    ]
    return float(np.mean([one.any() for one in wrong])), float(np.mean(wrong))


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table; shares become percent."""
    lines = [head, ["---"] * len(head), *rows]
    texts = [
        [f"{100 * cell:.0f}" if isinstance(cell, float) else str(cell) for cell in row]
        for row in lines
    ]
    return "\n".join(f"| {' | '.join(row)} |" for row in texts)


def tables(experiments: int = EXPERIMENTS) -> dict[str, str]:
    """All tables, by what they show."""
    how = {"experiments": experiments}
    per_cent = "in percent of the experiments"
    return {
        f"How often 95% intervals of the mean contain it, {per_cent}": table(
            ["seeds", *COMMON],
            ([n, *(coverage(name, n, **how) for name in COMMON)] for n in (3, 5, 10, 20)),
        ),
        f"The same where data are bad, {per_cent}": table(
            ["seeds", *BAD],
            ([n, *(coverage(name, n, **how) for name in BAD)] for n in (5, 10, 20, 40)),
        ),
        f"How often intervals of ten seeds contain the centre they are about, {per_cent}": table(
            ["centre", "normal", "exponential", *BAD],
            (
                [one, *(coverage(name, 10, one, **how) for name in ("normal", "exponential", *BAD))]
                for one in STATISTICS
            ),
        ),
        f"False certainty: within 2 points, though failures cost more, {per_cent}": table(
            ["seeds", "failures", "interval alone", "verdict"],
            (
                [
                    n,
                    name,
                    within(intervals(name, n, **how)),
                    verdicts(name, n, **how).get("negligible", 0.0),
                ]
                for n, name in itertools.product((10, 20, 29, 40), BAD[3:5])
            ),
        ),
        f"Negligible, where all seeds are normal and nothing happens, {per_cent}": table(
            ["seeds", *STATISTICS],
            (
                [
                    n,
                    *(
                        verdicts("normal", n, statistic=one, **how).get("negligible", 0.0)
                        for one in STATISTICS
                    ),
                ]
                for n in (5, 10, 20, 29, 40)
            ),
        ),
        f"One side's seeds diverge, margin 2%, {per_cent}": table(
            ["seeds", "rate", "mean within the margin", "negligible", "exact interval contains it"],
            (
                [
                    n,
                    f"{rate:.0%}",
                    within(mean_intervals(list(diverging(rate, n, **how))), 0.02),
                    (found := shares(rate, n, **how))[0].get("negligible", 0.0),
                    found[1],
                ]
                for n, rate in itertools.product((10, 20), (0.05, 0.1, 0.3))
            ),
        ),
        f"Verdicts on normal differences, margin of one standard deviation, {per_cent}": table(
            ["seeds", "true effect", "supported", "negligible", "contradicted", "inconclusive"],
            (
                [
                    n,
                    f"{shift:+g} margins",
                    *(
                        verdicts("normal", n, shift=shift, margin=1.0, **how).get(one, 0.0)
                        for one in ("supported", "negligible", "contradicted", "inconclusive")
                    ),
                ]
                for n, shift in itertools.product((5, 10, 20, 40), (-1.0, -0.25, 0.0, 1.0, 2.0))
            ),
        ),
        "40 claims of which none is true, in percent": table(
            ["correction", "families with a false verdict", "false verdicts among claims"],
            (
                [one, *(f"{100 * share:.1f}" for share in wrong_in_families(one, experiments // 4))]
                for one in ("none", "holm", "benjamini_hochberg")
            ),
        ),
    }


def main(arguments: Sequence[str]) -> None:
    """Print all tables."""
    for title, text in tables(*(int(one) for one in arguments)).items():
        print(f"{title}\n\n{text}\n")
    looks.main()


if __name__ == "__main__":
    main(sys.argv[1:])

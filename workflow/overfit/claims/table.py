"""The table of claims: one row per claim, and the correction for their number."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from overfit.claims.best import ends
from overfit.claims.claim import Claim
from overfit.claims.design import EXPLORATORY
from overfit.claims.kind import Test
from overfit.claims.looks import Looks, confidence, repeated_p
from overfit.claims.power import decides_at
from overfit.claims.samples import Finding, rows_at
from overfit.claims.verdict import (
    FEWEST_SEEDS,
    SIGNIFICANT,
    VERDICTS,
    Verdict,
    at_edge,
    by_interval,
    corrected_by,
    tested,
    verdict,
)
from overfit.config.deferred import stats
from overfit.data.checked import DamagedError
from overfit.metrics.resampling import CONFIDENCE
from overfit.metrics.table import is_of_search
from overfit.metrics.tables import CLAIMS, DECIDED, LOOKED, Columns, read_table

Correction = Literal["none", "holm", "benjamini_hochberg"]
NO_TABLES: Mapping[int, pd.DataFrame] = MappingProxyType({})
UNREGISTERED: Mapping[str, str] = MappingProxyType({})


def decide(
    claims: Sequence[Claim],
    metrics: pd.DataFrame,
    looks: Looks | None = None,
    further: Mapping[int, pd.DataFrame] = NO_TABLES,
    statuses: Mapping[str, str] = UNREGISTERED,
) -> pd.DataFrame:
    """Decide on the claims of one experiment. The unit of replication is the seed.

    Args:
        claims: the experiment's claims.
        metrics: the table of `metrics` of the same experiment.
        looks: the looks at its claims, if there are several. Then intervals have the confidence
            that `overfit.claims.looks` computes, and p accounts for all looks.
        further: for each number of seeds of a later look, the metrics of the compared runs.
        statuses: the status of each claim with a registered design, see `overfit.claims.design`.

    Returns:
        One row per claim, in their order: experiment, claim, says, kind, metric, then

        * `estimate`: the effect, in the unit of the kind, see `overfit.claims.kinds`;
        * `ci_low`, `ci_high`: its 95% interval;
        * `margin`: the smallest effect of interest;
        * `n`: seeds with all values that the test needs; with fewer than five, the claim is
          inconclusive, with fewer than two, it has no interval;
        * `p`: one-sided, against the bound that the verdict uses, see `tested`;
        * `verdict`: the decision by the interval; inconclusive if the best trial of a compared
          variant's search is an extreme value, see `overfit.metrics.edges`, or if too many seeds
          choose the end of an axis, see `overfit.claims.best`;
        * `basis`: the basis of the verdict, with this edge;
        * `cites`: the source of the statement;
        * `status`: confirmed on fresh seeds, or exploratory;
        * `decides_at`: the approximate number of seeds that would decide an inconclusive claim, see
          `overfit.claims.power`; infinity for more than 1,000, NaN if it is decided or if the
          spread of its seeds is unknown;
        * `fragile`: the seed whose removal changes the verdict, see `fragile`; NaN without one;
        * `look`: the number of looks at its seeds, including this one;
        * `straight`: of interpolated metrics, the estimate with straight lines between evaluations;
          if it is beyond the interval, evaluations are too far apart for this interval.
    """
    rows = [
        _row(claim, *seen(claim, metrics, looks, further))
        | {"status": statuses.get(claim.id, EXPLORATORY)}
        for claim in claims
    ]
    return pd.DataFrame(rows, columns=list(DECIDED))


def looked(
    claims: Sequence[Claim],
    metrics: pd.DataFrame,
    looks: Looks | None = None,
    further: Mapping[int, pd.DataFrame] = NO_TABLES,
) -> pd.DataFrame:
    """The results of each look at the claims of one experiment, see `decide`.

    Returns:
        One row per claim and look: experiment, claim, `look` from 1, `seeds` of that look,
        `confidence` of its interval, estimate, ci_low, ci_high, n, verdict.
    """
    rows = []
    for claim in claims:
        table, last = seen(claim, metrics, looks, further)
        for number in range(1, last.number + 1):
            look = Look(last.seeds, number)
            row = _row(claim, table, look)
            rows.append(row | {"seeds": look.seeds[number - 1], "confidence": look.level})
    return pd.DataFrame(rows, columns=list(LOOKED))


@dataclass(frozen=True)
class Look:
    """A look at a claim: the numbers of seeds of all looks, and the number of this look, from 1."""

    seeds: tuple[int, ...]
    number: int = 1

    @property
    def level(self) -> float:
        """The confidence of its interval."""
        return CONFIDENCE if len(self.seeds) == 1 else confidence(self.seeds, self.number)

    def part(self, metrics: pd.DataFrame) -> pd.DataFrame:
        """The metrics of its seeds: those with the lowest numbers."""
        if len(self.seeds) == 1:
            return metrics
        first = metrics["seed"].min()
        return metrics[metrics["seed"] < first + self.seeds[self.number - 1]]


def seen(
    claim: Claim,
    metrics: pd.DataFrame,
    looks: Looks | None,
    further: Mapping[int, pd.DataFrame],
) -> tuple[pd.DataFrame, Look]:
    """The metrics that a claim is decided by now, and the look that this is.

    Claims about searches have one look, because later looks don't add repeats of searches.
    """
    of_search = is_of_search(claim.test.metric)
    if looks is None or of_search:
        own = metrics.loc[metrics["metric"].map(is_of_search) == of_search, "seed"]
        return metrics, Look((own.nunique(),))
    metrics = metrics[~metrics["metric"].map(is_of_search)]
    number = looks.look(claim.id)
    return further.get(looks.seeds[number - 1], metrics), Look(looks.seeds, number)


def _row(claim: Claim, seen: pd.DataFrame, look: Look) -> dict[str, Any]:
    test, metrics, level = claim.test, look.part(seen), look.level
    sample = test.sample(metrics).dropna()
    found = test.judge(sample, level)
    decided = verdict(test.effect, found.low, found.high, found.n)
    basis = by_interval(level)
    if at_edges := edges(test, metrics):
        decided, basis = "inconclusive", at_edge(basis, at_edges)
    undecided = decided == "inconclusive" and not at_edges
    return {
        "experiment": metrics["experiment"].iloc[0],
        "claim": claim.id,
        "says": claim.says,
        "kind": test.kind,
        "metric": test.metric,
        "estimate": found.estimate,
        "ci_low": found.low,
        "ci_high": found.high,
        "margin": test.margin,
        "n": found.n,
        "p": repeated_p(tested(test.effect, found, decided), look.seeds, look.number),
        "verdict": decided,
        "basis": basis,
        "cites": claim.cites,
        "decides_at": _decides_at(test, found, level) if undecided else math.nan,
        "fragile": math.nan if at_edges else fragile(test, sample, found, decided, level),
        "look": look.number,
        "straight": _straight(test, metrics),
    }


def _decides_at(test: Test, found: Finding, level: float) -> float:
    return decides_at(test.effect, found.estimate, found.low, found.high, found.n, level)


def edges(test: Test, metrics: pd.DataFrame) -> list[str]:
    """The variants whose best trials or points are at the end of a range, with the axis.

    Claims about searches are exempt, because the range is a part of the search.
    """
    if is_of_search(test.metric):
        return []
    ended = metrics.drop_duplicates("variant").set_index("variant")["edge"]
    found = [f"{name}, {ended[name]}" for name in test.variants() if ended.get(name)]
    for spot in test.spots():
        if spot.best:
            rows = rows_at(metrics, spot.variant, spot.fixed)
            found += [f"{spot.variant}, {end}" for end in ends(rows, spot.best)]
    return list(dict.fromkeys(found))


def _straight(test: Test, metrics: pd.DataFrame) -> float:
    own = metrics["metric"] == test.metric
    if metrics.loc[own, "straight"].isna().all():
        return math.nan
    return test.find(metrics.assign(value=metrics["value"].mask(own, metrics["straight"]))).estimate


def fragile(
    test: Test,
    sample: pd.Series[float] | pd.DataFrame,
    whole: Finding,
    decided: Verdict,
    level: float = CONFIDENCE,
) -> float:
    """The seed whose removal changes the verdict; NaN if there is none.

    If there are several, it is the one that moves the estimate most. If half of the seeds or more
    change the verdict, the interval ends close to a bound, and no single seed is reported. None is
    reported either if the others are too few to decide a claim.
    """
    if whole.n <= FEWEST_SEEDS:
        return math.nan
    moves: dict[float, float] = {}
    for seed in sample.index:
        found = test.judge(sample.drop(seed), level)
        if verdict(test.effect, found.low, found.high, found.n) != decided:
            moves[float(seed)] = abs(found.estimate - whole.estimate)
    if not moves or 2 * len(moves) >= whole.n:
        return math.nan
    return max(moves, key=lambda seed: moves[seed])


def read_claims(path: Path | str, columns: Columns = CLAIMS) -> pd.DataFrame:
    """Read results/claims.csv or, with the columns `DECIDED`, a table of `decide`.

    Raises:
        FileNotFoundError: the file is missing.
        DamagedError: it is damaged.
    """
    table = pd.DataFrame(read_table(path, columns))
    if unknown := sorted(set(table["verdict"]) - VERDICTS.keys()):
        raise DamagedError(path, f"{unknown[0]!r} is not a verdict")
    return table


def read_looks(path: Path | str) -> dict[str, list[dict[str, Any]]]:
    """Read the looks.csv of an experiment: the rows of each claim, see `looked`.

    Raises:
        FileNotFoundError: the file is missing.
        DamagedError: it is damaged.
    """
    table = read_table(path, LOOKED)
    found: dict[str, list[dict[str, Any]]] = {}
    for values in zip(*table.values(), strict=True):
        row = dict(zip(table, values, strict=True))
        found.setdefault(row["claim"], []).append(row)
    return found


def adjust(claims: pd.DataFrame, correction: Correction = "none") -> pd.DataFrame:
    """Add `p_adjusted`, adjusted within each `family`, and correct the verdicts if requested.

    With a correction, a claim stays decided only if `p_adjusted` is below 0.025, one side of 95%;
    otherwise, it is inconclusive. `basis` records this. Claims about the same number, see
    `same_numbers`, count once.
    """
    method = benjamini_hochberg if correction == "benjamini_hochberg" else holm
    adjusted = pd.Series(math.nan, claims.index)
    for _, family in claims.groupby("family"):
        adjusted[family.index] = _of_family(family, method)
    corrected = claims.copy()
    corrected.insert(list(claims.columns).index("p") + 1, "p_adjusted", adjusted)
    if correction != "none":
        corrected.loc[~(adjusted < SIGNIFICANT), "verdict"] = "inconclusive"
        corrected["basis"] = [corrected_by(basis, correction) for basis in claims["basis"]]
    return corrected


def same_numbers(claims: pd.DataFrame) -> list[int]:
    """For each claim the position of the first claim about the same number, perhaps itself.

    Two claims are about the same number if their estimates and intervals agree up to the sign and
    come from the same number of seeds: test accuracy and gap follow from each other where all
    networks fit all their training images, and "a is above b" from "b is below a". Other claims
    agree only if all their seeds do. Intervals without length can agree by chance, so they never
    count as the same.
    """
    first: dict[Any, int] = {}
    numbers = zip(*(claims[name] for name in ("estimate", "ci_low", "ci_high", "n")), strict=True)
    found = []
    for place, (estimate, low, high, n) in enumerate(numbers):
        ends = min((low, high), (-high, -low))
        key = (place,) if not low < high else (f"{abs(estimate):.9g}", *_digits(ends), n)
        found.append(first.setdefault(key, place))
    return found


def _digits(numbers: Sequence[float]) -> list[str]:
    return [f"{number:.9g}" for number in numbers]


def _of_family(
    claims: pd.DataFrame, method: Callable[[NDArray[np.float64]], NDArray[np.float64]]
) -> NDArray[np.float64]:
    """The adjusted p-values of a family, in which each number counts once, with its smallest p.

    If a claim has a larger p than another one about the same number, it is adjusted as if the other
    were not there.
    """
    p, of = claims["p"].to_numpy(float), np.array(same_numbers(claims), dtype=int)
    smallest = np.full(len(p), math.nan)
    for number in set(of.tolist()):
        smallest[number] = np.fmin.reduce(p[of == number])
    adjusted = np.full(len(p), math.nan)
    for value, number in {(value, number) for value, number in zip(p, of, strict=True)}:
        instead = smallest.copy()
        instead[number] = value
        adjusted[(of == number) & (p == value)] = method(instead)[number]
    return adjusted


def benjamini_hochberg(p: NDArray[np.float64]) -> NDArray[np.float64]:
    """Benjamini and Hochberg's adjustment of p-values, which bounds the false discovery rate.

    Among the claims that are decided at a level, the expected share of false ones is at most that
    level, if claims are independent or positively dependent. NaN means untested and doesn't count.

    Source: Benjamini and Hochberg (1995), Controlling the false discovery rate.
    """
    adjusted = np.full(len(p), np.nan)
    tested = ~np.isnan(p)
    adjusted[tested] = stats.false_discovery_control(p[tested], method="bh")
    return adjusted


def holm(p: NDArray[np.float64]) -> NDArray[np.float64]:
    """Holm's step-down adjustment of p-values.

    With p sorted ascending, `adjusted_i = max_{j <= i} min(1, (m - j + 1) p_j)`. NaN means
    untested and doesn't count in m.

    Source: Holm (1979), A simple sequentially rejective multiple test procedure.
    """
    tested = np.flatnonzero(~np.isnan(p))
    ascending = tested[np.argsort(p[tested], kind="stable")]
    factors = np.arange(len(ascending), 0, -1)
    adjusted = np.full(len(p), np.nan)
    adjusted[ascending] = np.maximum.accumulate(np.minimum(1.0, factors * p[ascending]))
    return adjusted

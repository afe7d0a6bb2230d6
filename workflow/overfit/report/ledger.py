"""Claims with the evidence for or against them, in words."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from overfit.claims.best import split, where
from overfit.claims.claim import Claim
from overfit.claims.design import told
from overfit.claims.kind import Test
from overfit.claims.power import MOST
from overfit.claims.table import read_claims, same_numbers
from overfit.claims.verdict import VERDICTS, Effect, Verdict, reason
from overfit.config.experiment import Experiment
from overfit.metrics.format import p_value
from overfit.metrics.resampling import CONFIDENCE
from overfit.metrics.table import is_of_search

WIDTH = 220.0
HEIGHT = 30.0
INSET = 8.0
"""The width of the drawing in its units."""


@dataclass(frozen=True)
class IntervalPlot:
    """The horizontal positions in a plot of an effect, in the units of the drawing.

    Each row has its own scale, which always includes no effect and both margins, so that it shows
    the verdict. To compare effects of different claims, use their numbers, not their plots.

    Attributes:
        null: The position of no effect.
        margin_low: Lower end of the band of negligible effects.
        margin_high: Its upper end.
        low: Lower end of the confidence interval.
        high: Its upper end.
        estimate: The estimated effect.
        expected_from: Left end of the region where the claim expects the effect.
        expected_to: Its right end.
        within: Whether that region is the band itself.
    """

    null: float
    margin_low: float
    margin_high: float
    low: float
    high: float
    estimate: float
    expected_from: float
    expected_to: float
    within: bool
    width: float = WIDTH
    height: float = HEIGHT


@dataclass(frozen=True)
class Evidence:
    """One claim, the result, and the reason for its verdict; texts are ready to print.

    `reason` follows from the numbers, and `advice` says how many seeds would decide a claim that is
    inconclusive, "" if nobody knows; `basis` tells whether the design was registered, and what
    was found at earlier looks; `because` is the cause according to the experiment's author,
    `margin_because` the reason of its margin.
    `cites` is the source of the statement, "" if it has none. Claims are sorted
    by `strength`, the effect in units of its margin, which compares metrics that have different
    units, and by `p_sort`, which puts claims without a p-value last.
    """

    experiment: str
    title: str
    claim: str
    says: str
    cites: str
    verdict: Verdict
    reason: str
    advice: str
    status: str
    basis: tuple[str, ...]
    because: str
    margin_because: str
    comparison: str
    noun: str
    effect: str
    interval: str
    unit: str
    margin: str
    n: str
    replicate: str
    p: str
    strength: float
    p_sort: float
    plot: IntervalPlot | None

    @property
    def rank(self) -> int:
        """The verdict's place in the usual order."""
        return list(VERDICTS).index(self.verdict)


def failing(claims: Sequence[Evidence]) -> list[Evidence]:
    """The claims that failed: the worst of each experiment first, then the others.

    A contradicted claim is worse than one whose effect is negligible, a strong effect than a weak.
    """
    failed = [claim for claim in claims if claim.verdict in ("contradicted", "negligible")]
    failed.sort(key=lambda claim: (claim.verdict == "negligible", -abs(claim.strength)))
    worst = {claim.experiment: claim.claim for claim in reversed(failed)}
    return sorted(failed, key=lambda claim: worst[claim.experiment] != claim.claim)


def shared_source(claims: Sequence[Evidence]) -> str:
    """The work, up to the first comma, with which most sources of some claims begin, if any.

    The ledger names it once instead of in every row.
    """
    works = Counter(claim.cites.partition(", ")[0] for claim in claims if ", " in claim.cites)
    work, count = works.most_common(1)[0] if works else ("", 0)
    return work if count > 2 and 2 * count > len(claims) else ""


Rows = Mapping[tuple[str, str], Mapping[str, Any]]
"""The rows of results/claims.csv by experiment and claim."""


def read_rows(path: Path) -> Rows:
    """Read results/claims.csv; `same` names the first claim about the same number, or is empty."""
    table = read_claims(path)
    names = [f"{row.experiment}: {row.claim}" for row in table.itertuples()]
    first = same_numbers(table)
    table["same"] = [names[one] if one != place else "" for place, one in enumerate(first)]
    rows = table.to_dict("records")
    return {(row["experiment"], row["claim"]): {str(k): row[k] for k in row} for row in rows}


def evidence(
    experiment: Experiment,
    claim: Claim,
    row: Mapping[str, Any],
    looks: Sequence[Mapping[str, Any]] = (),
) -> Evidence:
    """Join a claim of an experiment with its row of claims.csv, and with what looks at it found."""
    test, effect = claim.test, claim.test.effect
    verdict, p = row["verdict"], row["p_adjusted"]
    estimate, low, high = row["estimate"], row["ci_low"], row["ci_high"]
    replicates = "repeats of the search" if is_of_search(row["metric"]) else "seeds"
    why = reason(
        effect, low, high, row["n"], verdict, row["basis"], p_value(p), replicates=replicates
    )
    known = experiment.registered.get(claim.id, ())
    return Evidence(
        experiment=experiment.name,
        title=experiment.title,
        claim=claim.id,
        says=claim.says,
        cites=claim.cites,
        verdict=verdict,
        reason=" ".join(
            [why, *too_coarse(effect, row["straight"], low, high), *_remarks(row, replicates)]
        ),
        advice=_advice(verdict, row["decides_at"], replicates),
        status=row["status"],
        basis=(told(known, experiment.design(claim), row["status"]), *_looks(test, looks)),
        because=claim.because.get(verdict, ""),
        margin_because=claim.margin_because,
        comparison=comparison(test, experiment),
        noun=effect.noun,
        effect=effect.unit.text(estimate),
        interval=effect.unit.interval(low, high),
        unit=effect.unit.name,
        margin=effect.margin,
        n=str(row["n"]),
        replicate=replicates,
        p=p_value(p),
        strength=effect.strength(estimate),
        p_sort=2.0 if math.isnan(p) else p,
        plot=interval_plot(estimate, low, high, effect),
    )


def _remarks(row: Mapping[str, Any], replicates: str) -> Iterator[str]:
    """That one seed decides, and that another claim is about the same number."""
    if not math.isnan(row["fragile"]):
        one = replicates.partition("s ")[0].removesuffix("s")
        yield f"One {one} decides: without {one} {row['fragile']:.0f} the verdict would differ."
    if row.get("same"):
        yield f"It is the same number as that of {row['same']}, so the two count once."


def _looks(test: Test, looks: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """The looks at a claim, if its interval is not the usual one."""
    unit = test.effect.unit
    for row in looks:
        if len(looks) > 1 or row["confidence"] != CONFIDENCE:
            interval = f"{100 * row['confidence']:.3g}% interval"
            found = f"{unit.text(row['estimate'])} {unit.interval(row['ci_low'], row['ci_high'])}"
            yield (
                f"Look {row['look']}, {row['seeds']} seeds: {found} {unit.name} ({interval}), "
                f"{row['verdict']}."
            )


def _advice(verdict: Verdict, number: float, replicates: str) -> str:
    if verdict != "inconclusive" or math.isnan(number):
        return ""
    if math.isinf(number):
        return f"To decide it takes more than {MOST:,} {replicates}."
    return f"About {number:.0f} {replicates} would decide it (with 80% power)."


def too_coarse(effect: Effect, straight: float, low: float, high: float) -> Iterator[str]:
    """That evaluations are too far apart for an interval, if they are.

    Args:
        effect: what the interval is of.
        straight: the estimate with straight lines between evaluations; NaN if it is the same.
        low: lower end of the interval.
        high: upper end.
    """
    if straight < low or straight > high:
        yield (
            "Evaluations are too far apart for this interval: with straight lines between them, "
            f"the {effect.noun} is {effect.unit.text(straight)} {effect.unit.name}".rstrip()
            + "; raise evaluation.points."
        )


def comparison(test: Test, experiment: Experiment) -> str:
    """What a test compares, and where."""
    return ", ".join([test.compares(experiment.labels), *_place(test, experiment)])


def _place(test: Test, experiment: Experiment) -> list[str]:
    """The place of the test, without the axes on which it compares two points, and its centre."""
    spots = test.spots()
    same = {
        axis: point
        for axis, point in test.at.items()
        if all(spot.at.get(axis) == point for spot in spots)
    }
    fixed, best = split(same)
    shared = [f"{axis} = {experiment.shown(axis, point)}" for axis, point in fixed.items()]
    named = {axis for spot in spots for axis in spot.at} | {test.place.along}
    averaged = [axis for axis in experiment.grid if axis not in named]
    places = [
        *([where(best, each=len(spots) > 1)] if best else []),
        *(
            f"{how} {' and '.join(axes)}"
            for how, axes in (("at", shared), ("averaged over", averaged))
            if axes
        ),
    ]
    return [*places, f"{test.typical} over seeds"] if test.typical else places


def interval_plot(estimate: float, low: float, high: float, of: Effect) -> IntervalPlot | None:
    """Lay out the plot of an effect; None without an interval (every seed diverged).

    Args:
        estimate: The effect, in stored units, as are the others.
        low: Lower end of its confidence interval.
        high: Upper end.
        of: The effect's meaning, with its margin and its null.
    """
    if not all(math.isfinite(value) for value in (estimate, low, high)):
        return None
    null, least, most = (of.scaled(value) for value in (of.null, *of.band))
    estimate, low, high = (of.scaled(value) for value in (estimate, low, high))
    values = (estimate, low, high, null, least, most)
    start, span = min(values), max(values) - min(values)

    def x(value: float) -> float:
        return round(INSET + (value - start) / span * (WIDTH - 2 * INSET), 2)

    ends = [
        0.0 if end == -math.inf else WIDTH if end == math.inf else x(of.scaled(end))
        for end in of.expected
    ]
    return IntervalPlot(
        null=x(null),
        margin_low=x(least),
        margin_high=x(most),
        low=x(low),
        high=x(high),
        estimate=x(estimate),
        expected_from=ends[0],
        expected_to=ends[1],
        within=of.side == "within",
    )

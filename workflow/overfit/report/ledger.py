"""Claims with the evidence for or against them, in words."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from pathlib import Path
from types import MappingProxyType
from typing import Any

from overfit.claims.claim import Claim
from overfit.claims.design import CONFIRMED, told
from overfit.claims.kind import Test
from overfit.claims.power import MOST
from overfit.claims.table import read_claims, same_numbers
from overfit.claims.verdict import VERDICTS, Effect, Unit, Verdict, reason
from overfit.claims.wording import comparison, found
from overfit.config.experiment import Experiment
from overfit.metrics.format import p_value, setting
from overfit.metrics.resampling import CONFIDENCE
from overfit.metrics.table import is_of_search

WIDTH = 240.0
HEIGHT = 24.0
INSET = 10.0
LABELS = 13.0
"""The size of the drawing in its units: the plot, its inset on both sides, the labels below it."""
LETTER = 5.6
"""The width of a letter of a label."""
STEPS = (1, 2, 5)
"""The first digits of ticks."""


@dataclass(frozen=True)
class Scale:
    """The common scale of all effects with the same unit.

    A value v is at `asinh(d / c)` with its distance d from no effect and the smallest margin c:
    distances up to a margin or two are nearly linear, larger ones logarithmic, so that a small
    effect and a large one can both be read.
    """

    unit: Unit
    null: float
    log: bool
    width: float
    """c."""
    start: float
    stop: float
    """The ends, as `place` returns them."""

    def place(self, value: float) -> float:
        """The place of a value, with no effect at 0."""
        if self.log:
            value = math.log(value) if value > 0 else -math.inf
        distance = value - (math.log(self.null) if self.log else self.null)
        return math.asinh(distance / self.width)

    def x(self, value: float) -> float:
        """The horizontal position of a value in the drawing."""
        share = (self.place(value) - self.start) / (self.stop - self.start)
        return round(INSET + share * (WIDTH - 2 * INSET), 2)

    @property
    def ticks(self) -> list[tuple[float, str]]:
        """Positions and labels: no effect, then round values outwards where there is room."""
        taken: list[tuple[float, str]] = []
        for value in self._round_values():
            sign = "+" if self.unit.signed and value > 0 else ""
            text = self.unit.prefix + sign + setting(value * self.unit.wording.factor)
            half = len(text) * LETTER / 2
            x = self.x(value)
            free = all(
                abs(x - other) >= half + len(label) * LETTER / 2 + 5 for other, label in taken
            )
            if half <= x <= WIDTH - half and free:
                taken.append((x, text))
        return sorted(taken)

    def _round_values(self) -> Iterator[float]:
        """No effect, then round values, by their distance from it."""
        yield self.null
        factor = self.unit.wording.factor
        sizes = [step * 10.0**power for power in range(-6, 7) for step in STEPS]
        if self.log:
            values = [value for value in sizes if value != self.null]
        elif self.null:
            values = [tenth / 10 for tenth in range(11)]
        else:
            values = [sign * size / factor for size in sizes for sign in (-1, 1)]
        inside = (v for v in values if self.start <= self.place(v) <= self.stop)
        yield from sorted(inside, key=lambda value: abs(self.place(value)))


ScaleKey = tuple[str, float, bool]


def scale_key(effect: Effect) -> ScaleKey:
    """The common parts of effects on one scale: unit, value without an effect, logarithm."""
    return effect.unit.name, effect.null, effect.log


def scales(effects: Iterable[tuple[Effect, Sequence[float]]]) -> dict[ScaleKey, Scale]:
    """The common scales.

    Args:
        effects: each effect with its estimate and the ends of its interval.
    """
    groups: dict[ScaleKey, list[tuple[Effect, Sequence[float]]]] = {}
    for effect, values in effects:
        if all(map(math.isfinite, values)):
            groups.setdefault(scale_key(effect), []).append((effect, values))
    return {key: _scale(group) for key, group in groups.items()}


def _scale(group: Sequence[tuple[Effect, Sequence[float]]]) -> Scale:
    effect = group[0][0]
    width = min(one.distance(one.band[1]) for one, _ in group)
    empty = Scale(effect.unit, effect.null, effect.log, width, 0.0, 1.0)
    places = [empty.place(value) for one, values in group for value in (*values, *one.band)]
    return replace(empty, start=min(places), stop=max(places))


@dataclass(frozen=True)
class IntervalPlot:
    """The horizontal positions in a plot of an effect, in the units of the drawing.

    All effects of one unit have one scale, which includes no effect and all margins.

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
        ticks: Positions and labels of the scale.
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
    ticks: list[tuple[float, str]]
    width: float = WIDTH
    height: float = HEIGHT
    total: float = HEIGHT + LABELS


@dataclass(frozen=True)
class Evidence:
    """One claim, the result, and the reason for its verdict; texts are ready to print.

    `finding` is a sentence that is true as written: the claim if it is supported, what was found
    instead if it is not; then `claimed` is the claim.
    `reason` follows from the numbers, and `advice` says how many seeds would decide a claim that is
    inconclusive, "" if nobody knows; `basis` tells whether the design was registered, and what
    was found at earlier looks; `because` is the cause according to the experiment's author,
    `margin_because` the reason of its margin, `depends_on` a setting of the source on which the
    verdict depends, "" if the test is fair to the statement.
    `cites` is the source of the statement, "" if it has none. Claims are sorted
    by `strength`, the effect in units of its margin, which compares metrics that have different
    units, and by `p_sort`, which puts claims without a p-value last.
    """

    experiment: str
    title: str
    claim: str
    says: str
    finding: str
    claimed: str
    cites: str
    verdict: Verdict
    reason: str
    advice: str
    status: str
    basis: tuple[str, ...]
    because: str
    margin_because: str
    depends_on: str
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
    def fair(self) -> bool:
        """Whether the test is confirmed and depends on no setting that the statement is not about.

        Only such tests count for or against a source.
        """
        return self.status == CONFIRMED and not self.depends_on

    @property
    def rank(self) -> int:
        """The verdict's place in the usual order."""
        return list(VERDICTS).index(self.verdict)


FINDINGS = 6
"""The most findings on the first screen."""
SHORT = 150
"""Characters; longer findings come last."""
NEWS = ("contradicted", "supported", "negligible")
"""The verdicts of findings, the one that surprises most first."""


def findings(topics: Iterable[Sequence[Evidence]]) -> list[Evidence]:
    """The findings of the first screen: one of each topic, then another of each and so on.

    Within a topic, the strongest of each experiment comes first, in units of its margin, and what
    was contradicted before what was supported.

    Args:
        topics: the claims of each topic.
    """
    queues = [_ranked([one for one in claims if one.verdict in NEWS]) for claims in topics]
    rounds = [one for queue in zip_longest(*queues) for one in queue if one is not None]
    return rounds[:FINDINGS]


def _ranked(claims: Sequence[Evidence]) -> list[Evidence]:
    by_news = sorted(
        claims,
        key=lambda one: (len(one.finding) > SHORT, NEWS.index(one.verdict), -abs(one.strength)),
    )
    first = {one.experiment: one.claim for one in reversed(by_news)}
    return sorted(by_news, key=lambda one: first[one.experiment] != one.claim)


def shared_source(claims: Sequence[Evidence]) -> str:
    """The work, up to the first comma, that claims cite at least twice as often as any other.

    The page counts its claims, if at least three cite it, and shows them alone if asked.
    """
    works = Counter(claim.cites.partition(", ")[0] for claim in claims if ", " in claim.cites)
    (work, count), (_, next_count) = [*works.most_common(2), ("", 0), ("", 0)][:2]
    return work if count > 2 and count >= 2 * next_count else ""


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
    common: Mapping[ScaleKey, Scale] = MappingProxyType({}),
) -> Evidence:
    """Join a claim of an experiment with its row of claims.csv.

    Args:
        experiment: the experiment.
        claim: one of its claims.
        row: the row of the claim.
        looks: what looks at it found.
        common: the scales of effects; without one, the scale is that of the effect alone.
    """
    test, effect = claim.test, claim.test.effect
    verdict, p = row["verdict"], row["p_adjusted"]
    estimate, low, high = row["estimate"], row["ci_low"], row["ci_high"]
    replicates = "repeats of the search" if is_of_search(row["metric"]) else "seeds"
    why = reason(
        effect, low, high, row["n"], verdict, row["basis"], p_value(p), replicates=replicates
    )
    known = experiment.registered.get(claim.id, ())
    values = (estimate, low, high)
    scale = {**scales([(effect, values)]), **common}.get(scale_key(effect))
    return Evidence(
        experiment=experiment.name,
        title=experiment.title,
        claim=claim.id,
        says=claim.says,
        finding=_finding(experiment, claim, verdict, values),
        claimed="" if verdict == "supported" else claim.says,
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
        depends_on=claim.depends_on,
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
        plot=interval_plot(estimate, low, high, effect, scale),
    )


def _finding(
    experiment: Experiment, claim: Claim, verdict: Verdict, values: tuple[float, float, float]
) -> str:
    """The finding, in a sentence that is true as written."""
    if verdict == "supported":
        return claim.says
    if verdict == "inconclusive":
        return f"Not decided: {claim.says}"
    return f"{found(claim.test, experiment, verdict, values)}."


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


def interval_plot(
    estimate: float, low: float, high: float, of: Effect, scale: Scale | None
) -> IntervalPlot | None:
    """Lay out the plot of an effect; None without an interval (every seed diverged).

    Args:
        estimate: The effect, in stored units, as are the others.
        low: Lower end of its confidence interval.
        high: Upper end.
        of: The effect's meaning, with its margin and its null.
        scale: The scale, which includes all of these.
    """
    if scale is None or not all(math.isfinite(value) for value in (estimate, low, high)):
        return None
    ends = [
        0.0 if end == -math.inf else WIDTH if end == math.inf else scale.x(end)
        for end in of.expected
    ]
    return IntervalPlot(
        null=scale.x(of.null),
        margin_low=scale.x(of.band[0]),
        margin_high=scale.x(of.band[1]),
        low=scale.x(low),
        high=scale.x(high),
        estimate=scale.x(estimate),
        expected_from=ends[0],
        expected_to=ends[1],
        within=of.side == "within",
        ticks=scale.ticks,
    )

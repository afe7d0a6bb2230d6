"""What would be decided with another margin, fewer seeds, or without one seed.

The page's "Decide for yourself" shows these verdicts: all of them are computed here, by the rule of
`overfit.claims.verdict`, so that the page has no second rule.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import pandas as pd
from annotated_types import Lt

from overfit.claims.claim import Claim
from overfit.claims.kind import Test
from overfit.claims.looks import Looks
from overfit.claims.samples import Finding
from overfit.claims.table import NO_TABLES, edges, seen
from overfit.claims.verdict import Effect, Verdict, verdict

FEWEST = 3
"""The fewest seeds that are tried; with these nothing is decided yet."""
NUMBERS = 12
"""At most so many numbers of seeds are tried."""
STEPS = 60
"""At most so many margins are tried."""
PARTS = (4, 2, 1)
"""Into how many parts a step of margins divides that of the claim."""


@dataclass(frozen=True)
class Variation:
    """A claim decided with the first `n` seeds, perhaps without one of them.

    Attributes:
        n: the number of seeds before one is left out.
        without: the place of the seed that is left out; None if all n are used.
        found: the effect of the others.
        verdicts: the verdict with each of the margins.
    """

    n: int
    without: int | None
    found: Finding
    verdicts: tuple[Verdict, ...]


@dataclass(frozen=True)
class Variations:
    """A claim decided in all these ways.

    Attributes:
        seeds: the seeds that have a value, in their order.
        alone: the effect according to each seed alone.
        margins: the margins, rising in equal steps; one of them is the claim's.
        effects: how the effect is judged with each margin.
        numbers: the numbers of seeds, rising in equal steps to all of them.
        ways: each number of seeds, with all of them and without each one.
    """

    seeds: tuple[int, ...]
    alone: tuple[float, ...]
    margins: tuple[float, ...]
    effects: tuple[Effect, ...]
    numbers: range
    ways: tuple[Variation, ...]


def variations(
    claim: Claim,
    metrics: pd.DataFrame,
    looks: Looks | None = None,
    further: Mapping[int, pd.DataFrame] = NO_TABLES,
) -> Variations | None:
    """Decide a claim with other margins, with fewer seeds, and without each seed.

    Where a search of all seeds, or the points that they choose, end at the edge of what was tried,
    every verdict is inconclusive, as in the table of claims. The correction for the number of
    claims is left out: it depends on all others.

    Args:
        claim: the claim.
        metrics: the table of `metrics` of its experiment.
        looks: the looks at its claims, see `decide`. All intervals have the confidence of the
            present look.
        further: the metrics of later looks.

    Returns:
        The variations; None with fewer than three seeds.
    """
    table, look = seen(claim, metrics, looks, further)
    test, table = claim.test, look.part(table)
    sample = test.sample(table).dropna().sort_index()
    if len(sample) < FEWEST:
        return None
    at_edge = bool(edges(test, table))
    step = math.ceil((len(sample) - FEWEST + 1) / NUMBERS)
    numbers = range(FEWEST + (len(sample) - FEWEST) % step, len(sample) + 1, step)
    findings: list[tuple[int, int | None, Finding]] = []
    for n in numbers:
        first = sample.iloc[:n]
        findings.append((n, None, test.judge(first, look.level)))
        for place in range(n):
            rest = first.drop(first.index[place])
            findings.append((n, place, test.judge(rest, look.level)))
    margins = tried(test, findings[-1 - numbers[-1]][2])
    effects = tuple(test.model_copy(update={"margin": margin}).effect for margin in margins)
    return Variations(
        seeds=tuple(int(seed) for seed in sample.index),
        alone=tuple(
            test.judge(sample.iloc[[place]], look.level).estimate for place in range(len(sample))
        ),
        margins=margins,
        effects=effects,
        numbers=numbers,
        ways=tuple(
            Variation(n, place, found, _verdicts(effects, found, at_edge=at_edge))
            for n, place, found in findings
        ),
    )


def _verdicts(effects: Sequence[Effect], found: Finding, *, at_edge: bool) -> tuple[Verdict, ...]:
    return tuple(
        "inconclusive" if at_edge else verdict(effect, found.low, found.high, found.n)
        for effect in effects
    )


def tried(test: Test, found: Finding) -> tuple[float, ...]:
    """Margins from small ones to some beyond the interval, in equal steps; one is the claim's.

    Args:
        test: the claim's test.
        found: its effect with all seeds.
    """
    effect, own = test.effect, Fraction(repr(test.margin))
    ends = [effect.distance(end) for end in (found.low, found.high) if math.isfinite(end) and end]
    furthest = max((abs(end) / effect.distance(effect.band[1]) for end in ends), default=0.0)
    wanted = max(3.0, 1.25 * furthest)
    parts = next((parts for parts in PARTS if wanted * parts <= STEPS), PARTS[-1])
    most = min(STEPS, math.ceil(wanted * parts))
    bounds = type(test).model_fields["margin"].metadata
    below = min([float(str(one.lt)) for one in bounds if isinstance(one, Lt)], default=math.inf)
    margins = (float(step * own / parts) for step in range(1, most + 1))
    return tuple(margin for margin in margins if margin < below)

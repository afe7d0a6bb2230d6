"""The claims of "Decide for yourself": each with its seeds, and the verdict on every choice."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from overfit.claims.claim import Claim
from overfit.claims.variations import Variation, Variations, variations
from overfit.claims.verdict import AT_EDGE, Effect, Verdict, is_corrected
from overfit.claims.wording import comparison
from overfit.config.experiment import Experiment
from overfit.data.checked import DamagedError, whole
from overfit.metrics.tables import read_metrics
from overfit.report.ledger import Rows
from overfit.results import Results

ROOM = 0.06
"""Empty space at both ends of the chart, as a part of what it shows."""
GUESSES = 100
"""The slider of a guess has about so many steps, and no more."""


def deciding(experiment: Experiment, rows: Rows, results: Results) -> list[dict[str, Any]]:
    """The claims of an experiment that have a verdict, ready for JSON.

    All values are in displayed units. `ways` has for each number of seeds, without and with one of
    them left out (its place, or -1): estimate, ends of the interval, and the verdicts along the
    margins, run by run: `s3i12` is supported with the first three margins, then inconclusive.

    An experiment whose metrics can't be read has none: elsewhere the page says that they are
    damaged.
    """
    files = results.experiment(experiment.name)
    judged = [claim for claim in experiment.claims if (experiment.name, claim.id) in rows]
    looks = experiment.looks
    numbers = sorted(set(looks.claims.values())) if looks else []
    paths = [files.metrics, *(files.look(seeds) for seeds in numbers)]
    if not judged or not all(path.is_file() for path in paths):
        return []
    tables = [whole(path, lambda path: read_metrics(path, experiment.grid)) for path in paths]
    read = [table for table in tables if not isinstance(table, DamagedError)]
    if len(read) < len(tables):
        return []
    further = dict(zip(numbers, read[1:], strict=True))
    found = []
    for claim in judged:
        ways = variations(claim, read[0], looks, further)
        if ways:
            found.append(_claim(experiment, claim, rows[experiment.name, claim.id], ways))
    return found


def _claim(
    experiment: Experiment, claim: Claim, row: Mapping[str, Any], found: Variations
) -> dict[str, Any]:
    effect = claim.test.effect
    unit, factor = effect.unit, effect.unit.wording.factor
    own = min(range(len(found.margins)), key=lambda i: abs(found.margins[i] - claim.test.margin))
    bands = [[_short(end * factor) for end in each.band] for each in found.effects]
    margins = [_short(_size(each) * factor) for each in found.effects]
    low, high = _limits(effect, found)
    return {
        "claim": f"{experiment.name}/{claim.id}",
        "says": claim.says,
        "compares": comparison(claim.test, experiment),
        "noun": effect.noun,
        "side": effect.side,
        "unit": unit.name,
        "of_margin": "factor" if effect.log else unit.name,
        "prefix": unit.prefix,
        "signed": unit.signed,
        "decimals": unit.wording.decimals,
        "scale": "log" if effect.log else "linear",
        "null": _short(effect.null * factor),
        "limits": [_short(low * factor), _short(high * factor)],
        "guesses": guesses(low * factor, high * factor),
        "margin": own,
        "margins": margins,
        "bands": bands,
        "seeds": found.seeds,
        "numbers": [found.numbers[0], found.numbers[-1], found.numbers.step],
        "alone": [_short(value * factor) for value in found.alone],
        "ways": [_way(way, factor) for way in found.ways],
        "report": {
            "verdict": row["verdict"],
            "text": f"{unit.text(row['estimate'])} "
            f"{unit.interval(row['ci_low'], row['ci_high'])} {unit.name}".rstrip(),
            "beyond": _beyond(row["basis"]),
        },
    }


def _beyond(basis: str) -> str:
    """The conditions of the report's verdict besides margin and seeds."""
    if AT_EDGE in basis:
        where = basis.partition(AT_EDGE)[2].partition(" and ")[0]
        return f"It is inconclusive whatever you choose: best at the edge of the range, {where}."
    if is_corrected(basis):
        return f"The report also asks for {basis.rpartition(' and ')[2]}."
    return ""


def _size(effect: Effect) -> float:
    """The margin of an effect in its own unit; the factor, if it is judged by its logarithm."""
    return effect.band[1] if effect.log else effect.band[1] - effect.null


def _limits(effect: Effect, found: Variations) -> tuple[float, float]:
    """The range of the chart: all seeds, the interval of all of them, and the claim's band."""
    last = next(way.found for way in found.ways if (way.n, way.without) == (len(found.seeds), None))
    values = [*found.alone, last.low, last.high, effect.null, *effect.band]
    finite = [effect.scaled(value) for value in values if math.isfinite(value)]
    room = ROOM * (max(finite) - min(finite))
    ends = min(finite) - room, max(finite) + room
    low, high = (math.exp(end) for end in ends) if effect.log else ends
    return low, high


def guesses(low: float, high: float) -> list[float | None]:
    """The first and the last value of the slider of a guess, and its step: 1, 2 or 5 times 10^k."""
    least = (high - low) / GUESSES
    power = 10.0 ** math.floor(math.log10(least))
    step = next(times * power for times in (1, 2, 5, 10) if times * power >= least)
    return [
        _short(math.ceil(low / step) * step),
        _short(math.floor(high / step) * step),
        _short(step),
    ]


def _way(way: Variation, factor: float) -> list[Any]:
    without = -1 if way.without is None else way.without
    numbers = (way.found.estimate, way.found.low, way.found.high)
    return [way.n, without, *(_short(one * factor) for one in numbers), runs(way.verdicts)]


def runs(verdicts: Sequence[Verdict]) -> str:
    """Verdicts by their first letters, equal neighbours as one with their number: `i4n2`."""
    return "".join(f"{verdict[0]}{len([*same])}" for verdict, same in groupby(verdicts))


def _short(value: float, digits: int = 5) -> float | None:
    """A number with five significant digits, two more than anybody reads; None if not finite."""
    if not math.isfinite(value):
        return None
    short = float(f"{value:.{digits}g}")
    return int(short) if short == int(short) else short

"""Claims with the evidence for or against them, worded for readers."""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from overfit.report.interval import IntervalPlot, interval_plot
from overfit.report.units import Metric, metric, p_value, setting

VERDICTS = {
    "supported": "the whole interval lies beyond the margin in the expected direction",
    "contradicted": "the whole interval lies beyond 0 in the other direction",
    "negligible": "the whole interval lies within plus or minus the margin",
    "inconclusive": "none of the three: more seeds, or a larger effect, would be needed",
}


@dataclass(frozen=True)
class Evidence:
    """One claim, what was found, and why that leads to its verdict; texts are ready to print.

    Claims are sorted by `strength`, the effect in units of its margin, which compares metrics that
    have different units, and by `p_sort`, which puts claims without a p-value last.
    """

    experiment: str
    title: str
    claim: str
    says: str
    cites: str
    verdict: str
    reason: str
    comparison: str
    effect: str
    interval: str
    unit: str
    margin: str
    n: str
    p: str
    strength: float
    p_sort: float
    plot: IntervalPlot | None

    @property
    def rank(self) -> int:
        """The verdict's place in the usual order."""
        return list(VERDICTS).index(self.verdict)


def read_claims(path: Path) -> dict[tuple[str, str], dict[str, str]]:
    """The rows of a claims.csv by (experiment, claim)."""
    with open(path, encoding="utf-8", newline="") as lines:
        return {(row["experiment"], row["claim"]): row for row in csv.DictReader(lines)}


def evidence(plan: Mapping[str, Any], claim: Mapping[str, Any], row: Mapping[str, str]) -> Evidence:
    """Join a claim of the plan with its row of claims.csv."""
    test = claim["test"]
    wording = metric(row["metric"])
    estimate, low, high, margin, p = (
        float(row[column] or "nan")
        for column in ("estimate", "ci_low", "ci_high", "margin", "p_adjusted")
    )
    return Evidence(
        experiment=plan["experiment"],
        title=plan["title"],
        claim=claim["id"],
        says=claim["says"],
        cites=claim.get("cites") or plan["cites"],
        verdict=row["verdict"],
        reason=_reason(row["verdict"], wording, low, high, margin, test["expect"]),
        comparison=_comparison(plan, test, wording),
        effect=wording.difference(estimate),
        interval=wording.interval(low, high),
        unit=wording.difference_unit,
        margin=wording.amount(margin),
        n=row["n"],
        p=p_value(p),
        strength=0.0 if math.isnan(estimate) else round(estimate / margin, 6),
        p_sort=2.0 if math.isnan(p) else p,
        plot=interval_plot(estimate, low, high, margin=margin, expect=test["expect"]),
    )


def _comparison(plan: Mapping[str, Any], test: Mapping[str, Any], wording: Metric) -> str:
    labels = {name: variant["label"] for name, variant in plan["variants"].items()}
    if "level" in test:
        sides = f"{labels[test['of']]} minus {wording.value(test['value'])} {wording.unit}".rstrip()
    else:
        sides = f"{labels[test['of']]} minus {labels[test['minus']]}"
    at = test.get("at", {})
    points = [f"at {axis} = {setting(at[axis])}" for axis in at]
    points += [f"averaged over {axis}" for axis in plan["grid"] if axis not in at]
    return ", ".join([f"{wording.label}: {sides}", *points])


def _reason(
    verdict: str, wording: Metric, low: float, high: float, margin: float, expect: str
) -> str:
    if math.isnan(low) or math.isnan(high):
        return "There is no interval to judge: too few seeds have a value."
    unit = f" {wording.difference_unit}" if wording.difference_unit else ""
    interval = f"interval {wording.interval(low, high)}{unit}"
    size = wording.amount(margin)
    if verdict == "supported":
        return (
            f"The whole {interval} lies beyond the margin of {size} "
            f"in the expected direction ({expect})."
        )
    if verdict == "contradicted":
        other = "above" if expect == "below" else "below"
        return f"The whole {interval} lies {other} 0; the claim expects the difference {expect} it."
    if verdict == "negligible":
        return (
            f"The whole {interval} lies within ±{size}: whatever difference there is, "
            "it is smaller than the smallest effect of interest."
        )
    if low <= 0 <= high:
        return (
            f"The {interval} holds 0 and reaches beyond ±{size}: "
            "these seeds leave open whether there is an effect."
        )
    return (
        f"The {interval} lies {expect} 0 as expected but not wholly beyond the margin of {size}: "
        "the direction is clear, but not whether the effect is large enough to matter."
    )

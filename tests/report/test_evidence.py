from __future__ import annotations

import pytest

from overfit.report.evidence import evidence


def found(study, verdict, low, high, *, metric="gap", expect="below", margin=0.02, **test):
    plan = study.plans[0]
    claim = {
        "id": "c",
        "says": "A claim.",
        "cites": "",
        "test": {"difference": metric, "of": "l2", "minus": "baseline", "expect": expect, **test},
    }
    estimate = "" if low == "" else (low + high) / 2
    row = {"metric": metric, "estimate": estimate, "ci_low": low, "ci_high": high, "n": "10"}
    row |= {"margin": margin, "p_adjusted": "0.01", "verdict": verdict}
    return evidence(plan, claim, {key: str(value) for key, value in row.items()})


@pytest.mark.parametrize(
    ("verdict", "low", "high", "words"),
    [
        ("supported", -0.05, -0.03, ["whole interval [−5.0, −3.0] points", "margin of 2.0 points"]),
        ("contradicted", 0.01, 0.05, ["whole interval [1.0, 5.0] points lies above 0"]),
        ("negligible", -0.01, 0.015, ["lies within ±2.0 points"]),
        ("inconclusive", -0.05, 0.03, ["holds 0", "beyond ±2.0 points"]),
        ("inconclusive", -0.05, -0.01, ["lies below 0 as expected", "margin of 2.0 points"]),
        ("inconclusive", "", "", ["no interval"]),
    ],
)
def test_reasons_come_from_the_numbers(study, verdict, low, high, words):
    reason = found(study, verdict, low, high).reason
    assert all(word in reason for word in words), reason


def test_the_comparison_names_both_sides_by_their_labels(study):
    assert found(study, "negligible", -0.01, 0.01).comparison == "Gap: L2 0.1 minus Baseline"


def test_a_level_is_compared_with_its_constant(study):
    plan = study.plans[0]
    test = {"level": "train_accuracy", "of": "l2", "value": 0.95, "expect": "above", "margin": 0.01}
    claim = {"id": "c", "says": "A claim.", "cites": "", "test": {**test, "at": {}}}
    row = {"metric": "train_accuracy", "estimate": "0.03", "ci_low": "0.02", "ci_high": "0.04"}
    row |= {"margin": "0.01", "n": "10", "p_adjusted": "0.01", "verdict": "supported"}
    assert evidence(plan, claim, row).comparison == "Training accuracy: L2 0.1 minus 95.0 %"


def test_the_point_on_the_grid_is_named_and_so_is_an_average_over_an_axis(study):
    plan = study.plans[1]
    row = {"metric": "gap", "estimate": "0", "ci_low": "0", "ci_high": "0", "margin": "0.02"}
    row |= {"n": "10", "p_adjusted": "", "verdict": "negligible"}
    at, averaged = (evidence(plan, claim, row) for claim in plan["claims"])
    assert at.comparison.endswith("at model.init.std = 0.01")
    assert averaged.comparison.endswith("averaged over model.init.std")
    assert averaged.p == "–"


def test_a_claim_without_a_source_has_the_experiment_s(study):
    assert found(study, "negligible", -0.01, 0.01).cites == study.plans[0]["cites"]

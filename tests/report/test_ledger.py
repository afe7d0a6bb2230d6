"""Claims with their evidence."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from overfit.report.ledger import evidence, failing, shared_source


def found(
    study,
    verdict,
    low,
    high,
    *,
    metric="gap",
    expect="below",
    margin=0.02,
    basis="95% interval",
    because=None,
    **test,
):
    plan = study.plans[0]
    claim = {
        "id": "c",
        "says": "A claim.",
        "cites": "",
        "kind": "difference",
        "because": because or {},
        "test": {
            "difference": metric,
            "of": "l2",
            "minus": "baseline",
            "expect": expect,
            "margin": margin,
            **test,
        },
    }
    estimate = "" if low == "" else (low + high) / 2
    row = {"metric": metric, "estimate": estimate, "ci_low": low, "ci_high": high, "n": "10"}
    row |= {"margin": margin, "p_adjusted": "0.01", "verdict": verdict, "basis": basis}
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


KINDS = {
    "level": (
        {"level": "train_accuracy", "of": "l2", "value": 0.95, "expect": "above", "margin": 0.01},
        "Training accuracy: L2 0.1 minus 95.0 %",
        ("+3.0", "[2.0, 4.0]", "points"),
        "The whole interval [2.0, 4.0] points lies beyond the margin of 1.0 points in the expected "
        "direction (above).",
    ),
    "ratio": (
        {"ratio": "test_loss", "of": "l2", "to": "baseline", "expect": "above", "margin": 0.01},
        "Test loss: L2 0.1 divided by Baseline",
        ("×1.03", "[1.02, 1.04]", ""),
        "The whole interval [1.02, 1.04] lies beyond the margin of a factor of 1.01 in the "
        "expected direction (above).",
    ),
    "trend": (
        {"trend": "gap", "of": "l2", "along": "data.train", "expect": "increasing", "margin": 0.01},
        "Gap along data.train: L2 0.1",
        ("+0.03", "[0.02, 0.04]", "τ"),
        "The whole interval [0.02, 0.04] τ lies beyond the margin of 0.01 τ in the expected "
        "direction (increasing).",
    ),
    "equivalent": (
        {"equivalent": "gap", "of": "l2", "minus": "baseline", "margin": 0.05},
        "Gap: L2 0.1 minus Baseline",
        ("+3.0", "[2.0, 4.0]", "points"),
        "The whole interval [2.0, 4.0] points lies within ±5.0 points: they are the same up to the "
        "margin.",
    ),
    "interaction": (
        {
            "interaction": "gap",
            "of": "l2",
            "minus": "baseline",
            "at": {"data.train": 300},
            "versus": {"of": "l2", "minus": "baseline", "at": {"data.train": 100}},
            "expect": "above",
            "margin": 0.01,
        },
        "Gap: (L2 0.1 minus Baseline, data.train = 300) minus (L2 0.1 minus Baseline, "
        "data.train = 100)",
        ("+3.0", "[2.0, 4.0]", "points"),
        "The whole interval [2.0, 4.0] points lies beyond the margin of 1.0 points in the expected "
        "direction (above).",
    ),
    "location": (
        {
            "location": "test_loss",
            "of": "l2",
            "along": "train.optimizer.lr",
            "optimum": "lowest",
            "value": 0.01,
            "scale": "log",
            "expect": "above",
            "margin": 0.01,
        },
        "Test loss, where along train.optimizer.lr it is lowest: L2 0.1 minus 0.01",
        ("+0.03", "[0.02, 0.04]", "decades"),
        "The whole interval [0.02, 0.04] decades lies beyond the margin of 0.01 decades in the "
        "expected direction (above).",
    ),
    "probability": (
        {"probability": "gap", "of": "l2", "minus": "baseline", "expect": "above", "margin": 0.1},
        "Gap: share of seeds with L2 0.1 above Baseline",
        ("80", "[65, 95]", "%"),
        "The whole interval [65, 95] % lies beyond the margin of 10 points in the expected "
        "direction (above).",
    ),
}
NUMBERS = {"ratio": (1.03, 1.02, 1.04), "probability": (0.8, 0.65, 0.95)}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_says_what_it_compares_in_its_own_unit(study, kind):
    test, comparison, numbers, reason = KINDS[kind]
    claim = {"id": "c", "says": "A claim.", "cites": "", "kind": kind, "test": test}
    estimate, low, high = NUMBERS.get(kind, (0.03, 0.02, 0.04))
    row = {"metric": test[kind], "estimate": estimate, "ci_low": low, "ci_high": high, "n": 10}
    row |= {"p_adjusted": 0.01, "verdict": "supported", "basis": "95% interval"}
    shown = evidence(study.plans[0], claim, {key: str(value) for key, value in row.items()})
    assert shown.comparison == comparison
    assert (shown.effect, shown.interval, shown.unit) == numbers
    assert shown.reason == reason
    assert shown.strength > 0


@pytest.mark.parametrize(
    ("verdict", "low", "high", "words"),
    [
        ("supported", -0.01, 0.02, "within ±2.0 points: they are the same up to the margin."),
        ("contradicted", 0.03, 0.05, "beyond ±2.0 points: they differ by more than the margin."),
        ("inconclusive", 0.01, 0.05, "neither wholly within ±2.0 points nor wholly beyond it"),
    ],
)
def test_an_equivalence_has_reasons_of_its_own(study, verdict, low, high, words):
    test = {"equivalent": "gap", "of": "l2", "minus": "baseline", "margin": 0.02}
    claim = {"id": "c", "says": "A claim.", "cites": "", "kind": "equivalent", "test": test}
    row = {"metric": "gap", "estimate": (low + high) / 2, "ci_low": low, "ci_high": high, "n": 10}
    row |= {"p_adjusted": 0.01, "verdict": verdict, "basis": "95% interval"}
    shown = evidence(study.plans[0], claim, {key: str(value) for key, value in row.items()})
    assert words in shown.reason


def test_a_verdict_that_also_needs_p_says_so(study):
    basis = "95% interval and Holm's p < 0.05"
    lost = found(study, "inconclusive", -0.05, -0.03, basis=basis).reason
    assert "lies beyond the margin" in lost
    assert lost.endswith("But p, adjusted for the number of claims, is 0.010, not below 0.05.")
    kept = found(study, "supported", -0.05, -0.03, basis=basis).reason
    assert kept.endswith("And p, adjusted for the number of claims, is 0.010, below 0.05.")
    assert "adjusted" not in found(study, "negligible", -0.01, 0.01, basis=basis).reason


def test_effects_are_compared_in_units_of_their_margins(study):
    assert found(study, "supported", -0.06, -0.04).strength == pytest.approx(-2.5)


def test_the_point_on_the_grid_is_named_and_so_is_an_average_over_an_axis(study):
    plan = study.plans[1]
    row = {"metric": "gap", "estimate": "0", "ci_low": "0", "ci_high": "0", "margin": "0.02"}
    row |= {"n": "10", "p_adjusted": "", "verdict": "negligible", "basis": "95% interval"}
    at, averaged = (evidence(plan, claim, row) for claim in plan["claims"])
    assert at.comparison.endswith("at model.init.std = 0.01")
    plan["grid"]["data.train"] = [100, 300]
    both = evidence(plan, plan["claims"][1], row).comparison
    assert both.endswith(", averaged over model.init.std and data.train")
    assert averaged.comparison.endswith("averaged over model.init.std")
    assert averaged.p == "–"


def test_the_likely_reason_is_given_with_its_verdict_alone(study):
    because = {"negligible": "Both train to the end."}
    assert found(study, "negligible", -0.01, 0.01, because=because).because == because["negligible"]
    assert found(study, "supported", -0.05, -0.03, because=because).because == ""


def test_two_points_on_the_grid_are_named_beside_their_sides(study):
    at = {"data.train": 100, "penalty.l2": 0.0}
    comparison = found(
        study, "negligible", -0.01, 0.01, at=at, minus_at=at | {"data.train": 1000}
    ).comparison
    assert comparison == (
        "Gap: L2 0.1, data.train = 100 minus Baseline, data.train = 1000, at penalty.l2 = 0"
    )


def test_a_claim_without_a_source_is_not_put_into_the_mouth_of_the_experiment_s(study):
    assert study.plans[0]["cites"]
    assert found(study, "negligible", -0.01, 0.01).cites == ""


def sources(*texts):
    return [SimpleNamespace(cites=text) for text in texts]


def test_of_what_failed_the_worst_of_each_experiment_comes_first():
    claims = [
        SimpleNamespace(experiment=e, claim=c, verdict=v, rank=r, strength=s)
        for e, c, v, r, s in [
            ("a", "weak", "contradicted", 1, -2.0),
            ("a", "strong", "contradicted", 1, -9.0),
            ("a", "held", "supported", 0, 20.0),
            ("b", "tiny", "negligible", 2, 0.1),
            ("c", "open", "inconclusive", 3, 1.0),
            ("d", "strong", "contradicted", 1, 5.0),
        ]
    ]
    found = [(claim.experiment, claim.claim) for claim in failing(claims)]
    assert found == [("a", "strong"), ("d", "strong"), ("b", "tiny"), ("a", "weak")]


def test_the_work_that_most_claims_are_from_is_named_once():
    assert shared_source(sources("A book, 1.2", "A book, 3", "", "A book, 4", "B, 1")) == "A book"
    assert shared_source(sources("A book, 1.2", "A book, 3")) == ""
    assert shared_source(sources("A, 1", "A, 2", "A, 3", "B, 1", "C", "", "")) == ""
    assert shared_source([]) == ""

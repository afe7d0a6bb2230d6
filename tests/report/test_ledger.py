"""Claims with their evidence."""

from __future__ import annotations

import math
from dataclasses import replace
from types import SimpleNamespace

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from overfit.claims.claim import Claim
from overfit.claims.verdict import Effect, Unit
from overfit.metrics.table import Metric
from overfit.metrics.tables import write_table
from overfit.report.ledger import (
    INSET,
    WIDTH,
    evidence,
    findings,
    interval_plot,
    read_rows,
    scales,
    shared_source,
)
from tests.claims.studies import an_effect
from tests.metrics.test_tables import CLAIM
from tests.report.study import small


def shown(
    test, verdict, low, high, *, basis="95% interval", because=None, p=0.01, decides_at=math.nan
):
    """The evidence for a claim of weight_decay with this test, by its interval."""
    parts = {"id": "c", "says": "A claim.", "because": because or {}}
    claim = Claim.model_validate({**parts, "test": {"of": "l2", **test}})
    estimate = (low + high) / 2
    row = {
        "metric": claim.test.metric,
        "estimate": estimate,
        "ci_low": low,
        "ci_high": high,
        "n": 10,
        "fragile": math.nan,
    }
    row |= {"p_adjusted": p, "verdict": verdict, "basis": basis}
    row |= {"status": "exploratory", "decides_at": decides_at, "straight": math.nan}
    return evidence(small()[0], claim, row)


def difference(verdict, low, high, *, because=None, basis="95% interval", **test):
    plain = {"difference": "gap", "minus": "baseline", "expect": "below", "margin": 0.02}
    return shown(plain | test, verdict, low, high, because=because, basis=basis)


@pytest.mark.parametrize(
    ("verdict", "low", "high", "words"),
    [
        ("supported", -0.05, -0.03, ["whole interval [−5.0, −3.0] points", "margin of 2.0 points"]),
        ("contradicted", 0.01, 0.05, ["whole interval [1.0, 5.0] points is above 0"]),
        ("negligible", -0.01, 0.015, ["is within ±2.0 points"]),
        ("inconclusive", -0.05, 0.03, ["includes 0", "beyond ±2.0 points"]),
        ("inconclusive", -0.05, -0.01, ["is below 0 as expected", "margin of 2.0 points"]),
        ("inconclusive", math.nan, math.nan, ["no interval"]),
    ],
)
def test_reasons_come_from_the_numbers(verdict, low, high, words):
    reason = difference(verdict, low, high).reason
    assert all(word in reason for word in words), reason


def test_an_inconclusive_claim_is_told_how_many_seeds_would_decide_it():
    def advice(verdict, number):
        plain = {"difference": "gap", "minus": "baseline", "expect": "below", "margin": 0.02}
        return shown(plain, verdict, -0.05, -0.01, decides_at=number).advice

    assert advice("inconclusive", 34.0) == "About 34 seeds would decide it (with 80% power)."
    assert advice("inconclusive", math.inf) == "To decide it takes more than 1,000 seeds."
    assert advice("inconclusive", math.nan) == ""
    assert advice("negligible", 34.0) == ""


def test_the_comparison_names_both_sides_by_their_labels():
    assert difference("negligible", -0.01, 0.01).comparison == "Gap: L2 0.1 minus Baseline"


KINDS = {
    "level": (
        {"level": "train_accuracy", "value": 0.95, "expect": "above", "margin": 0.01},
        "Training accuracy: L2 0.1 minus 95.0 %",
        ("+3.0", "[2.0, 4.0]", "points"),
        "The whole interval [2.0, 4.0] points is beyond the margin of 1.0 points in the expected "
        "direction (above).",
    ),
    "ratio": (
        {"ratio": "test_loss", "to": "baseline", "expect": "above", "margin": 0.01},
        "Test loss: L2 0.1 divided by Baseline",
        ("×1.03", "[1.02, 1.04]", ""),
        "The whole interval [1.02, 1.04] is beyond the margin of a factor of 1.01 in the "
        "expected direction (above).",
    ),
    "trend": (
        {"trend": "gap", "along": "data.train", "expect": "increasing", "margin": 0.01},
        "Gap along training images: L2 0.1",
        ("+0.03", "[0.02, 0.04]", "τ"),
        "The whole interval [0.02, 0.04] τ is beyond the margin of 0.01 τ in the expected "
        "direction (increasing).",
    ),
    "equivalent": (
        {"equivalent": "gap", "minus": "baseline", "margin": 0.05},
        "Gap: L2 0.1 minus Baseline",
        ("+3.0", "[2.0, 4.0]", "points"),
        "The whole interval [2.0, 4.0] points is within ±5.0 points: they are the same up to the "
        "margin.",
    ),
    "interaction": (
        {
            "interaction": "gap",
            "minus": "baseline",
            "at": {"data.train": 300},
            "versus": {"at": {"data.train": 100}},
            "expect": "above",
            "margin": 0.01,
        },
        "Gap: (L2 0.1 minus Baseline (300 training images)) minus (L2 0.1 minus "
        "Baseline (100 training images))",
        ("+3.0", "[2.0, 4.0]", "points"),
        "The whole interval [2.0, 4.0] points is beyond the margin of 1.0 points in the expected "
        "direction (above).",
    ),
    "location": (
        {
            "location": "test_loss",
            "along": "train.optimizer.lr",
            "optimum": "lowest",
            "value": 0.01,
            "scale": "log",
            "expect": "above",
            "margin": 0.01,
        },
        "Test loss, where along learning rate it is lowest: L2 0.1 minus 0.01",
        ("+0.03", "[0.02, 0.04]", "decades"),
        "The whole interval [0.02, 0.04] decades is at or beyond the margin of 0.01 decades in the "
        "expected direction (above).",
    ),
    "probability": (
        {"probability": "gap", "minus": "baseline", "expect": "above", "margin": 0.1},
        "Gap: share of seeds with L2 0.1 above Baseline",
        ("80", "[65, 95]", "%"),
        "The whole interval [65, 95] % is beyond the margin of 10 points in the expected "
        "direction (above).",
    ),
}
INTERVALS = {"ratio": (1.02, 1.04), "probability": (0.65, 0.95)}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_says_what_it_compares_in_its_own_unit(kind):
    test, comparison, numbers, reason = KINDS[kind]
    found = shown(test, "supported", *INTERVALS.get(kind, (0.02, 0.04)))
    assert found.comparison == comparison
    assert (found.effect, found.interval, found.unit) == numbers
    assert found.reason == reason
    assert found.strength > 0


@pytest.mark.parametrize(
    ("verdict", "low", "high", "words"),
    [
        ("supported", -0.01, 0.02, "within ±2.0 points: they are the same up to the margin."),
        ("contradicted", 0.03, 0.05, "beyond ±2.0 points: they differ by more than the margin."),
        ("inconclusive", 0.01, 0.05, "neither entirely within ±2.0 points nor entirely beyond it"),
    ],
)
def test_an_equivalence_has_reasons_of_its_own(verdict, low, high, words):
    test = {"equivalent": "gap", "minus": "baseline", "margin": 0.02}
    assert words in shown(test, verdict, low, high).reason


def test_a_verdict_that_also_needs_p_says_so():
    basis = "95% interval and Holm's p < 0.025"
    lost = difference("inconclusive", -0.05, -0.03, basis=basis).reason
    assert "is beyond the margin" in lost
    assert lost.endswith("But p, adjusted for the number of claims, is 0.010, not below 0.025.")
    kept = difference("supported", -0.05, -0.03, basis=basis).reason
    assert kept.endswith("And p, adjusted for the number of claims, is 0.010, below 0.025.")
    same = difference("negligible", -0.01, 0.01, basis=basis).reason
    assert same.endswith("And p, adjusted for the number of claims, is 0.010, below 0.025.")


def test_effects_are_compared_in_units_of_their_margins():
    assert difference("supported", -0.06, -0.04).strength == pytest.approx(-2.5)


def test_the_point_on_the_grid_is_named_and_so_is_an_average_over_an_axis():
    experiment = small()[1]
    row = {"metric": "gap", "estimate": 0.0, "ci_low": 0.0, "ci_high": 0.0, "margin": 0.02}
    row |= {"n": 10, "p_adjusted": math.nan, "verdict": "negligible"}
    row |= {
        "basis": "95% interval",
        "decides_at": math.nan,
        "status": "exploratory",
        "straight": math.nan,
    }
    row |= {"fragile": math.nan}
    at, averaged = (evidence(experiment, claim, row) for claim in experiment.claims)
    assert at.comparison.endswith("at weight scale 0.01")
    assert averaged.comparison.endswith("averaged over weight scale")
    assert averaged.p == "–"
    two = replace(experiment, grid={**experiment.grid, "data.train": [100, 300]})
    both = evidence(two, experiment.claims[1], row).comparison
    averaged = "averaged over weight scale and training images"
    assert both.endswith(f", {averaged}")


def test_the_likely_reason_is_given_with_its_verdict_alone():
    because = {"negligible": "Both train to the end."}
    assert difference("negligible", -0.01, 0.01, because=because).because == because["negligible"]
    assert difference("supported", -0.05, -0.03, because=because).because == ""


def test_two_points_on_the_grid_are_named_beside_their_sides():
    at = {"data.train": 100, "penalty.l2": 0.0}
    found = difference("negligible", -0.01, 0.01, at=at, minus_at={"data.train": 1000})
    assert found.comparison == (
        "Gap: L2 0.1 (100 training images) minus Baseline (1000 training images), at L2 penalty 0"
    )


def test_a_variant_that_is_on_both_sides_is_named_once():
    at = {"at": {"data.train": 100}, "minus": None, "minus_at": {"data.train": 1000}}
    found = difference("contradicted", 0.03, 0.05, **at)
    assert found.comparison == "Gap: 100 training images minus 1000 training images (L2 0.1)"
    assert found.finding == (
        "The gap is higher with 100 training images than with 1000 training images (L2 0.1), "
        "by 4.0 [3.0, 5.0] points."
    )


def test_a_claim_without_a_source_does_not_get_that_of_its_experiment():
    assert small()[0].cites
    assert difference("negligible", -0.01, 0.01).cites == ""


def sources(*texts):
    return [SimpleNamespace(cites=text) for text in texts]


def test_findings_come_from_each_topic_in_turn_and_news_first():
    def claims(*rows):
        return [
            SimpleNamespace(experiment=e, claim=c, verdict=v, strength=s, finding=c)
            for e, c, v, s in rows
        ]

    first = claims(
        ("a", "weak", "contradicted", -2.0),
        ("a", "strong", "contradicted", -9.0),
        ("a", "held", "supported", 20.0),
        ("b", "tiny", "negligible", 0.1),
        ("b", "held", "supported", 2.0),
    )
    second = claims(("c", "open", "inconclusive", 1.0), ("d", "held", "supported", 5.0))
    found = [(claim.experiment, claim.claim) for claim in findings([first, second])]
    assert found == [("a", "strong"), ("d", "held"), ("b", "held"), ("a", "weak"), ("a", "held"),
                     ("b", "tiny")]  # fmt: skip


def test_the_work_that_most_claims_are_from_is_named_once():
    assert shared_source(sources("A book, 1.2", "A book, 3", "", "A book, 4", "B, 1")) == "A book"
    assert shared_source(sources("A book, 1.2", "A book, 3")) == ""
    assert shared_source(sources("A, 1", "A, 2", "A, 3", "B, 1", "C", "", "")) == "A"
    assert shared_source(sources("A, 1", "A, 2", "A, 3", "B, 1", "B, 2", "", "")) == ""
    assert shared_source([]) == ""


A_RATIO = Effect(Unit(Metric("Ratio"), signed=False), 1.0, (1 / 1.1, 1.1), "above", "", log=True)
A_SHARE = Effect(Unit(Metric("Share")), 0.5, (0.3, 0.7), "above", "")
POINTS = Unit(Metric("Accuracy", "%", "points", factor=100.0, decimals=1))


def plotted(estimate, low, high, effect, *others):
    """The plot of an effect on the common scale of this and other effects."""
    known = scales([(effect, (estimate, low, high)), *others])
    return interval_plot(estimate, low, high, effect, next(iter(known.values()), None))


def test_small_effects_are_drawn_in_proportion_and_large_ones_by_their_logarithm():
    effect = an_effect(side="below")  # a margin of 0.02
    plot = plotted(0.001, 0.0, 0.002, effect, (effect, (20.0, -2.0, 2.0)))
    assert plot is not None
    assert math.isclose(plot.high - plot.null, 2 * (plot.estimate - plot.null), abs_tol=0.02)
    at = {value: plotted(value, value, value, effect, (effect, (20.0, -2.0, 2.0))).estimate
          for value in (0.2, 2.0, 20.0)}  # fmt: skip
    assert math.isclose(at[20.0] - at[2.0], at[2.0] - at[0.2], rel_tol=0.01)


def test_effects_of_one_unit_have_one_scale_with_ticks():
    effects = [an_effect(margin=0.02), an_effect(margin=0.05)]
    values = [(-0.25, -0.3, -0.2), (0.01, -0.01, 0.03)]
    known = scales(zip(effects, values, strict=True))
    assert len(known) == 1
    (scale,) = known.values()
    plots = [interval_plot(*v, e, scale) for v, e in zip(values, effects, strict=True)]
    assert plots[0].null == plots[1].null
    assert plots[0].ticks == plots[1].ticks
    assert scale.x(-0.3) == INSET
    assert "0" in [label for _, label in plots[0].ticks]


def test_ticks_are_round_numbers_in_the_shown_unit_at_their_places():
    effect = Effect(POINTS, 0.0, (-0.02, 0.02), "above", "")
    ticks = plotted(0.3, 0.25, 0.35, effect).ticks
    (scale,) = scales([(effect, (0.3, 0.25, 0.35))]).values()
    for x, label in ticks:
        assert x == scale.x(float(label.replace("\N{MINUS SIGN}", "-")) / 100)
        assert float(label.replace("\N{MINUS SIGN}", "-").lstrip("+-0.") or 0) in (
            0,
            1,
            2,
            5,
            10,
            20,
        )
    assert len(ticks) >= 4


def test_a_ratio_is_drawn_on_the_logarithmic_scale_around_1():
    plot = plotted(1.2, 1.0, 1.44, A_RATIO)
    assert plot is not None
    assert plot.null == plot.low
    assert math.isclose(plot.null - plot.margin_low, plot.margin_high - plot.null, abs_tol=0.02)
    assert "1" in [label for _, label in plot.ticks]


def test_a_share_is_drawn_around_one_half():
    plot = plotted(0.5, 0.3, 0.7, A_SHARE)
    assert plot is not None
    assert plot.null == plot.estimate == WIDTH / 2
    assert (plot.margin_low, plot.margin_high) == (plot.low, plot.high)


def test_the_expected_region_begins_at_the_margin_and_ends_at_the_edge():
    below = plotted(0.01, 0.0, 0.02, an_effect(side="below"))
    above = plotted(0.01, 0.0, 0.02, an_effect(side="above"))
    assert below is not None
    assert above is not None
    assert (below.expected_from, below.expected_to) == (0.0, below.margin_low)
    assert (above.expected_from, above.expected_to) == (above.margin_high, WIDTH)


def test_the_expected_region_of_equivalence_is_the_band():
    plot = plotted(0.01, 0.0, 0.02, an_effect(side="within"))
    assert plot is not None
    assert plot.within
    assert (plot.expected_from, plot.expected_to) == (plot.margin_low, plot.margin_high)


def test_no_interval_no_plot():
    assert plotted(0.1, math.nan, math.nan, an_effect()) is None


finite = st.floats(-1e6, 1e6)


@given(st.tuples(finite, finite, finite).map(sorted), st.floats(1e-6, 1e3))
def test_everything_is_inside_and_in_order(values, margin):
    low, estimate, high = values
    plot = plotted(estimate, low, high, an_effect(margin=margin))
    assert plot is not None
    assert 0 <= plot.low <= plot.estimate <= plot.high <= WIDTH
    assert 0 <= plot.margin_low <= plot.null <= plot.margin_high <= WIDTH
    assert (plot.low > plot.margin_high) <= (low > margin)  # a drawn verdict is a true one
    places = [x for x, _ in plot.ticks]
    assert places == sorted(places)


SENTENCES = {
    "difference": (
        {"difference": "gap", "minus": "baseline", "expect": "above", "margin": 0.02},
        (-0.05, -0.03),
        "The gap is lower with L2 0.1 than with Baseline, by 4.0 [3.0, 5.0] points.",
        "The gap is about the same with L2 0.1 as with Baseline, −4.0 [−5.0, −3.0] points.",
    ),
    "level": (
        {"level": "train_accuracy", "value": 0.95, "expect": "below", "margin": 0.01},
        (0.02, 0.04),
        "With L2 0.1, training accuracy is higher than 95.0 %, by 3.0 [2.0, 4.0] points.",
        "With L2 0.1, training accuracy is about the same as 95.0 %, +3.0 [2.0, 4.0] points.",
    ),
    "level against 0": (
        {"level": "gap", "value": 0, "expect": "below", "margin": 0.01},
        (0.02, 0.04),
        "With L2 0.1, the gap is positive, by 3.0 [2.0, 4.0] points.",
        "With L2 0.1, the gap is about 0, +3.0 [2.0, 4.0] points.",
    ),
    "ratio": (
        {"ratio": "updates_to_90", "to": "baseline", "expect": "above", "margin": 0.01},
        (0.5, 0.7),
        "There are fewer updates to 90\N{NO-BREAK SPACE}% with L2 0.1 than with Baseline, by a "
        "factor of 0.600 [0.500, 0.700].",
        "There are about as many updates to 90\N{NO-BREAK SPACE}% with L2 0.1 as with Baseline, "
        "×0.600 [0.500, 0.700].",
    ),
    "trend": (
        {"trend": "gap", "along": "data.train", "expect": "increasing", "margin": 0.01},
        (-0.4, -0.2),
        "The gap with L2 0.1 falls with the number of training images, τ = −0.30 [−0.40, −0.20].",
        "The gap with L2 0.1 hardly depends on the number of training images, −0.30 [−0.40, −0.20] "
        "τ.",
    ),
    "location": (
        {
            "location": "test_loss",
            "along": "train.optimizer.lr",
            "optimum": "lowest",
            "minus": "baseline",
            "scale": "log",
            "expect": "below",
            "margin": 0.01,
        },
        (0.02, 0.04),
        "Test loss is lowest at a higher learning rate with L2 0.1 than with Baseline, by 0.03 "
        "[0.02, 0.04] decades.",
        "Test loss is lowest at about the same learning rate with L2 0.1 as with Baseline, +0.03 "
        "[0.02, 0.04] decades.",
    ),
    "probability": (
        {"probability": "gap", "minus": "baseline", "expect": "above", "margin": 0.1},
        (0.1, 0.3),
        "The gap is lower with L2 0.1 than with Baseline in most seeds, in 80 [70, 90] % of them.",
        "The gap is higher with L2 0.1 than with Baseline as often as not, 20 [10, 30] %.",
    ),
    "interaction": (
        {
            "interaction": "gap",
            "minus": "baseline",
            "at": {"data.train": 300},
            "versus": {"at": {"data.train": 100}},
            "expect": "below",
            "margin": 0.01,
        },
        (0.02, 0.04),
        "The difference in gap of L2 0.1 minus Baseline (300 training images) is higher than that "
        "of L2 0.1 minus Baseline (100 training images), by 3.0 [2.0, 4.0] points.",
        "The difference in gap of L2 0.1 minus Baseline (300 training images) is about the same "
        "as that of L2 0.1 minus Baseline (100 training images), +3.0 [2.0, 4.0] points.",
    ),
}


@pytest.mark.parametrize("kind", SENTENCES)
def test_a_finding_is_a_sentence_that_says_what_was_found_not_what_was_claimed(kind):
    test, interval, contradicted, negligible = SENTENCES[kind]
    assert shown(test, "contradicted", *interval).finding == contradicted
    assert shown(test, "negligible", *interval).finding == negligible
    held = shown(test, "supported", *interval)
    assert (held.finding, held.claimed) == ("A claim.", "")
    open_ = shown(test, "inconclusive", *interval)
    assert (open_.finding, open_.claimed) == ("Not decided: A claim.", "A claim.")


def test_a_seed_that_decides_and_a_claim_about_the_same_number_are_named(tmp_path):
    first = CLAIM | {"experiment": "a", "claim": "x", "ci_low": -0.05, "ci_high": -0.03}
    mirrored = {"estimate": -first["estimate"], "ci_low": 0.03, "ci_high": 0.05, "claim": "y"}
    rows = [first, first | mirrored, first | {"claim": "z", "n": 20}]
    write_table(pd.DataFrame(rows), tmp_path / "claims.csv")
    read = read_rows(tmp_path / "claims.csv")
    assert [row["same"] for row in read.values()] == ["", "a: x", ""]
    claim = small()[0].claims[0]
    said = evidence(small()[0], claim, read["a", "y"]).reason
    assert "One seed decides: without seed 3 the verdict would differ." in said
    assert said.endswith("It is the same number as that of a: x, so the two count once.")


def test_a_centre_that_is_not_the_mean_is_named():
    test = {"expect": "below", "margin": 0.02, "minus": "baseline", "statistic": "iqm"}
    found = shown({"difference": "gap", **test}, "negligible", -0.01, 0.01)
    assert found.comparison == "Gap: L2 0.1 minus Baseline, interquartile mean over seeds"


def test_the_comparison_says_that_each_is_at_the_point_that_it_chooses():
    at = {"train.optimizer.lr": {"highest": "validation_accuracy"}, "data.train": 300}
    both = difference("inconclusive", -0.03, 0.0, at=at)
    assert both.comparison.endswith(
        ", each at the learning rate with the highest validation accuracy, at 300 training images"
    )
    test = {"level": "gap", "value": 0.1, "expect": "below", "margin": 0.02, "at": at}
    assert (
        ", at the learning rate with the highest" in shown(test, "inconclusive", -1, 1).comparison
    )


def test_a_test_is_fair_if_it_is_confirmed_and_depends_on_no_other_setting():
    found = difference("supported", -0.05, -0.03)
    assert not found.fair
    assert replace(found, status="confirmed").fair
    assert not replace(found, status="confirmed", depends_on="the learning rate of 0.01").fair

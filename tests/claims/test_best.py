"""Points that each seed chooses by a validation metric, against a search written out in Python."""

import math

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError

from overfit.claims.best import Best, winners
from overfit.claims.claim import Claim
from overfit.claims.table import decide
from overfit.figures import data
from tests.claims.studies import AXIS, found, numbers

RATES = [0.01, 0.1, 1.0, 10.0]
WIDTHS = [10, 100, 800]
HIGHEST = {"highest": "validation_accuracy"}
AT = {"of": "a", "minus": "b", "expect": "above", "margin": 0.02, "at": {AXIS: HIGHEST}}


def table(
    seeds=10, rates=RATES, widths=(100,), best=("b", 1), stream=0, lost=lambda *cell: False
) -> pd.DataFrame:
    """Metrics of variants a and b on a grid, best around the second rate on validation images.

    Validation accuracies have few digits, so they tie; losses don't.
    """
    rng = np.random.default_rng(stream)
    rows = []
    for variant in "ab":
        for width in widths:
            for place, rate in enumerate(rates):
                for seed in range(seeds):
                    height = 0.8 - 0.02 * (place - 1.4) ** 2 + 0.001 * rng.normal()
                    values = {
                        "test_accuracy": height + 0.03 * rng.normal(),
                        "validation_accuracy": round(height + 0.02 * rng.normal(), 2),
                        "validation_loss": 1 - height + 0.02 * rng.normal(),
                        "test_loss": 1 + rng.random(),
                        "diverged": 0.0,
                    }
                    gone = lost(variant, width, rate, seed)
                    if gone:
                        values |= {"validation_loss": math.nan, "validation_accuracy": 0.99}
                        values |= {"diverged": 1.0, "test_loss": math.nan}
                    for metric, value in values.items():
                        rows.append(
                            {
                                "experiment": "e",
                                "variant": variant,
                                AXIS: rate,
                                "model.width": width,
                                "seed": seed,
                                "metric": metric,
                                "value": value,
                                "straight": math.nan,
                                "diverged": gone,
                                "censored": False,
                                "edge": "",
                            }
                        )
    return pd.DataFrame(rows)


def by_hand(metrics, variant, metric, how=HIGHEST, **at):
    """The metric of each seed at the rate that its validation images prefer, in plain loops."""
    own = metrics[metrics["variant"] == variant]
    for axis, point in at.items():
        own = own[own[axis.replace("__", ".")] == point]
    wide = own.pivot_table("value", ["seed", AXIS], "metric", dropna=False)
    lost = own.groupby(["seed", AXIS])["diverged"].any()
    chosen = {}
    for seed in sorted(own["seed"].unique()):
        costs = {}
        for rate in sorted(own[AXIS].unique()):
            row = wide.loc[seed, rate]
            accuracy, loss = row["validation_accuracy"], row["validation_loss"]
            first = -accuracy if "highest" in how else loss
            costs[rate] = (bool(lost[seed, rate]), first, loss, rate)
        best = min(costs, key=costs.get)
        chosen[seed] = wide.loc[(seed, best), metric]
    return pd.Series(chosen)


@pytest.mark.parametrize("how", [HIGHEST, {"lowest": "validation_loss"}])
@pytest.mark.parametrize("stream", range(5))
def test_each_side_of_a_difference_is_taken_where_its_own_validation_metric_is_best(how, stream):
    metrics = table(stream=stream)
    row = found(metrics, difference="test_accuracy", **{**AT, "at": {AXIS: how}})
    expected = by_hand(metrics, "a", "test_accuracy", how) - by_hand(
        metrics, "b", "test_accuracy", how
    )
    assert row["estimate"] == pytest.approx(expected.mean(), rel=1e-12)
    assert row["n"] == 10
    (plain,) = decide(
        [Claim.model_validate({"id": "c", "says": "S.", "test": {
            "level": "gap", "of": "c", "value": 0.0, "expect": "above", "margin": 0.02}})],
        pd.DataFrame(
            [
                {"experiment": "e", "variant": "c", "seed": seed, "metric": "gap", "value": value,
                 "straight": math.nan, "diverged": False, "censored": False, "edge": ""}
                for seed, value in expected.items()
            ]
        ),
    ).to_dict("records")  # fmt: skip
    assert numbers(row) == pytest.approx(numbers(plain))


def test_points_at_which_a_seed_diverged_come_last():
    metrics = table(lost=lambda variant, width, rate, seed: rate == 0.1)
    assert set(winners(metrics[metrics["variant"] == "a"], {AXIS: Best(**HIGHEST)})[AXIS]) != {0.1}
    row = found(metrics, difference="diverged", **AT)
    assert (row["estimate"], row["n"]) == (0.0, 10)


def test_a_seed_that_diverged_everywhere_counts_at_the_lowest_point():
    metrics = table(lost=lambda variant, width, rate, seed: variant == "a" and seed < 3)
    row = found(metrics, level="diverged", of="a", value=0.5, expect="below", margin=0.1,
                at={AXIS: HIGHEST})  # fmt: skip
    assert row["estimate"] == pytest.approx(0.3 - 0.5)


@pytest.mark.parametrize("order", range(3))
def test_nothing_depends_on_the_order_of_rows_or_points(order):
    metrics = table(widths=WIDTHS)
    test = {"difference": "test_accuracy", **AT, "over": "model.width"}
    shuffled = metrics.sample(frac=1, random_state=order).reset_index(drop=True)
    assert numbers(found(shuffled, **test)) == pytest.approx(numbers(found(metrics, **test)), 1e-12)


def test_of_points_with_equal_accuracy_and_loss_the_lowest_is_chosen():
    metrics = table()
    equal = metrics["metric"].str.startswith("validation")
    metrics.loc[equal, "value"] = 0.5
    chosen = winners(metrics[metrics["variant"] == "a"][::-1], {AXIS: Best(**HIGHEST)})
    assert set(chosen[AXIS]) == {0.01}


def test_where_a_claim_averages_each_point_of_the_other_axis_has_its_own_rate():
    metrics = table(widths=WIDTHS)
    row = found(metrics, difference="test_accuracy", **AT, over="model.width")
    each = [
        by_hand(metrics, "a", "test_accuracy", model__width=width)
        - by_hand(metrics, "b", "test_accuracy", model__width=width)
        for width in WIDTHS
    ]
    assert row["estimate"] == pytest.approx(np.mean(each), rel=1e-12)


def test_trends_are_along_an_axis_each_of_whose_points_has_its_own_rate():
    metrics = table(widths=WIDTHS)
    row = found(metrics, trend="test_accuracy", of="a", along="model.width", expect="increasing",
                margin=0.2, at={AXIS: HIGHEST})  # fmt: skip
    curves = np.column_stack(
        [by_hand(metrics, "a", "test_accuracy", model__width=width) for width in WIDTHS]
    )
    signs = [np.sign(c[j] - c[i]) for c in curves for i, j in ((0, 1), (0, 2), (1, 2))]
    assert row["estimate"] == pytest.approx(np.mean(signs), rel=1e-12)


def test_two_axes_are_chosen_together():
    metrics = table(widths=WIDTHS)
    best = Best(**HIGHEST)
    rows = metrics[metrics["variant"] == "b"]
    chosen = winners(rows, {AXIS: best, "model.width": best}).set_index("seed")
    accuracy = rows[rows["metric"] == "validation_accuracy"]
    for seed, own in accuracy.groupby("seed"):
        at = own[(own[AXIS] == chosen.loc[seed, AXIS])
                 & (own["model.width"] == chosen.loc[seed, "model.width"])]  # fmt: skip
        assert at["value"].item() == own["value"].max()


@pytest.mark.parametrize(
    ("test", "effect"),
    [
        ({"ratio": "test_loss", "of": "a", "to": "b"}, lambda a, b: np.exp(np.log(a / b).mean())),
        ({"probability": "test_loss", "of": "a", "minus": "b"}, lambda a, b: (a > b).mean()),
        ({"equivalent": "test_loss", "of": "a", "minus": "b"}, lambda a, b: (a - b).mean()),
        ({"level": "test_loss", "of": "a", "value": 0.5}, lambda a, b: a.mean() - 0.5),
    ],
)
def test_all_kinds_take_a_chosen_point(test, effect):
    metrics = table()
    direction = {} if "equivalent" in test else {"expect": "above"}
    row = found(metrics, **test, **direction, margin=0.1, at={AXIS: HIGHEST})
    sides = [by_hand(metrics, variant, "test_loss") for variant in "ab"]
    assert row["estimate"] == pytest.approx(effect(*sides), rel=1e-12)


def test_an_interaction_compares_a_chosen_point_with_a_given_one():
    metrics = table()
    row = found(metrics, interaction="test_accuracy", **AT, versus={"at": {AXIS: 0.01}})
    at = metrics[(metrics["metric"] == "test_accuracy") & (metrics[AXIS] == 0.01)]
    there = at.pivot(index="seed", columns="variant", values="value")
    best = {variant: by_hand(metrics, variant, "test_accuracy") for variant in "ab"}
    expected = (best["a"] - best["b"]) - (there["a"] - there["b"])
    assert row["estimate"] == pytest.approx(expected.mean(), rel=1e-12)


def test_a_difference_from_a_given_point_of_the_same_variant():
    metrics = table()
    row = found(metrics, difference="test_accuracy", of="a", at={AXIS: HIGHEST},
                minus_at={AXIS: 1.0}, expect="above", margin=0.01)  # fmt: skip
    own = metrics[(metrics["variant"] == "a") & (metrics["metric"] == "test_accuracy")]
    given = own[own[AXIS] == 1.0].set_index("seed")["value"]
    expected = by_hand(metrics, "a", "test_accuracy") - given
    assert row["estimate"] == pytest.approx(expected.mean(), rel=1e-12)


# The ends of the axis


def at_the_end(share, rate, seeds=10, **more):
    """A share of the seeds of variant a prefers a rate, the others 0.1."""
    metrics = table(seeds, **more)
    for metric, good in (("validation_accuracy", 0.99), ("validation_loss", 0.0)):
        own = (metrics["variant"] == "a") & (metrics["metric"] == metric)
        here = np.where(metrics["seed"] < share * seeds, rate, 0.1) == metrics[AXIS]
        metrics.loc[own & here & ~metrics["diverged"], "value"] = good
    shift = (metrics["metric"] == "test_accuracy") & (metrics["variant"] == "a")
    metrics.loc[shift, "value"] += 0.5
    return metrics


@pytest.mark.parametrize(("rate", "side"), [(10.0, "highest"), (0.01, "lowest")])
def test_a_claim_is_inconclusive_if_too_many_seeds_choose_an_end_of_the_axis(rate, side):
    assert found(at_the_end(0.2, rate), difference="test_accuracy", **AT)["verdict"] == "supported"
    row = found(at_the_end(0.3, rate), difference="test_accuracy", **AT)
    assert row["verdict"] == "inconclusive"
    assert row["basis"] == (
        f"95% interval; best at the edge of the range: a, {AXIS}: the best point is the {side} of "
        "the axis in 3 of 10 seeds"
    )
    assert math.isnan(row["decides_at"])


def test_a_point_beyond_which_a_seed_diverges_is_no_end():
    metrics = at_the_end(0.6, 1.0, lost=lambda variant, width, rate, seed: rate == 10.0)
    assert found(metrics, difference="test_accuracy", **AT)["verdict"] == "supported"


def test_nothing_lies_below_zero_and_names_have_no_order():
    zero = at_the_end(0.6, 0.01).replace({AXIS: {0.01: 0.0}})
    assert found(zero, difference="test_accuracy", **AT)["verdict"] == "supported"
    named = at_the_end(0.6, 10.0).assign(**{"model.init": lambda t: t[AXIS].map(str)})
    test = {**AT, "at": {"model.init": HIGHEST}}
    named = named.drop(columns=AXIS)
    assert found(named, difference="test_accuracy", **test)["verdict"] == "supported"


def test_a_given_point_at_an_end_is_no_choice():
    metrics = at_the_end(0.6, 10.0)
    row = found(metrics, difference="test_accuracy", **{**AT, "at": {AXIS: 10.0}})
    assert "edge" not in row["basis"]


# Words and figures


def test_the_comparison_names_the_chosen_point():
    test = Claim.model_validate(
        {"id": "c", "says": "S.", "test": {
            "difference": "test_accuracy", "of": "a", "at": {AXIS: HIGHEST},
            "minus_at": {AXIS: 0.1}, "expect": "above", "margin": 0.02}}
    ).test  # fmt: skip
    assert test.compares({"a": "A"}) == (
        "Test accuracy: A at the learning rate with the highest validation accuracy minus A "
        "(learning rate 0.1)"
    )


def test_figures_take_each_seed_where_claims_do():
    metrics = table()
    (one,) = data.estimates(
        metrics, "test_accuracy", [("a", {AXIS: Best(**HIGHEST)})], minus="b"
    )  # fmt: skip
    row = found(metrics, difference="test_accuracy", **AT)
    assert one.mean == pytest.approx(100 * row["estimate"])
    assert (one.low, one.high) == pytest.approx((100 * row["ci_low"], 100 * row["ci_high"]))


def test_figures_count_divergence_at_the_chosen_point():
    metrics = table(lost=lambda variant, width, rate, seed: rate != 0.1 or seed == 4)
    (one,) = data.estimates(metrics, "test_accuracy", [("a", {AXIS: Best(**HIGHEST)})])
    assert one.diverged == 1


@pytest.mark.parametrize("point", [{}, {"highest": "validation_loss"}, {"lowest": "test_loss"}])
def test_only_validation_metrics_choose_each_on_its_better_side(point):
    with pytest.raises(ValidationError):
        Best.model_validate(point)

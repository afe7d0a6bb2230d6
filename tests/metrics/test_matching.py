"""Metrics where runs are equally well trained, against values picked by hand and SciPy."""

import numpy as np
import pandas as pd
import pytest
from benchmarks.curves import coverage, difference_of_points
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.interpolate import PchipInterpolator
from scipy.optimize import brentq

from overfit.metrics.matching import places, values_at, with_matched
from overfit.metrics.measuring import metrics
from overfit.metrics.summary import summarize
from overfit.metrics.tables import read_metrics, write_metrics
from overfit.report.ledger import too_coarse
from tests.claims.studies import claim
from tests.metrics.tables import history

TRAIN = [0.1, 0.8, 0.95, 0.9, 1.0]
TEST = [0.1, 0.6, 0.7, 0.65, 0.72]


def added(histories: pd.DataFrame, *names: str, probes: pd.DataFrame | None = None) -> pd.DataFrame:
    table = with_matched(metrics(histories), names, histories, probes)
    return table[table["metric"].isin(names)]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("test_accuracy@train_accuracy=0.8", 0.6),
        ("gap@train_accuracy=0.95", 0.25),  # from the first time, though accuracy falls again
        ("validation_accuracy@train_accuracy=1", 0.71),
        ("test_loss@train_loss=0.2", 0.4),  # the loss of these histories is 1 - accuracy
        ("train_accuracy@train_loss=5.0e-2", 0.95),
        ("gap@train_loss=0.95", 0.0),
        ("test_error@train_accuracy=0.95", 0.3),
        ("generalization_gap_loss@train_accuracy=0.8", 0.2),
    ],
)
def test_an_evaluation_that_just_gets_there_is_the_place(name, expected) -> None:
    (row,) = added(history("a", 0, TRAIN, TEST), name).to_dict("records")
    assert row["value"] == pytest.approx(expected, abs=1e-12)
    assert row["straight"] == pytest.approx(expected, abs=1e-12)
    assert not row["censored"]


@pytest.mark.parametrize("level", [0.11, 0.5, 0.79, 0.81, 0.94, 0.96, 0.999])
def test_place_and_value_between_evaluations_are_those_of_scipys_interpolant(level) -> None:
    curve, other = np.maximum.accumulate(TRAIN), np.array(TEST)
    updates = np.array([0.0, 10, 20, 30, 40])
    place = brentq(lambda u: PchipInterpolator(updates, curve)(u) - level, 0, 40, xtol=1e-12)
    where = places(updates, curve[None], level)
    assert where[0, 0] == pytest.approx(place, rel=1e-9)
    straight = brentq(lambda u: np.interp(u, updates, curve) - level, 0, 40, xtol=1e-12)
    assert where[0, 1] == pytest.approx(straight, rel=1e-9)
    found = values_at(updates, other[None], where)
    assert found[0, 0] == pytest.approx(PchipInterpolator(updates, other)(place), rel=1e-9)
    assert found[0, 1] == pytest.approx(np.interp(where[0, 1], updates, other), rel=1e-9)


CURVES = st.lists(st.integers(0, 20), min_size=2, max_size=12)


@settings(max_examples=200, deadline=None)
@given(CURVES, st.integers(1, 20))
def test_the_place_is_between_the_last_evaluation_below_and_the_first_there(curve, level) -> None:
    updates = np.arange(len(curve)) ** 2.0
    ((place, straight),) = places(updates, np.array([curve], float), level)
    there = [update for update, value in zip(updates, curve, strict=True) if value >= level]
    if not there:
        assert np.isnan(place)
        assert np.isnan(straight)
        return
    before = max(0, list(updates).index(there[0]) - 1)
    assert updates[before] <= place <= there[0]
    assert updates[before] <= straight <= there[0]
    value, on_lines = values_at(updates, np.array([curve], float), np.array([[place, straight]]))[0]
    if there[0] > 0:
        assert value == pytest.approx(level, abs=1e-6)
        assert on_lines == pytest.approx(level, abs=1e-6)


@settings(max_examples=50, deadline=None)
@given(st.lists(CURVES, min_size=2, max_size=5), st.integers(1, 20))
def test_a_seed_has_its_place_whatever_other_seeds_do(curves, level) -> None:
    longest = max(map(len, curves))
    padded = np.array([[*curve, *[np.nan] * (longest - len(curve))] for curve in curves])
    updates = np.arange(longest) ** 2.0
    alone = np.concatenate([places(updates, row[None], level) for row in padded])
    np.testing.assert_array_equal(places(updates, padded, level), alone)


@pytest.mark.parametrize("slope", [0.001, 0.013])
def test_a_straight_curve_needs_as_many_updates_as_its_line(slope) -> None:
    updates = [0, 3, 50, 700, 1000]
    line = [0.1 + slope * update for update in updates]
    table = metrics(history("a", 0, line, line, updates=updates))
    (row,) = table[table["metric"] == "updates_to_90"].to_dict("records")
    assert row["value"] == pytest.approx(0.8 / slope, rel=1e-9)
    assert row["straight"] == pytest.approx(0.8 / slope, rel=1e-9)


def test_seeds_are_matched_one_by_one_and_at_their_grid_point() -> None:
    histories = pd.concat(
        [
            history("a", 0, [0.1, 0.9], [0.1, 0.5], lr=1.0),
            history("a", 0, [0.9, 0.9], [0.2, 0.5], lr=0.1),
            history("b", 1, [0.1, 0.5, 0.9], [0.1, 0.5, 0.7], lr=1.0, updates=[0, 7, 9]),
        ]
    )
    found = added(histories, "test_accuracy@train_accuracy=0.9")
    assert found[["variant", "lr", "seed", "value"]].to_numpy().tolist() == [
        ["a", 1.0, 0, 0.5],
        ["a", 0.1, 0, 0.2],
        ["b", 1.0, 1, 0.7],
    ]


def test_a_seed_that_never_gets_there_has_no_value_and_is_counted(tmp_path) -> None:
    nan = float("nan")
    histories = pd.concat(
        [
            history("a", 0, [0.1, 0.95], [0.1, 0.7]),
            history("a", 1, [0.1, 0.94], [0.95, 0.99]),
            history("a", 2, [0.1, nan], [0.1, nan], diverged=True),
        ]
    )
    name = "gap@train_accuracy=0.95"
    table = with_matched(metrics(histories), [name], histories)
    rows = table[table["metric"] == name]
    assert rows["censored"].tolist() == [False, True, True]
    assert np.isnan(rows["value"]).tolist() == [False, True, True]
    assert rows["diverged"].tolist() == [False, False, True]
    counted = summarize(table).set_index("metric").loc[name]
    assert counted[["n", "censored", "diverged"]].tolist() == [1, 2, 1]
    write_metrics(table, tmp_path / "metrics.csv")
    pd.testing.assert_frame_equal(
        read_metrics(tmp_path / "metrics.csv", {}), table, check_dtype=False, rtol=0, atol=0
    )


def test_a_seed_that_diverges_later_is_matched_before_it_does() -> None:
    nan = float("nan")
    histories = history("a", 0, [0.1, 0.5, 0.9, nan], [0.1, 0.3, 0.5, nan], diverged=True)
    (row,) = added(histories, "test_accuracy@train_accuracy=0.7").to_dict("records")
    assert (row["value"], row["censored"]) == (pytest.approx(0.4), False)


def test_rows_come_after_the_other_metrics_of_their_seed() -> None:
    histories = pd.concat([history("a", seed, TRAIN, TEST) for seed in (1, 0)])
    names = ["gap@train_loss=0.1", "gap@train_accuracy=0.5"]
    table = with_matched(metrics(histories), names, histories)
    each = len(table) // 2
    assert table["seed"].tolist() == [1] * each + [0] * each
    assert table["metric"].tolist()[each - 2 : each] == names


def test_what_probes_measured_is_taken_at_the_same_place() -> None:
    histories = history("a", 0, TRAIN, TEST)
    probes = pd.DataFrame(
        [
            {"experiment": "e", "variant": "a", "run": "r", "seed": 0, "update": update}
            | {"layer": layer, "quantity": quantity, "value": 100 * layer + update + extra}
            for update in (0, 10, 20, 30, 40)
            for layer in (0, 1, 2)
            for quantity, extra in (("l2_norm", 0.0), ("rms", 0.5))
        ]
    )
    classes = probes[probes["quantity"] == "rms"].assign(quantity="recall")
    alone = probes[(probes["quantity"] == "rms") & (probes["layer"] == 0)].assign(quantity="ece")
    names = ["weights.l2_norm.all@train_loss=0.2", "weights.rms.2@train_accuracy=0.95"]
    names += ["classes.recall.1@train_accuracy=0.95", "ece@train_accuracy=0.95"]
    found = added(histories, *names, probes=pd.concat([probes, classes, alone]))
    assert found["value"].tolist() == [10.0, 220.5, 220.5, 20.5]


def test_there_is_no_value_where_none_was_finite() -> None:
    curve = np.array([[np.inf, 1.0, 2.0, np.nan]])
    updates = np.array([0.0, 10, 20, 30])
    for place, expected in ((5.0, np.nan), (15.0, 1.5), (25.0, np.nan)):
        found = values_at(updates, curve, np.array([[place, place]]))
        np.testing.assert_allclose(found, [[expected, expected]], rtol=1e-12)


def test_few_and_many_evaluations_of_the_same_networks_agree_within_the_interval() -> None:
    for what, few, many, low, high in difference_of_points(seeds=8):
        assert low <= many <= high, (what, few, many)


@pytest.mark.parametrize(("points", "n"), [(13, 10), (13, 20), (40, 10), (40, 20)])
def test_intervals_of_ratios_of_updates_cover_the_truth(points, n) -> None:
    covered, told = coverage(points, n, studies=800)
    assert 0.93 <= covered <= 0.97
    assert told < 0.5


def test_intervals_that_evaluations_are_too_few_for_are_told() -> None:
    covered, told = coverage(10, 20, studies=200)
    assert covered < 0.5
    assert told > 0.9


def test_the_report_tells_that_evaluations_are_too_far_apart() -> None:
    effect = claim(ratio="updates_to_90", of="a", to="b", expect="below", margin=0.1).test.effect
    assert not [*too_coarse(effect, 0.9, 0.8, 0.95)]
    assert not [*too_coarse(effect, float("nan"), 0.8, 0.95)]
    assert [*too_coarse(effect, 0.97, 0.8, 0.95)] == [
        "Evaluations are too far apart for this interval: with straight lines between them, the "
        "ratio is \N{MULTIPLICATION SIGN}0.970; raise evaluation.points."
    ]

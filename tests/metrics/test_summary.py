"""Summaries over seeds, mean learning curves, and the tables that hold them."""

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from overfit.claims.claim import Claim
from overfit.claims.table import adjust, decide, read_claims
from overfit.metrics.resampling import mean_intervals
from overfit.metrics.summary import curves, summarize, write_curves
from overfit.metrics.tables import DECIDED, write_table
from tests.metrics.tables import history, metric_table

SAMPLE = [0.9, 0.1, 0.4, 0.45, 0.5, 0.55, 0.6, 0.2, 0.65, 0.3]


def test_summary_of_a_sample_by_hand() -> None:
    (row,) = summarize(metric_table({"a": SAMPLE})).to_dict("records")
    low, high = mean_intervals([np.array(SAMPLE)])[0]
    assert row == pytest.approx(
        {
            "experiment": "e",
            "variant": "a",
            "metric": "gap",
            "n": 10,
            "mean": 0.465,
            "iqm": (0.3 + 0.4 + 0.45 + 0.5 + 0.55 + 0.6) / 6,
            "ci_low": low,
            "ci_high": high,
            "min": 0.1,
            "max": 0.9,
            "straight": np.nan,
            "diverged": 0,
            "censored": 0,
        },
        nan_ok=True,
    )


@pytest.mark.parametrize("n", range(1, 12))
def test_interquartile_mean_is_scipys_trimmed_mean(n: int) -> None:
    sample = np.random.default_rng(n).normal(size=n)
    assert summarize(metric_table({"a": sample}))["iqm"][0] == pytest.approx(
        stats.trim_mean(sample, 0.25), rel=1e-12
    )


def test_diverged_seeds_are_counted_and_left_out_of_the_mean() -> None:
    (row,) = summarize(metric_table({"a": [0.2, np.nan, 0.4]})).to_dict("records")
    assert (row["n"], row["diverged"]) == (2, 1)
    assert row["mean"] == pytest.approx(0.3)


@pytest.mark.filterwarnings("error")
def test_variant_that_always_diverged_has_a_row_without_numbers() -> None:
    (row,) = summarize(metric_table({"a": [np.nan, np.nan]})).to_dict("records")
    assert (row["n"], row["diverged"]) == (0, 2)
    assert all(np.isnan(row[name]) for name in ("mean", "iqm", "ci_low", "ci_high", "min", "max"))


def test_rows_and_columns_keep_the_order_of_the_metrics() -> None:
    grid = pd.concat(
        [
            metric_table({"z": [1.0, 2.0], "a": [3.0, 4.0]}, metric=metric).assign(size=size)
            for size in (300, 100)
            for metric in ("test_loss", "gap")
        ]
    ).rename(columns={"size": "data.train"})
    grid = grid[
        [
            *("experiment", "variant", "data.train", "seed", "metric", "value"),
            *("straight", "diverged", "censored"),
        ]
    ]
    summary = summarize(grid)
    assert list(summary.columns) == [
        *("experiment", "variant", "data.train", "metric", "n", "mean", "iqm"),
        *("ci_low", "ci_high", "min", "max", "straight", "diverged", "censored"),
    ]
    assert summary[["variant", "data.train", "metric"]].to_numpy().tolist() == [
        [variant, size, metric]
        for size in (300, 100)
        for metric in ("test_loss", "gap")
        for variant in ("z", "a")
    ]


@settings(max_examples=20, deadline=None)
@given(st.permutations(range(10)))
def test_order_of_seeds_changes_no_digit(order: list[int]) -> None:
    permuted = metric_table({"a": [SAMPLE[i] for i in order]}, seeds=order)
    pd.testing.assert_frame_equal(
        summarize(permuted), summarize(metric_table({"a": SAMPLE})), check_exact=True
    )


def test_names_and_other_variants_change_no_digit() -> None:
    alone = summarize(metric_table({"a": SAMPLE}))
    among = summarize(metric_table({"c": SAMPLE[::2], "b": SAMPLE, "d": [0.1] * 10}))
    renamed = among[among["variant"] == "b"].assign(variant="a").reset_index(drop=True)
    pd.testing.assert_frame_equal(renamed, alone, check_exact=True)


@settings(max_examples=10, deadline=None)
@given(st.floats(-3, 3))
def test_constant_added_to_a_metric_shifts_all_statistics(constant: float) -> None:
    columns = ["mean", "iqm", "ci_low", "ci_high", "min", "max"]
    before = summarize(metric_table({"a": SAMPLE}))[columns].to_numpy()
    after = summarize(metric_table({"a": [x + constant for x in SAMPLE]}))[columns].to_numpy()
    assert after == pytest.approx(before + constant, abs=1e-9)


CURVES = [[0.1, 0.5, 0.9], [0.2, 0.7, 0.95], [0.1, 0.9, 0.97]]


@pytest.fixture
def table() -> pd.DataFrame:
    seeds = [history("a", seed, train, [0.1, 0.6, 0.8]) for seed, train in enumerate(CURVES)]
    return pd.concat([*seeds, history("b", 0, CURVES[0], [0.1, 0.2, 0.3], diverged=True)])


def point(found: pd.DataFrame, variant: str, metric: str, update: int) -> pd.Series:
    rows = found.query("variant == @variant and metric == @metric and update == @update")
    assert len(rows) == 1
    return rows.iloc[0]


@pytest.mark.parametrize("update", [0, 10, 20])
def test_means_and_intervals_are_those_of_the_t_distribution(table, update):
    row = point(curves(table), "a", "train_accuracy", update)
    sample = [train[update // 10] for train in CURVES]
    interval = stats.ttest_1samp(sample, 0).confidence_interval(0.95)
    assert row["n"] == 3
    assert row["mean"] == pytest.approx(np.mean(sample))
    assert row["low"] == pytest.approx(max(interval.low, 0))
    assert row["high"] == pytest.approx(min(interval.high, 1))


def test_the_gap_is_that_of_each_seed(table):
    row = point(curves(table), "a", "gap", 20)
    gaps = [train[2] - 0.8 for train in CURVES]
    interval = stats.ttest_1samp(gaps, 0).confidence_interval(0.95)
    assert (row["low"], row["high"]) == pytest.approx((interval.low, interval.high))


def test_a_seed_is_not_counted_from_where_it_diverged(table):
    lost = (table["variant"] == "a") & (table["seed"] == 1) & (table["update"] == 20)
    table.loc[lost, ["accuracy", "loss"]] = [np.nan, np.inf]
    found = curves(table)
    for metric in ("train_accuracy", "test_loss", "gap"):
        assert point(found, "a", metric, 20)["n"] == 2
        assert point(found, "a", metric, 10)["n"] == 3
    mean = point(found, "a", "train_accuracy", 20)["mean"]
    assert mean == pytest.approx((0.9 + 0.97) / 2)


@pytest.mark.parametrize("update", [0, 10, 20])
def test_every_seed_has_its_value_in_the_order_of_seeds(table, update):
    shuffled = table.sample(frac=1, random_state=0)
    found = curves(shuffled)
    row = point(found, "a", "train_accuracy", update)
    assert row["seeds"] == pytest.approx([train[update // 10] for train in CURVES], rel=1e-6)
    alone = point(found, "b", "train_accuracy", update)["seeds"]
    assert alone[0] == pytest.approx(CURVES[0][update // 10], rel=1e-6)
    assert np.isnan(alone[1:]).all()


def test_one_seed_has_no_interval(table):
    row = point(curves(table), "b", "test_loss", 10)
    assert row["n"] == 1
    assert row["mean"] == pytest.approx(0.8)
    assert np.isnan([row["low"], row["high"]]).all()


def test_cells_are_numbered_in_the_order_of_the_plan():
    cells = [
        history(variant, 0, CURVES[0], CURVES[1], penalty__l2=l2)
        for variant, l2 in [("z", 0.1), ("z", 0.0), ("a", 0.1), ("a", 0.0)]
    ]
    found = curves(pd.concat(cells)).drop_duplicates("cell")
    places = found[["cell", "variant", "penalty.l2"]].to_numpy().tolist()
    assert places == [[0, "z", "0.1"], [1, "z", "0.0"], [2, "a", "0.1"], [3, "a", "0.0"]]


def test_the_file_holds_the_table(table, tmp_path):
    found = curves(table)
    write_curves(found, tmp_path / "curves.parquet")
    read = pq.read_table(tmp_path / "curves.parquet").to_pandas()
    pd.testing.assert_frame_equal(read, found, check_dtype=False)


def test_tables_are_written_with_ten_digits_and_the_same_bytes(tmp_path) -> None:
    table = metric_table({"a": [0.123456789, 0.2, 0.3], "b": [0.5, 0.6, 0.9]})
    test = {"difference": "gap", "of": "a", "minus": "b", "expect": "below", "margin": 0.02}
    claim = Claim.model_validate({"id": "001", "says": "NA", "test": test})
    for name in ("1", "2"):
        write_table(summarize(table), tmp_path / f"summary-{name}.csv")
        write_table(decide([claim], table), tmp_path / f"decided-{name}.csv")
        read = read_claims(tmp_path / f"decided-{name}.csv", DECIDED)
        write_table(adjust(read.assign(family="all")), tmp_path / f"claims-{name}.csv")
    summary = (tmp_path / "summary-1.csv").read_bytes()
    assert summary == (tmp_path / "summary-2.csv").read_bytes()
    assert summary.splitlines()[1].startswith(b"e,a,gap,3,0.2078189")
    assert b"\r" not in summary
    claims = (tmp_path / "claims-1.csv").read_bytes()
    assert claims == (tmp_path / "claims-2.csv").read_bytes()
    assert claims.startswith(
        b"experiment,claim,says,kind,metric,estimate,ci_low,ci_high,margin,n,p,p_adjusted,verdict,"
        b"basis,cites,status,decides_at,fragile,look,straight,family\ne,001,NA,difference,gap,"
    )

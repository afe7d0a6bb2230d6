import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from overfit.claims.resampling import mean_intervals
from overfit.metrics.analysis import summarize
from tests.metrics.tables import metric_table

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
            "diverged": 0,
            "censored": 0,
        }
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
        ["experiment", "variant", "data.train", "seed", "metric", "value", "diverged", "censored"]
    ]
    summary = summarize(grid)
    assert list(summary.columns) == [
        *("experiment", "variant", "data.train", "metric", "n", "mean", "iqm"),
        *("ci_low", "ci_high", "min", "max", "diverged", "censored"),
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

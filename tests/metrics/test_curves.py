import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from scipy import stats

from overfit.metrics.analysis import curves, write_curves
from tests.metrics.tables import history

VALUES = [[0.1, 0.5, 0.9], [0.2, 0.7, 0.95], [0.1, 0.9, 0.97]]


@pytest.fixture
def table() -> pd.DataFrame:
    seeds = [history("a", seed, train, [0.1, 0.6, 0.8]) for seed, train in enumerate(VALUES)]
    return pd.concat([*seeds, history("b", 0, VALUES[0], [0.1, 0.2, 0.3], diverged=True)])


def point(found: pd.DataFrame, variant: str, metric: str, update: int) -> pd.Series:
    rows = found.query("variant == @variant and metric == @metric and update == @update")
    assert len(rows) == 1
    return rows.iloc[0]


@pytest.mark.parametrize("update", [0, 10, 20])
def test_means_and_intervals_are_those_of_the_t_distribution(table, update):
    row = point(curves(table), "a", "train_accuracy", update)
    sample = [train[update // 10] for train in VALUES]
    interval = stats.ttest_1samp(sample, 0).confidence_interval(0.95)
    assert row["n"] == 3
    assert row["mean"] == pytest.approx(np.mean(sample))
    assert row["low"] == pytest.approx(max(interval.low, 0))
    assert row["high"] == pytest.approx(min(interval.high, 1))


def test_the_gap_is_that_of_each_seed(table):
    row = point(curves(table), "a", "gap", 20)
    gaps = [train[2] - 0.8 for train in VALUES]
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


def test_one_seed_has_no_interval(table):
    row = point(curves(table), "b", "test_loss", 10)
    assert row["n"] == 1
    assert row["mean"] == pytest.approx(0.8)
    assert np.isnan([row["low"], row["high"]]).all()


def test_cells_are_numbered_in_the_order_of_the_plan():
    cells = [
        history(variant, 0, VALUES[0], VALUES[1], penalty__l2=l2)
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

"""Metrics where runs are equally well trained, against values picked by hand."""

import numpy as np
import pandas as pd
import pytest

from overfit.metrics.measuring import metrics, with_matched
from overfit.metrics.summary import summarize
from overfit.metrics.tables import read_metrics, write_metrics
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
        ("test_accuracy@train_accuracy=0.81", 0.7),
        ("gap@train_accuracy=0.9", 0.25),  # from the first time, though accuracy falls again
        ("validation_accuracy@train_accuracy=1", 0.71),
        ("test_loss@train_loss=0.2", 0.4),  # the loss of these histories is 1 - accuracy
        ("train_loss@train_loss=0.06", 0.05),
        ("train_accuracy@train_loss=5.1e-2", 0.95),
        ("gap@train_loss=0.95", 0.0),
    ],
)
def test_a_matched_metric_is_that_of_the_first_evaluation_that_gets_there(name, expected) -> None:
    (row,) = added(history("a", 0, TRAIN, TEST), name).to_dict("records")
    assert row["value"] == pytest.approx(expected, abs=1e-12)
    assert not row["censored"]


def test_seeds_are_matched_one_by_one_and_at_their_grid_point() -> None:
    histories = pd.concat(
        [
            history("a", 0, [0.1, 0.9], [0.1, 0.5], lr=1.0),
            history("a", 0, [0.9, 0.9], [0.2, 0.5], lr=0.1),
            history("b", 1, [0.1, 0.9], [0.1, 0.7], lr=1.0),
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


def test_rows_come_after_the_other_metrics_of_their_seed() -> None:
    histories = pd.concat([history("a", seed, TRAIN, TEST) for seed in (1, 0)])
    names = ["gap@train_loss=0.1", "gap@train_accuracy=0.5"]
    table = with_matched(metrics(histories), names, histories)
    assert table["seed"].tolist() == [1] * 11 + [0] * 11
    assert table["metric"].tolist()[9:11] == names


def test_what_probes_measured_is_taken_at_the_same_evaluation() -> None:
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
    names = ["weights.l2_norm.all@train_loss=0.2", "weights.rms.2@train_accuracy=0.95"]
    assert added(histories, *names, probes=probes)["value"].tolist() == [10.0, 220.5]

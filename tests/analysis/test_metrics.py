import numpy as np
import pandas as pd
import pytest

from overfit.analysis import METRICS, grid_axes, metrics, read_histories, read_trials
from tests.analysis.tables import history


def values(table: pd.DataFrame, seed: int = 0) -> dict[str, float]:
    return dict(table[table["seed"] == seed][["metric", "value"]].to_numpy())


def test_metrics_are_those_of_the_last_evaluation() -> None:
    found = values(metrics(history("a", 0, [0.1, 0.95, 1.0], [0.1, 0.7, 0.75])))
    assert found == pytest.approx(
        {
            "train_accuracy": 1.0,
            "validation_accuracy": 0.74,
            "test_accuracy": 0.75,
            "train_loss": 0.0,
            "test_loss": 0.25,
            "gap": 0.25,
            "updates_to_90": 10,
        }
    )


def test_last_evaluation_is_found_in_any_order_of_rows() -> None:
    rows = history("a", 0, [0.1, 0.5, 1.0], [0.1, 0.6, 0.7])
    assert values(metrics(rows.iloc[::-1])) == values(metrics(rows))


def test_threshold_counts_when_it_is_reached_exactly() -> None:
    assert values(metrics(history("a", 0, [0.1, 270 / 300, 1.0], [0.1] * 3)))["updates_to_90"] == 10


def test_threshold_counts_from_the_first_time_although_accuracy_falls_again() -> None:
    assert values(metrics(history("a", 0, [0.91, 0.2, 0.2], [0.1] * 3)))["updates_to_90"] == 0


def test_run_that_never_reaches_the_threshold_counts_with_its_budget() -> None:
    rows = history("a", 0, [0.1, 0.2, 0.89], [0.1] * 3, updates=[0, 7, 60])
    assert values(metrics(rows))["updates_to_90"] == 60


def test_test_accuracy_does_not_reach_the_training_threshold() -> None:
    assert (
        values(metrics(history("a", 0, [0.1, 0.2, 0.3], [0.1, 0.95, 0.95])))["updates_to_90"] == 20
    )


def test_diverged_seed_counts_as_untrained_and_with_the_budget() -> None:
    nan = float("nan")
    table = metrics(
        pd.concat(
            [
                history("a", 0, [0.1, 0.95, 1.0], [0.1, 0.7, 0.7]),
                history("a", 1, [0.1, 0.3, nan], [0.1, 0.2, nan], diverged=True),
                history("a", 2, [0.1, 0.93, nan], [0.1, 0.2, nan], diverged=True),
            ]
        )
    )
    assert table.groupby("seed")["diverged"].agg(["all", "any"]).to_numpy().tolist() == [
        [False, False],
        [True, True],
        [True, True],
    ]
    for seed, reached in ((1, 20), (2, 10)):
        found = values(table, seed)
        assert found.pop("updates_to_90") == reached
        accuracies = {name: found.pop(name) for name in list(found) if "accuracy" in name}
        assert sorted(accuracies.values()) == pytest.approx([0.09, 0.1, 0.1])
        assert np.isnan(list(found.values())).all()


def test_rows_and_columns_follow_the_plan() -> None:
    table = metrics(
        pd.concat(
            [
                history(variant, seed, [0.1, 1.0], [0.1, 0.7], model__init__std=std)
                for variant in ("z", "a")
                for std in (1.0, 0.1)
                for seed in (1, 0)
            ]
        )
    )
    assert list(table.columns) == [
        *("experiment", "variant", "model.init.std", "seed", "metric", "value", "diverged")
    ]
    assert list(table["metric"][: len(METRICS)]) == list(METRICS)
    order = table[["variant", "model.init.std", "seed"]].drop_duplicates().to_numpy().tolist()
    assert order == [[v, s, n] for v in ("z", "a") for s in (1.0, 0.1) for n in (1, 0)]


@pytest.fixture
def results(tmp_path):
    frame = history("?", 0, [0.1, 1.0], [0.1, 0.7]).drop(columns=["experiment", "variant"])
    for run in ("shared", "other"):
        for seed in (0, 1):
            path = tmp_path / "runs" / run / f"000{seed}-000{seed}.parquet"
            path.parent.mkdir(parents=True, exist_ok=True)
            frame.assign(run=run, seed=seed).to_parquet(path)
    return tmp_path


PLAN = {
    "experiment": "e",
    "blocks": {run: ["0000-0000", "0001-0001"] for run in ("shared", "other")},
    "cells": [
        {"variant": "b", "at": {"data.train": 100}, "run": "shared"},
        {"variant": "b", "at": {"data.train": 300}, "run": "other"},
        {"variant": "a", "at": {"data.train": 100}, "run": "shared"},
    ],
    "searches": {},
}


def test_histories_of_all_cells_and_blocks_are_read_in_the_order_of_the_plan(results) -> None:
    table = read_histories(PLAN, results)
    assert list(table.columns[:3]) == ["experiment", "variant", "data.train"]
    assert grid_axes(table) == ["data.train"]
    cells = table[["variant", "data.train", "run", "seed"]].drop_duplicates().to_numpy().tolist()
    assert cells == [
        [cell["variant"], cell["at"]["data.train"], cell["run"], seed]
        for cell in PLAN["cells"]
        for seed in (0, 1)
    ]


def test_missing_block_is_an_error_that_names_it(results) -> None:
    (results / "runs" / "other" / "0001-0001.parquet").unlink()
    with pytest.raises(FileNotFoundError, match=r"other/0001-0001\.parquet"):
        read_histories(PLAN, results)


def test_trials_of_a_variant_without_search_are_refused(results) -> None:
    with pytest.raises(ValueError, match="a is not searched; searched: none"):
        read_trials(PLAN, "a", results)

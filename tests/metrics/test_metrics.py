from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from overfit.metrics.axes import grid_axes
from overfit.metrics.histories import read_histories, read_probes, read_trials
from overfit.metrics.measuring import metrics, with_probes
from overfit.metrics.summary import summarize
from overfit.metrics.table import METRICS, quantities
from overfit.results import Results
from tests.metrics.tables import experiment, history
from tests.peers import required


def values(table: pd.DataFrame, seed: int = 0) -> dict[str, float]:
    return dict(table[table["seed"] == seed][["metric", "value"]].to_numpy())


def test_metrics_are_those_of_the_last_evaluation() -> None:
    found = values(metrics(history("a", 0, [0.1, 0.9, 1.0], [0.1, 0.7, 0.75])))
    assert found == pytest.approx(
        {
            "train_accuracy": 1.0,
            "validation_accuracy": 0.74,
            "test_accuracy": 0.75,
            "train_loss": 0.0,
            "validation_loss": 0.26,
            "test_loss": 0.25,
            "gap": 0.25,
            "generalization_gap_loss": 0.25,
            "test_error": 0.25,
            "best_test_accuracy": 0.75,
            "test_loss_rise": 0.0,
            "updates_to_best_test_loss": 20,
            "updates_to_90": 10,
            "diverged": 0.0,
        }
    )


@pytest.mark.parametrize("stream", range(3))
def test_what_was_best_and_lost_since_is_found_by_looking_at_every_evaluation(stream) -> None:
    rng = np.random.default_rng(stream)
    rows = pd.concat([history("a", s, rng.random(9), rng.random(9)) for s in range(6)])
    rows["loss"] = rng.integers(1, 5, len(rows)) / 8  # with ties
    table = metrics(rows.sample(frac=1, random_state=stream))
    for seed in range(6):
        tested = [
            (row.loss, row.update, row.accuracy)
            for row in rows.itertuples()
            if (row.seed, row.split) == (seed, "test")
        ]
        found, end = values(table, seed), max(tested, key=lambda row: row[1])
        assert found["test_loss_rise"] == pytest.approx(end[0] - min(tested)[0], abs=1e-12)
        assert found["updates_to_best_test_loss"] == min(tested)[1]
        assert found["best_test_accuracy"] == max(row[2] for row in tested)
        assert found["test_error"] == pytest.approx(1 - end[2])
        expected = found["test_loss"] - found["train_loss"]
        assert found["generalization_gap_loss"] == pytest.approx(expected)


def test_a_seed_that_diverged_has_a_best_accuracy_but_no_rise() -> None:
    nan = float("nan")
    found = values(metrics(history("a", 0, [0.1, 0.5, nan], [0.1, 0.4, nan], diverged=True)))
    assert found["best_test_accuracy"] == 0.4
    assert found["test_error"] == pytest.approx(0.9)
    assert np.isnan(found["test_loss_rise"])
    assert np.isnan(found["updates_to_best_test_loss"])


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


def test_seed_that_never_reaches_the_threshold_is_censored_and_counted() -> None:
    nan = float("nan")
    table = metrics(
        pd.concat(
            [
                history("a", 0, [0.1, 0.95, 1.0], [0.1] * 3),
                history("a", 1, [0.1, 0.2, 0.3], [0.95] * 3),
                history("a", 2, [0.1, 0.2, 0.9], [0.1] * 3),  # in the last moment
                history("a", 3, [0.1, nan, nan], [0.1, nan, nan], diverged=True),
            ]
        )
    )
    updates = table[table["metric"] == "updates_to_90"]
    assert updates["censored"].tolist() == [False, True, False, True]
    assert not table[table["metric"] != "updates_to_90"]["censored"].any()
    counted = summarize(table).set_index("metric")
    assert counted.loc["updates_to_90", ["n", "censored", "diverged"]].tolist() == [4, 2, 1]
    assert counted.loc["gap", "censored"] == 0


@pytest.mark.parametrize("stream", range(5))
def test_mean_of_updates_is_the_area_under_the_kaplan_meier_curve(stream: int) -> None:
    survival = required("statsmodels.duration.survfunc", "statsmodels")
    rng = np.random.default_rng(stream)
    curves = [np.minimum(1, rng.uniform(0.02, 0.2) * np.arange(11)) for _ in range(12)]
    table = metrics(pd.concat([history("a", s, c, c) for s, c in enumerate(curves)]))
    rows = table[table["metric"] == "updates_to_90"]
    assert 0 < rows["censored"].sum() < 12
    curve = survival.SurvfuncRight(rows["value"], ~rows["censored"])
    budget = 100
    steps = np.concatenate([[0], curve.surv_times[curve.surv_times < budget], [budget]])
    height = np.concatenate([[1], curve.surv_prob[curve.surv_times < budget]])
    area = (height * np.diff(steps)).sum()
    assert rows["value"].mean() == pytest.approx(area, rel=1e-12)


def probed(seed: int, value: float, layers: tuple[int, ...] = (0, 1), **grid) -> pd.DataFrame:
    rows = [
        {"experiment": "e", "variant": "a", **grid, "run": "r", "seed": seed, "update": 20}
        | {"layer": layer, "quantity": quantity, "value": value + layer}
        for quantity in ("l2_norm", "bin_-0.5", "gradient_norm")
        for layer in layers
    ]
    return pd.DataFrame(rows)


def test_probes_add_metrics_named_after_probe_quantity_and_layer() -> None:
    base = metrics(pd.concat([history("a", s, [0.1, 1.0], [0.1, 0.7]) for s in (1, 0)]))
    table = with_probes(base, pd.concat([probed(0, 5.0), probed(1, np.inf)]))
    assert list(table.columns) == list(base.columns)
    assert table["seed"].tolist() == [1] * (each := len(METRICS) + 4) + [0] * each
    added = [
        *("weights.l2_norm.all", "weights.l2_norm.1"),
        *("gradients.gradient_norm.all", "gradients.gradient_norm.1"),
    ]
    assert table["metric"][each:].tolist() == [*METRICS, *added]
    assert [values(table)[name] for name in added] == [5, 6, 5, 6]
    assert np.isnan([values(table, seed=1)[name] for name in added]).all()
    pd.testing.assert_frame_equal(table[table["metric"].isin(METRICS)].reset_index(drop=True), base)


def test_a_number_of_a_whole_network_has_its_own_name_and_one_of_a_class_that_of_the_class() -> (
    None
):
    base = metrics(history("a", 0, [0.1, 1.0], [0.1, 0.7]))
    rows = [("ece", 0, 0.5), ("recall", 1, 0.25), ("recall", 3, 0.75), ("reliability_n", 2, 9.0)]
    point = {"experiment": "e", "variant": "a", "run": "r", "seed": 0, "update": 20}
    columns = ("quantity", "layer", "value")
    table = pd.DataFrame([point | dict(zip(columns, row, strict=True)) for row in rows])
    found = values(with_probes(base, table))
    added = {name: found[name] for name in found.keys() - METRICS.keys()}
    assert added == {"ece": 0.5, "classes.recall.0": 0.25, "classes.recall.2": 0.75}


def test_metrics_of_probes_belong_to_their_grid_point() -> None:
    points = (0.1, 1.0)
    base = pd.concat([history("a", 0, [0.1, 1.0], [0.1, 0.7], std=s) for s in points])
    table = with_probes(
        metrics(base), pd.concat([probed(0, s, std=s) for s in points], ignore_index=True)
    )
    norms = table[table["metric"] == "weights.l2_norm.1"]
    assert norms[["std", "value"]].to_numpy().tolist() == [[0.1, 1.1], [1.0, 2.0]]


NO_METRICS = ("bin_", "reliability_", "plane_")
"""What probes measure for figures alone."""


def test_quantities_of_the_specification_are_those_that_the_probes_measure() -> None:
    from overfit import nn
    from tests.training.probing import CLASSES, INPUTS, measured, replicate, seen

    view, _ = seen(nn.mlp(INPUTS, [5], CLASSES, norm=nn.BatchNorm), replicate(0))
    for name, known in quantities().items():
        found = measured(name, view)
        scalars = {name for _, name in found if not name.startswith(NO_METRICS)}
        assert set(known) == scalars
        whole = {quantity for layer, quantity in found if layer == 0}
        assert {quantity for quantity, q in known.items() if q.whole} == whole


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
                history("a", 2, [0.1, 0.9, nan], [0.1, 0.2, nan], diverged=True),
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
        assert found.pop("diverged") == 1
        accuracies = {name: found.pop(name) for name in list(found) if "accuracy" in name}
        best = accuracies.pop("best_test_accuracy")
        assert best == 0.2
        assert sorted(accuracies.values()) == pytest.approx([0.09, 0.1, 0.1])
        assert found.pop("test_error") == pytest.approx(0.9)
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
        *("experiment", "variant", "model.init.std", "seed", "metric", "value"),
        *("straight", "diverged", "censored", "edge"),
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


CELLS = [
    ("b", {"data.train": 100}, "shared"),
    ("b", {"data.train": 300}, "other"),
    ("a", {"data.train": 100}, "shared"),
]
BLOCKS = {run: ["0000-0000", "0001-0001"] for run in ("shared", "other")}
WHOLE = experiment(CELLS, seeds=2, blocks=BLOCKS)
FEWER = replace(WHOLE, seeds=1)


def test_histories_of_all_cells_and_blocks_are_read_in_the_order_of_the_experiment(results) -> None:
    table = read_histories(WHOLE, Results(results))
    assert list(table.columns[:3]) == ["experiment", "variant", "data.train"]
    assert grid_axes(table) == ["data.train"]
    cells = table[["variant", "data.train", "run", "seed"]].drop_duplicates().to_numpy().tolist()
    assert cells == [
        [variant, at["data.train"], run, seed] for variant, at, run in CELLS for seed in (0, 1)
    ]


def test_probes_are_read_at_the_last_evaluation(results) -> None:
    for run in ("shared", "other"):
        for seed in (0, 1):
            early = probed(seed, 1.0).assign(update=10)
            rows = pd.concat([early, probed(seed, 2.0)]).drop(columns=["experiment", "variant"])
            rows.to_parquet(results / "runs" / run / f"000{seed}-000{seed}.probes.parquet")
    table = read_probes(replace(WHOLE, probes=("weights", "gradients")), Results(results))
    assert list(table.columns[:3]) == ["experiment", "variant", "data.train"]
    assert set(table["update"]) == {20}
    assert len(table) == 3 * 2 * 4  # of three quantities, one is a bin and no metric
    assert (
        with_probes(metrics(read_histories(WHOLE, Results(results))), table)["metric"].nunique()
        == len(METRICS) + 4
    )
    assert set(read_probes(replace(FEWER, probes=("weights",)), Results(results))["seed"]) == {0}
    own = read_probes(replace(WHOLE, probes=("gradients",)), Results(results))
    assert set(own["quantity"]) == {"gradient_norm"}  # others may have asked for the rest


def test_each_cell_reads_its_own_points_of_a_history_that_others_share(results) -> None:
    """Budgets of the seeds may differ: each seed has its points."""
    asked = {8: [0, 2, 8], 20: [0, 5, 20]}  # two points of budgets of 8 and of 20 updates
    for seed, budget in enumerate(asked):
        updates = sorted({0, 2, 3, 5, 7, budget})
        levels = [0.5] * len(updates)
        frame = history("?", seed, levels, levels, updates=updates)
        frame = frame.drop(columns=["experiment", "variant"]).assign(run="shared")
        frame.to_parquet(results / "runs" / "shared" / f"000{seed}-000{seed}.parquet")
    one, *_ = WHOLE.cells
    study = replace(WHOLE, cells=(replace(one, points=2), replace(one, variant="all")))
    table = read_histories(study, Results(results))
    for (variant, seed), rows in table.groupby(["variant", "seed"]):
        assert sorted(rows["update"].unique()) == (
            asked[(8, 20)[seed]] if variant == one.variant else [0, 2, 3, 5, 7, (8, 20)[seed]]
        )


def test_of_blocks_with_more_seeds_than_the_experiment_has_the_others_are_left_out(results) -> None:
    whole = read_histories(WHOLE, Results(results))
    expected = whole[whole["seed"] == 0].reset_index(drop=True)
    pd.testing.assert_frame_equal(read_histories(FEWER, Results(results)), expected)


def test_missing_block_is_an_error_that_names_it(results) -> None:
    (results / "runs" / "other" / "0001-0001.parquet").unlink()
    with pytest.raises(FileNotFoundError, match=r"other/0001-0001\.parquet"):
        read_histories(WHOLE, Results(results))


def test_trials_of_a_variant_without_search_are_refused(results) -> None:
    with pytest.raises(ValueError, match="a is not searched; searched: none"):
        read_trials(WHOLE, "a", Results(results))

from __future__ import annotations

from overfit.report.settings import settings
from tests.report.study import small
from tests.written import experiment

WEIGHT_DECAY, BATCH_NORM, SEARCHED = range(3)


def test_what_differs_between_variants_is_told_from_what_they_share():
    found = settings(small()[WEIGHT_DECAY])
    assert found.varying == ["penalty.l2"]
    assert found.variants == [("Baseline", ["0"]), ("L2 0.1", ["0.1"])]
    assert found.common["model"] == {"hidden": "6 × 100", "activation": "relu", "init.name": "he"}
    assert "penalty" not in found.common


def test_a_part_that_is_switched_on_is_on_beside_a_dash_and_described_once():
    found = settings(small()[BATCH_NORM])
    assert found.varying == ["batch_norm"]
    assert found.variants[0] == ("Plain", ["–"])
    assert found.variants[1] == ("Batch normalization", ["on"])
    assert found.common["batch_norm"]["momentum"] == "0.1"
    assert {"batch_norm", "dropout", "layer_norm"} <= set(found.partial)
    assert len(found.partial) == len(set(found.partial))


def test_of_a_part_the_variants_show_what_is_not_the_same_wherever_it_is():
    found = settings(
        experiment(
            {
                "none": {},
                "some": {"dropout": {"rate": 0.2}},
                "more": {"dropout": {"rate": 0.2, "input": 0.1}},
            }
        )
    )
    assert [values for _, values in found.variants] == [
        ["–"], ["rate 0.2, input 0"], ["rate 0.2, input 0.1"],
    ]  # fmt: skip
    assert found.common["dropout"] == {"scaling": "inverted", "place": "last", "layers": "all"}


def test_what_the_grid_varies_within_such_a_part_is_left_to_the_grid():
    found = settings(
        experiment(
            {"plain": {}, "wet": {"dropout": {"input": 0.1}}},
            grid={"dropout.rate": [0.0, 0.2]},
        )
    )
    assert dict(found.variants)["Wet"] == ["input 0.1"]
    assert found.axes == {"dropout.rate": "0, 0.2"}


def test_the_grid_is_an_axis_not_a_difference():
    found = settings(small()[BATCH_NORM])
    assert found.axes == {"model.init.std": "1, 0.1, 0.01"}
    assert found.common["model"]["init.name"] == "normal"
    assert "init.std" not in found.common["model"]


def test_searched_hyperparameters_are_called_searched():
    found = settings(small()[SEARCHED])
    assert found.varying == ["penalty.l2", "train.optimizer.lr", "search"]
    assert found.variants[1] == ("Searched", ["searched", "searched", "random, 100 trials"])


def test_what_all_variants_search_is_told_once():
    search = {
        "method": "random",
        "trials": 10,
        "objective": {"maximize": "validation_accuracy"},
        "space": {"penalty.l2": {"uniform": [0.0, 1.0]}},
    }
    found = settings(experiment({"searched": {"search": search}}))
    assert found.searched == ["penalty.l2"]
    assert found.varying == []


def test_what_is_off_everywhere_is_listed_without_its_shape():
    found = settings(experiment({"plain": {}}))
    assert [key for key in found.off if key.startswith("penalty")] == [
        "penalty.l1", "penalty.l2", "penalty.lp",
    ]  # fmt: skip
    assert "penalty" not in found.common


def test_a_grid_of_widths_is_not_said_to_share_the_first():
    found = settings(experiment({"plain": {}}, grid={"model.width": [10, 100]}))
    assert "hidden" not in found.common["model"]
    assert found.axes == {"model.width": "10, 100"}


def test_widths_that_dropout_widens_along_its_axis_are_all_named():
    found = settings(
        experiment(
            {"plain": {}, "wide": {"dropout": {"widen": True}}},
            base={"model": {"hidden": [8, 8]}},
            grid={"dropout.rate": [0.0, 0.2]},
        )
    )
    assert found.varying == ["model.hidden"]
    assert found.variants == [("Plain", ["2 × 8"]), ("Wide", ["2 × 8, 2 × 10"])]

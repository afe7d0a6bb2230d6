from __future__ import annotations

from overfit.report.settings import settings


def test_what_differs_between_variants_is_told_from_what_they_share(study):
    found = settings(study.plans[0])
    assert found.varying == ["penalty.l2"]
    assert found.variants == [("Baseline", ["0"]), ("L2 0.1", ["0.1"])]
    assert found.common["model"] == {"hidden": "6 × 100", "activation": "relu", "init.name": "he"}
    assert "penalty" not in found.common


def test_a_part_that_is_switched_on_shows_its_values_beside_a_dash(study):
    found = settings(study.plans[1])
    assert found.varying == ["batch_norm"]
    assert found.variants[0] == ("Plain", ["–"])
    assert found.variants[1] == ("Batch normalization", ["momentum 0.1, eps 1e-05"])


def test_what_the_grid_varies_within_such_a_part_is_left_to_the_grid(study):
    plan = {**study.plans[1], "grid": {"batch_norm.eps": [1e-5, 1e-3]}}
    assert settings(plan).variants[1] == ("Batch normalization", ["momentum 0.1"])


def test_the_grid_is_an_axis_not_a_difference(study):
    found = settings(study.plans[1])
    assert found.axes == {"model.init.std": "1, 0.1, 0.01"}
    assert found.common["model"]["init.name"] == "normal"
    assert "init.std" not in found.common["model"]


def test_searched_hyperparameters_are_called_searched(study):
    found = settings(study.plans[2])
    assert found.varying == ["penalty.l2", "train.optimizer.lr"]
    assert found.variants[1] == ("Searched", ["searched", "searched"])

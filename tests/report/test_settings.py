from __future__ import annotations

from overfit.report.settings import settings

from .study import SETTINGS, changed


def test_what_differs_between_variants_is_told_from_what_they_share(study):
    found = settings(study.plans[0])
    assert found.varying == ["penalty.l2"]
    assert found.variants == [("Baseline", ["0"]), ("L2 0.1", ["0.1"])]
    assert found.common["model"] == {"hidden": "6 × 100", "activation": "relu", "init.name": "he"}
    assert "penalty" not in found.common


def test_a_part_that_is_switched_on_is_on_beside_a_dash_and_described_once(study):
    found = settings(study.plans[1])
    assert found.varying == ["batch_norm"]
    assert found.variants[0] == ("Plain", ["–"])
    assert found.variants[1] == ("Batch normalization", ["on"])
    assert found.common["batch_norm"] == {"momentum": "0.1", "eps": "1e-05"}
    assert found.partial == ["batch_norm", "dropout"]


def test_of_a_part_the_variants_show_what_is_not_the_same_wherever_it_is(study):
    plan = study.plans[0]
    dropout = {"rate": 0.2, "input": 0.0, "scaling": "inverted"}
    plan["cells"][1]["settings"] = changed(SETTINGS, dropout=dropout)
    plan["variants"]["more"] = {"label": "More"}
    plan["cells"].append(
        {
            "variant": "more",
            "at": {},
            "settings": changed(SETTINGS, dropout=dropout | {"input": 0.1}),
        }
    )
    found = settings(plan)
    assert [values for _, values in found.variants] == [
        ["–"], ["rate 0.2, input 0"], ["rate 0.2, input 0.1"],
    ]  # fmt: skip
    assert found.common["dropout"] == {"scaling": "inverted"}


def test_what_the_grid_varies_within_such_a_part_is_left_to_the_grid(study):
    plan = {**study.plans[1], "grid": {"batch_norm.eps": [1e-5, 1e-3]}}
    plan["cells"][-1]["settings"]["batch_norm"] = {"momentum": 0.2, "eps": 1e-3}
    assert settings(plan).variants[1] == ("Batch normalization", ["momentum 0.1"])


def test_the_grid_is_an_axis_not_a_difference(study):
    found = settings(study.plans[1])
    assert found.axes == {"model.init.std": "1, 0.1, 0.01"}
    assert found.common["model"]["init.name"] == "normal"
    assert "init.std" not in found.common["model"]


def test_searched_hyperparameters_are_called_searched(study):
    found = settings(study.plans[2])
    assert found.varying == ["penalty.l2", "train.optimizer.lr", "search"]
    assert found.variants[1] == ("Searched", ["searched", "searched", "random, 100 trials"])


def test_what_all_variants_search_is_told_once(study):
    plan = study.plans[2]
    plan["cells"] = plan["cells"][1:]
    plan["variants"] = {"searched": {"label": "Searched"}}
    found = settings(plan)
    assert found.searched == ["penalty.l2", "train.optimizer.lr"]
    assert found.varying == []


def test_what_is_off_everywhere_is_listed_without_its_shape(study):
    idle = {"l1": 0.0, "l1_method": "subgradient", "l2": 0.0, "lp": 0.0, "smoothing": 0.001}
    for cell in study.plans[0]["cells"]:
        cell["settings"] = changed(SETTINGS, penalty=idle, data__standardize="none")
    found = settings(study.plans[0])
    assert found.off == ["data.standardize", "penalty.l1", "penalty.l2", "penalty.lp"]
    assert "penalty" not in found.common


def test_a_grid_of_widths_is_not_said_to_share_the_first(study):
    plan = study.plans[0]
    plan["grid"] = {"model.width": [10, 100]}
    for cell, width in zip(plan["cells"], (10, 100), strict=True):
        cell["settings"] = changed(SETTINGS, model__hidden=[width] * 6)
        cell["at"] = {"model.width": width}
    found = settings(plan)
    assert "hidden" not in found.common["model"]
    assert found.axes == {"model.width": "10, 100"}


def test_widths_that_dropout_widens_along_its_axis_are_all_named():
    def cell(variant, rate, width):
        given = {"model": {"hidden": [width, width]}, "dropout": {"rate": rate} if rate else None}
        return {"variant": variant, "at": {"dropout.rate": rate}, "settings": given}

    plan = {
        "variants": {"plain": {"label": "Plain"}, "wide": {"label": "Wide"}},
        "grid": {"dropout.rate": [0.0, 0.2]},
        "cells": [cell("plain", 0.0, 8), cell("plain", 0.2, 8), cell("wide", 0.0, 8),
                  cell("wide", 0.2, 10)],
        "searches": {},
    }  # fmt: skip
    found = settings(plan)
    assert found.varying == ["model.hidden"]
    assert found.variants == [("Plain", ["2 × 8"]), ("Wide", ["2 × 8, 2 × 10"])]

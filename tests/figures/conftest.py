from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

from tests.figures.synthetic import experiment, figure, search, wide_search

LEVELS = {
    "baseline": (1.0, 0.74),
    "l2": (0.93, 0.745),
    "dropout": (0.97, 0.77),
    "batch_norm": (1.0, 0.78),
    "searched": (0.88, 0.80),
}
LABELS = {
    "baseline": "Baseline",
    "l2": "L2 0.1",
    "dropout": "Dropout 0.2",
    "batch_norm": "Batch normalization",
    "searched": "Random search over learning rate and L2",
}
STDS = [float(std) for std in np.logspace(0, -4, 16)]


class Case(NamedTuple):
    plan: dict[str, Any]
    figure: dict[str, Any]
    results: Path


def regularizers(results: Path, count: int = 5, **options: Any) -> dict[str, Any]:
    labels = dict(list(LABELS.items())[:count])
    return experiment(results, labels, lambda variant, _: LEVELS[variant], **options)


def batch_norm(results: Path, stds: list[float], **options: Any) -> dict[str, Any]:
    return experiment(
        results,
        {"plain": "Without batch normalization", "bn": "With batch normalization"},
        lambda variant, at: (
            1.0 if variant == "bn" or 0.03 < at["model.init.std"] < 0.5 else 0.11,
            0.1,
        ),
        grid={"model.init.std": stds},
        epochs=20,
        **options,
    )


@pytest.fixture
def learning_curves(tmp_path) -> Case:
    return Case(regularizers(tmp_path), figure("learning_curves"), tmp_path)


@pytest.fixture
def weight_scale_panel(tmp_path) -> Case:
    options = {"axis": "model.init.std"}
    return Case(batch_norm(tmp_path, STDS), figure("weight_scale_panel", **options), tmp_path)


@pytest.fixture
def best_trials(tmp_path) -> Case:
    plan = regularizers(tmp_path, seeds=2, points=4)
    search(tmp_path, plan, "searched")
    return Case(plan, figure("best_trials", variant="searched", count=20), tmp_path)


@pytest.fixture
def comparison(tmp_path) -> Case:
    metrics = ["train_accuracy", "test_accuracy", "gap", "updates_to_90"]
    plan = regularizers(tmp_path, diverged={"l2": [0, 3], "batch_norm": range(10)})
    return Case(plan, figure("comparison", metrics=metrics, baseline="baseline"), tmp_path)


@pytest.fixture
def smoke(tmp_path) -> Case:
    """As small as results get: two seeds, five evaluations, and curves on top of each other."""
    labels = {"baseline": "Baseline", "l2": "L2 0.1"}
    plan = experiment(tmp_path, labels, lambda *_: (0.12, 0.115), seeds=2, epochs=3, points=4)
    return Case(plan, figure("learning_curves"), tmp_path)


def searched_plan(results: Path, *methods: str, **options: Any) -> dict[str, Any]:
    labels = {"baseline": "Baseline", **{m: f"Searched by {m}" for m in methods}}
    plan = experiment(results, labels, lambda *_: (0.9, 0.8), seeds=2, points=4)
    for method in methods:
        wide_search(results, plan, method, method=method, **options)
    return plan


@pytest.fixture
def anytime(tmp_path) -> Case:
    plan = searched_plan(tmp_path, "random", "tpe", "gp", "hyperband")
    return Case(plan, figure("anytime", variants=[], against="trials"), tmp_path)


@pytest.fixture
def search_efficiency(tmp_path) -> Case:
    plan = searched_plan(tmp_path, "random")
    return Case(plan, figure("search_efficiency", variant="random"), tmp_path)


@pytest.fixture
def search_space(tmp_path) -> Case:
    return Case(searched_plan(tmp_path, "tpe"), figure("search_space", variant="tpe"), tmp_path)


@pytest.fixture
def search_space_of_pairs(tmp_path) -> Case:
    plan = searched_plan(tmp_path, "tpe", keys=4)
    return Case(plan, figure("search_space", variant="tpe"), tmp_path)


@pytest.fixture
def importance(tmp_path) -> Case:
    return Case(searched_plan(tmp_path, "tpe"), figure("importance", variant="tpe"), tmp_path)


@pytest.fixture
def parallel_coordinates(tmp_path) -> Case:
    plan = searched_plan(tmp_path, "tpe")
    return Case(plan, figure("parallel_coordinates", variant="tpe"), tmp_path)


@pytest.fixture(
    params=[
        "learning_curves",
        "weight_scale_panel",
        "best_trials",
        "comparison",
        "smoke",
        "anytime",
        "search_efficiency",
        "search_space",
        "search_space_of_pairs",
        "importance",
        "parallel_coordinates",
    ]
)
def case(request) -> Case:
    return request.getfixturevalue(request.param)

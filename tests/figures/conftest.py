from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from matplotlib.figure import Figure

from overfit import figures
from overfit.config.experiment import Experiment
from overfit.notebook.experiments import run
from overfit.results import Results
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


DRAWN: dict[str, Figure] = {}


class Case(NamedTuple):
    experiment: Experiment
    figure: Any
    results: Results

    def drawn(self) -> Figure:
        """The figure. Tests that only look at it share it, as drawing takes half a second."""
        name = f"{self.results.root}: {self.figure!r}"
        if name not in DRAWN:
            DRAWN[name] = figures.draw(*self)
        return DRAWN[name]


class Real(NamedTuple):
    """An experiment that was run."""

    experiment: Experiment
    results: Results

    def case(self, name: str, **options: Any) -> Case:
        """One of its figures, with other options."""
        (shown,) = (figure for figure in self.experiment.figures if figure.key == name)
        return Case(self.experiment, shown.model_copy(update=options), self.results)


def regularizers(folder: Path, count: int = 5, **options: Any) -> Experiment:
    labels = dict(list(LABELS.items())[:count])
    return experiment(folder, labels, lambda variant, _: LEVELS[variant], **options)


def batch_norm(folder: Path, stds: list[float], **options: Any) -> Experiment:
    return experiment(
        folder,
        {"plain": "Without batch normalization", "bn": "With batch normalization"},
        lambda variant, at: (
            1.0 if variant == "bn" or 0.03 < at["model.init.std"] < 0.5 else 0.11,
            0.1,
        ),
        grid={"model.init.std": stds},
        epochs=20,
        **options,
    )


@pytest.fixture(scope="session")
def learning_curves(tmp_path_factory) -> Case:
    folder = tmp_path_factory.mktemp("results")
    return Case(regularizers(folder), figure("learning_curves"), Results(folder))


@pytest.fixture(scope="session")
def weight_scale_panel(tmp_path_factory) -> Case:
    folder = tmp_path_factory.mktemp("results")
    options = {"axis": "model.init.std"}
    return Case(batch_norm(folder, STDS), figure("weight_scale_panel", **options), Results(folder))


@pytest.fixture(scope="session")
def best_trials(tmp_path_factory) -> Case:
    folder = tmp_path_factory.mktemp("results")
    example = regularizers(folder, seeds=2, points=4)
    example = search(folder, example, "searched")
    return Case(example, figure("best_trials", variant="searched", count=20), Results(folder))


@pytest.fixture(scope="session")
def comparison(tmp_path_factory) -> Case:
    folder = tmp_path_factory.mktemp("results")
    metrics = ["train_accuracy", "test_accuracy", "gap", "updates_to_90"]
    example = regularizers(folder, diverged={"l2": [0, 3], "batch_norm": range(10)})
    return Case(
        example, figure("comparison", metrics=metrics, baseline="baseline"), Results(folder)
    )


@pytest.fixture(scope="session")
def smoke(tmp_path_factory) -> Case:
    """As small as results get: two seeds, five evaluations, and curves on top of each other."""
    folder = tmp_path_factory.mktemp("results")
    labels = {"baseline": "Baseline", "l2": "L2 0.1"}
    example = experiment(folder, labels, lambda *_: (0.12, 0.115), seeds=2, epochs=3, points=4)
    return Case(example, figure("learning_curves"), Results(folder))


def searched_plan(folder: Path, *methods: str, **options: Any) -> Experiment:
    labels = {"baseline": "Baseline", **{m: f"Searched by {m}" for m in methods}}
    example = experiment(folder, labels, lambda *_: (0.9, 0.8), seeds=2, points=4)
    for method in methods:
        example = wide_search(folder, example, method, method=method, **options)
    return example


@pytest.fixture(scope="session")
def anytime(tmp_path_factory) -> Case:
    folder = tmp_path_factory.mktemp("results")
    example = searched_plan(folder, "random", "tpe", "gp", "hyperband")
    return Case(example, figure("anytime"), Results(folder))


@pytest.fixture(scope="session")
def search_efficiency(tmp_path_factory) -> Case:
    folder = tmp_path_factory.mktemp("results")
    example = searched_plan(folder, "random")
    return Case(example, figure("search_efficiency", variant="random"), Results(folder))


@pytest.fixture(scope="session")
def search_space(tmp_path_factory) -> Case:
    folder = tmp_path_factory.mktemp("results")
    return Case(
        searched_plan(folder, "tpe"), figure("search_space", variant="tpe"), Results(folder)
    )


@pytest.fixture(scope="session")
def search_space_of_pairs(tmp_path_factory) -> Case:
    folder = tmp_path_factory.mktemp("results")
    example = searched_plan(folder, "tpe", keys=4)
    return Case(example, figure("search_space", variant="tpe"), Results(folder))


@pytest.fixture(scope="session")
def importance(tmp_path_factory) -> Case:
    folder = tmp_path_factory.mktemp("results")
    return Case(searched_plan(folder, "tpe"), figure("importance", variant="tpe"), Results(folder))


@pytest.fixture(scope="session")
def parallel_coordinates(tmp_path_factory) -> Case:
    folder = tmp_path_factory.mktemp("results")
    example = searched_plan(folder, "tpe")
    return Case(example, figure("parallel_coordinates", variant="tpe"), Results(folder))


ON_A_GRID = """
title: Small
question: Can figures on a grid be drawn?
base:
  data: {dataset: mnist-5k, train: 60, validation: 40}
  model: {hidden: [16, 16], activation: relu, init: he}
  train: {optimizer: {name: sgd, lr: 0.1}, batch_size: 20, epochs: 5}
  evaluation: {points: 4}
variants:
  plain: {label: Plain}
  norm: {label: With batch normalization, batch_norm: true}
  dropout: {label: Dropout 0.3, dropout: {rate: 0.3}}
grid:
  train.optimizer.lr: [0.01, 0.1, 1.0, 1000.0]
  penalty.l2: [0, 0.01]
seeds: 4
figures:
  - kind: metric_by_axis
    name: by_rate
    axis: train.optimizer.lr
    metrics: [test_accuracy, updates_to_90, diverged]
    at: {penalty.l2: 0}
  - kind: metric_by_axis
    name: by_penalty
    axis: penalty.l2
    metrics: [train_accuracy, gap]
    panels: train.optimizer.lr
    relative_to: plain
  - kind: metric_by_axis
    name: lines
    axis: train.optimizer.lr
    metrics: [test_loss]
    lines: penalty.l2
    variants: [plain, norm]
  - {kind: heatmap, x: train.optimizer.lr, y: penalty.l2, metrics: [gap]}
  - kind: heatmap
    name: differences
    x: train.optimizer.lr
    y: penalty.l2
    metrics: [test_accuracy, train_accuracy]
    variants: [plain, norm]
    relative_to: plain
  - kind: paired_differences
    metrics: [test_accuracy, gap]
    baseline: plain
    margins: {gap: 0.02}
    order: estimate
    over: [train.optimizer.lr]
    at: {penalty.l2: 0}
  - kind: trade_off
    x: train_accuracy
    y: test_accuracy
    axis: train.optimizer.lr
    over: [penalty.l2]
  - kind: interaction
    metrics: [test_accuracy, gap]
    axis: train.optimizer.lr
    at: {penalty.l2: 0}
  - kind: paired_differences
    name: paired_at_best
    metrics: [test_accuracy]
    baseline: plain
    at: {train.optimizer.lr: {highest: validation_accuracy}, penalty.l2: 0}
  - kind: metric_by_axis
    name: by_penalty_at_best
    axis: penalty.l2
    metrics: [test_accuracy]
    at: {train.optimizer.lr: {lowest: validation_loss}}
  - kind: interaction
    name: interaction_at_best
    metrics: [test_accuracy]
    axis: penalty.l2
    variants: [plain, norm]
    at: {train.optimizer.lr: {highest: validation_accuracy}}
  - kind: learning_curves
    name: curves_at
    at: {train.optimizer.lr: 0.1, penalty.l2: 0}
    gap: true
"""
PROBED = """
title: Small
question: Can figures of probes be drawn?
base:
  data: {dataset: mnist-5k, train: 60, validation: 40}
  model: {hidden: [16, 16], activation: relu, init: he}
  train: {optimizer: {name: sgd, lr: 0.1}, batch_size: 20, epochs: 5}
  evaluation: {points: 4}
probes: [weights, activations, gradients, effective_lr]
keep: [predictions]
variants:
  baseline: {label: Baseline}
  l2: {label: L2 0.1, penalty: {l2: 0.1}}
  tanh: {label: Tanh, model: {activation: tanh}}
  wild: {label: A learning rate far too large, train: {optimizer: {lr: 1000.0}}}
seeds: 6
figures:
  - {kind: trade_off, name: points, x: train_accuracy, y: gap}
  - kind: interaction
    name: groups
    metrics: [test_accuracy, test_loss]
    levels: [Before, After]
    groups: {One: [baseline, l2], Two: [tanh, wild]}
  - kind: one_at_a_time
    metrics: [test_accuracy, test_loss]
    baseline: baseline
    factors:
      L2: {"0": baseline, "0.1": l2}
      Activation: {relu: baseline, hyperbolic tangent: tanh}
      Learning rate: {"0.01": baseline, "1000": wild}
  - {kind: probe_curves, quantity: gradient_norm, variants: [baseline, l2, wild]}
  - {kind: weight_distribution, variants: [baseline, l2, tanh]}
  - {kind: weight_distribution, name: fans, variants: [baseline, l2], over: training}
  - {kind: activation_histograms, variants: [baseline, tanh]}
  - {kind: ensemble, variants: [baseline, l2], subsets: 20}
  - {kind: digits, variants: [baseline, tanh]}
  - kind: learning_curves
    name: losses
    quantity: loss
    splits: [train, validation, test]
"""
REAL = {
    "on_a_grid": [
        "by_rate", "by_penalty", "lines", "heatmap", "differences", "paired_differences",
        "trade_off", "interaction", "paired_at_best", "by_penalty_at_best", "interaction_at_best",
        "curves_at",
    ],
    "probed": [
        "points", "groups", "one_at_a_time", "probe_curves", "weight_distribution", "fans",
        "activation_histograms", "ensemble", "digits", "losses",
    ],
}  # fmt: skip


def trained(repository: Path, folder: Path, text: str) -> Real:
    """A small experiment, really run."""
    file = folder / "small.yaml"
    file.write_text(text, encoding="utf-8")
    outcome = run(file, folder=folder, project=repository)
    return Real(outcome.experiment, Results(folder / "results"))


@pytest.fixture(scope="session")
def on_a_grid(repository, tmp_path_factory) -> Real:
    return trained(repository, tmp_path_factory.mktemp("on_a_grid"), ON_A_GRID)


@pytest.fixture(scope="session")
def probed(repository, tmp_path_factory) -> Real:
    return trained(repository, tmp_path_factory.mktemp("probed"), PROBED)


SEARCHED = [
    "anytime",
    "search_efficiency",
    "search_space",
    "search_space_of_pairs",
    "importance",
    "parallel_coordinates",
]
SYNTHETIC = [
    *("learning_curves", "weight_scale_panel", "best_trials", "comparison", "smoke"),
    *SEARCHED,
]
ONE_OF_A_KIND = [
    "on_a_grid: by_rate",
    "on_a_grid: heatmap",
    "on_a_grid: paired_differences",
    "on_a_grid: trade_off",
    "on_a_grid: interaction",
    "probed: probe_curves",
    "probed: fans",
    "probed: activation_histograms",
    "probed: ensemble",
    "probed: digits",
    "probed: one_at_a_time",
]


KEPT: dict[str, Case] = {}
"""Every case that was made. Drawing takes seconds, so tests that change nothing share them."""


def made(request) -> Case:
    experiment, _, name = request.param.partition(": ")
    if request.param not in KEPT:
        found = request.getfixturevalue(experiment)
        KEPT[request.param] = found.case(name) if name else found
    return KEPT[request.param]


def grouped(names: list[str]) -> list[Any]:
    """As parameters; those of one experiment go to one worker."""
    groups = {name: name.partition(": ")[0] for name in names} | dict.fromkeys(SEARCHED, "searches")
    return [pytest.param(name, marks=pytest.mark.xdist_group(groups[name])) for name in names]


@pytest.fixture(
    params=grouped(
        SYNTHETIC + [f"{real}: {name}" for real, names in REAL.items() for name in names]
    )
)
def case(request) -> Case:
    return made(request)


@pytest.fixture(params=grouped(SYNTHETIC + ONE_OF_A_KIND))
def one_of_a_kind(request) -> Case:
    return made(request)

"""Results as the workflow writes them, with curves that look like training."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml

from overfit.config.blocks import block_range
from overfit.config.experiment import Experiment
from overfit.config.specs import SearchSpec
from overfit.config.study import load_study
from overfit.figures.found import KINDS
from overfit.metrics.histories import read_histories
from overfit.metrics.measuring import metrics
from overfit.metrics.tables import write_metrics
from overfit.results import Results

SPLITS = ("train", "validation", "test")
Level = Callable[[str, Mapping[str, Any]], tuple[float, float]]
"""The accuracies (train, test) that a cell ends at."""


def evaluation_epochs(epochs: int, points: int) -> np.ndarray:
    """Epochs at 3 updates each, spread quadratically."""
    updates = np.unique(np.round(3 * epochs * (np.arange(points + 1) / points) ** 2).astype(int))
    return updates / 3


def history(
    seeds: Sequence[int],
    levels: tuple[float, float],
    *,
    epochs: int,
    points: int = 40,
    stream: int = 0,
    diverged: Sequence[int] = (),
) -> pd.DataFrame:
    """The history of a run; seeds in `diverged` are NaN from the middle on."""
    rng = np.random.default_rng(stream)
    epoch = evaluation_epochs(epochs, points)
    count = len(epoch)
    losses, accuracies = [], []
    for seed in seeds:
        speed = epochs / 8 * rng.uniform(0.7, 1.4)
        shift = rng.normal(0, 0.012)
        for split, level in zip(SPLITS, (*levels, levels[1]), strict=True):
            noise = rng.normal(0, 0.004, count).cumsum() * np.exp(-epoch / epochs)
            curve = 0.1 + (level - 0.1) * (1 - np.exp(-epoch / speed))
            loss = 2.3 * (1.05 - curve)
            accuracy = np.clip(curve + noise + shift * (split != "train"), 0, 1)
            if seed in diverged:
                loss[count // 2 :] = accuracy[count // 2 :] = np.nan
            losses.append(loss)
            accuracies.append(accuracy)
    of_all = len(SPLITS) * len(seeds)
    return pd.DataFrame(
        {
            "run": "r",
            "seed": np.repeat(np.array(seeds), len(SPLITS) * count),
            "update": np.tile(np.round(3 * epoch).astype(int), of_all),
            "epoch": np.tile(epoch, of_all),
            "split": np.tile(np.repeat(np.array(SPLITS, dtype=object), count), len(seeds)),
            "loss": np.concatenate(losses),
            "accuracy": np.concatenate(accuracies),
            "diverged": np.repeat([seed in diverged for seed in seeds], len(SPLITS) * count),
        }
    )


CONFIG = {
    "experiments": "all",
    "seeds_per_job": 1000,
    "defaults": {
        "data": {"dataset": "mnist-5k", "train": 60, "validation": 40},
        "model": {"hidden": [16], "activation": "relu", "init": "he"},
        "train": {"optimizer": {"name": "sgd", "lr": 0.1}, "batch_size": 20, "epochs": 5},
        "evaluation": {"points": 4},
    },
}
DATASETS = Path(__file__).parents[2] / "config/datasets.yaml"


def figure(kind: str, **options: Any) -> Any:
    """A figure as an experiment asks for it."""
    return KINDS[kind].model_validate({"kind": kind, **options})


def experiment(
    folder: Path,
    labels: Mapping[str, str],
    level: Level,
    *,
    grid: Mapping[str, Sequence[Any]] | None = None,
    seeds: int = 10,
    epochs: int = 201,
    points: int = 40,
    diverged: Mapping[str, Sequence[int]] | None = None,
) -> Experiment:
    """An experiment whose results are in `folder`, without being trained."""
    project, results = folder / "project", Results(folder)
    (project / "config/experiments").mkdir(parents=True)
    shutil.copy(DATASETS, project / "config")
    asked = {
        "title": "Example",
        "question": "What is drawn?",
        "variants": {
            variant: {"label": label, "penalty": {"l1": number / 1000}}
            for number, (variant, label) in enumerate(labels.items())
        },
        "grid": {axis: list(values) for axis, values in (grid or {}).items()},
        "seeds": seeds,
    }
    (project / "config/experiments/example.yaml").write_text(yaml.safe_dump(asked, sort_keys=False))
    example = load_study(CONFIG, root=project).experiments["example"]
    for number, cell in enumerate(example.cells):
        (block,) = example.blocks[cell.run.id]
        path = results.history(cell.run.id, block)
        path.parent.mkdir(parents=True)
        frame = history(
            range(seeds),
            level(cell.variant, cell.at),
            epochs=epochs,
            points=points,
            stream=number,
            diverged=(diverged or {}).get(cell.variant, ()),
        )
        frame.assign(run=cell.run.id).to_parquet(path)
    histories = read_histories(example, results)
    write_metrics(metrics(histories), results.experiment("example").metrics)
    return example


def searched(
    experiment: Experiment, variant: str, space: Mapping[str, Any], **options: Any
) -> Experiment:
    """The experiment with a search behind a variant."""
    found = {
        "root_seed": 0,
        "settings": experiment.cells[0].run.settings,
        "space": space,
        "objective": {"maximize": "validation_accuracy"},
        **options,
    }
    search = SearchSpec.model_validate(found)
    return replace(experiment, searches={**experiment.searches, variant: search}, trials_per_job=50)


def write_trials(folder: Path, search: SearchSpec, trials: pd.DataFrame) -> None:
    """Write all trials of a search; `number` counts those of all repeats."""
    for block in search.blocks(50):
        path = Results(folder).trials(search.id, search.method, block)
        path.parent.mkdir(parents=True, exist_ok=True)
        rows = trials[trials["number"].isin(block_range(block))]
        rows.drop(columns="number").rename(columns={"run": "search"}).to_parquet(path)


def together(frames: Sequence[pd.DataFrame], told: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Tables below each other, each with more columns that are the same in all of its rows."""
    rows = np.repeat(np.arange(len(told)), [len(frame) for frame in frames])
    more = pd.DataFrame(told).take(rows).reset_index(drop=True)
    return pd.concat([pd.concat(frames, ignore_index=True), more], axis=1)


def search(
    folder: Path, experiment: Experiment, variant: str, *, trials: int = 100, epochs: int = 50
) -> Experiment:
    """Write the trials of a random search over two keys; the experiment with this search."""
    rng = np.random.default_rng(5)
    space = {
        "train.optimizer.lr": {"log_uniform": [1e-6, 1e-2]},
        "penalty.l2": {"log_uniform": [1e-8, 1e-4]},
    }
    frames, told = [], []
    for trial in range(trials):
        lr = 10 ** rng.uniform(-6, -2)
        l2 = 10 ** rng.uniform(-8, -4)
        end = 0.1 + 0.75 * np.clip((np.log10(lr) + 4) / 2, 0, 1)
        ends = (min(1.0, end + 0.1), end)
        frames.append(history([1000], ends, epochs=epochs, stream=100 + trial))
        numbers = {"trial": trial, "number": trial, "repeat": 0, "round": 0, "budget": 1.0}
        told.append({**numbers, "failed": None, "train.optimizer.lr": lr, "penalty.l2": l2})
    found = searched(experiment, variant, space, method="random", trials=trials)
    write_trials(folder, found.searches[variant], together(frames, told))
    return found


WIDE_SPACE: dict[str, dict[str, Any]] = {
    "train.optimizer.lr": {"log_uniform": [1e-6, 1e-2]},
    "model.width": {"log_int": [20, 150]},
    "model.depth": {"int": [1, 6]},
    "train.optimizer.name": {"choice": ["sgd", "momentum", "adam"]},
    "train.optimizer.momentum": {
        "uniform": [0.0, 0.9],
        "when": {"train.optimizer.name": "momentum"},
    },
    "batch_norm": {"choice": [True, None]},
}


def wide_search(
    folder: Path,
    experiment: Experiment,
    variant: str,
    *,
    method: str = "random",
    trials: int = 40,
    repeats: int = 3,
    keys: int = 6,
) -> Experiment:
    """Write a search over every kind of dimension, with repeats; the experiment with it."""
    rng = np.random.default_rng([7, len(experiment.searches)])
    space = dict(list(WIDE_SPACE.items())[:keys])
    frames, told = [], []
    for repeat, trial in itertools.product(range(repeats), range(trials)):
        name = rng.choice(["sgd", "momentum", "adam"])
        values = {
            "train.optimizer.lr": 10 ** rng.uniform(-6, -2),
            "model.width": int(np.exp(rng.uniform(np.log(20), np.log(150)))),
            "model.depth": int(rng.integers(1, 7)),
            "train.optimizer.name": name,
            "train.optimizer.momentum": rng.uniform(0, 0.9) if name == "momentum" else np.nan,
            "batch_norm": rng.choice(["true", "null"]),
        }
        end = 0.1 + 0.75 * np.clip((np.log10(values["train.optimizer.lr"]) + 6) / 4, 0, 1)
        end += rng.normal(0, 0.02)
        budget = 1 / 3 if method == "hyperband" and trial % 4 else 1.0
        frame = history(
            [1000 + repeat],
            (min(1.0, end + 0.1), end),
            epochs=int(30 * budget),
            points=5,
            stream=1000 * repeat + trial,
            diverged=[1000 + repeat] if trial == 5 else (),
        )
        numbers = {
            "repeat": repeat,
            "round": trial // 8,
            "trial": trial,
            "budget": budget,
            "failed": None,
        }
        numbers["number"] = repeat * trials + trial
        frames.append(frame)
        told.append(numbers | {key: values[key] for key in space})
    found = searched(experiment, variant, space, method=method, trials=trials, repeats=repeats)
    write_trials(folder, found.searches[variant], together(frames, told))
    return found

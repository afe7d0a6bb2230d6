"""Results as the workflow writes them, with curves that look like training."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from overfit.metrics import analysis

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
    frames = []
    for seed in seeds:
        speed = epochs / 8 * rng.uniform(0.7, 1.4)
        shift = rng.normal(0, 0.012)
        for split, level in zip(("train", "validation", "test"), (*levels, levels[1]), strict=True):
            noise = rng.normal(0, 0.004, len(epoch)).cumsum() * np.exp(-epoch / epochs)
            curve = 0.1 + (level - 0.1) * (1 - np.exp(-epoch / speed))
            frame = pd.DataFrame(
                {
                    "run": "r",
                    "seed": seed,
                    "update": np.round(3 * epoch).astype(int),
                    "epoch": epoch,
                    "split": split,
                    "loss": 2.3 * (1.05 - curve),
                    "accuracy": np.clip(curve + noise + shift * (split != "train"), 0, 1),
                    "diverged": seed in diverged,
                }
            )
            if seed in diverged:
                frame.loc[len(epoch) // 2 :, ["loss", "accuracy"]] = np.nan
            frames.append(frame)
    return pd.concat(frames, ignore_index=True)


def experiment(
    results: Path,
    labels: Mapping[str, str],
    level: Level,
    *,
    grid: Mapping[str, Sequence[Any]] | None = None,
    seeds: int = 10,
    epochs: int = 201,
    points: int = 40,
    diverged: Mapping[str, Sequence[int]] | None = None,
) -> dict[str, Any]:
    """Write the runs and metrics of an experiment; give its plan."""
    grid = dict(grid or {})
    places: list[dict[str, Any]] = [{}]
    for axis, values in grid.items():
        places = [{**place, axis: value} for place in places for value in values]
    cells = []
    for variant in labels:
        for i, place in enumerate(places):
            run = f"{variant}-{i}"
            frame = history(
                range(seeds),
                level(variant, place),
                epochs=epochs,
                points=points,
                stream=len(cells),
                diverged=(diverged or {}).get(variant, ()),
            )
            path = results / "runs" / run / f"0000-{seeds - 1:04d}.parquet"
            path.parent.mkdir(parents=True)
            frame.assign(run=run).to_parquet(path)
            cells.append({"variant": variant, "at": place, "run": run, "settings": {}})
    plan = {
        "experiment": "example",
        "title": "Example",
        "variants": {name: {"label": label} for name, label in labels.items()},
        "grid": grid,
        "seeds": seeds,
        "blocks": {cell["run"]: [f"0000-{seeds - 1:04d}"] for cell in cells},
        "cells": cells,
        "searches": {},
        "figures": [],
        "claims": [],
    }
    analysis.write_metrics(
        analysis.metrics(analysis.read_histories(plan, results)),
        results / "experiments" / "example" / "metrics.csv",
    )
    return plan


def search(
    results: Path, plan: dict[str, Any], variant: str, *, trials: int = 100, epochs: int = 50
) -> None:
    """Write the trials of a search in two blocks and add the search to the plan."""
    rng = np.random.default_rng(5)
    half = trials // 2
    blocks = {
        f"0000-{half - 1:04d}": range(half),
        f"{half:04d}-{trials - 1:04d}": range(half, trials),
    }
    for block, numbers in blocks.items():
        frames = []
        for trial in numbers:
            lr = 10 ** rng.uniform(-6, -2)
            l2 = 10 ** rng.uniform(-8, -4)
            end = 0.1 + 0.75 * np.clip((np.log10(lr) + 4) / 2, 0, 1)
            frame = history([1000], (min(1.0, end + 0.1), end), epochs=epochs, stream=100 + trial)
            frame.insert(1, "trial", trial)
            frame = frame.assign(repeat=0, round=0, budget=1.0)
            frames.append(frame.assign(**{"train.optimizer.lr": lr, "penalty.l2": l2}))
        path = results / "searches" / "s" / "random" / f"{block}.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        pd.concat(frames).rename(columns={"run": "search"}).to_parquet(path)
    plan["searches"][variant] = {
        "search": "s",
        "method": "random",
        "trials": trials,
        "repeats": 1,
        "networks": trials,
        "points": None,
        "blocks": list(blocks),
        "space": {
            "train.optimizer.lr": {"log_uniform": [1e-6, 1e-2]},
            "penalty.l2": {"log_uniform": [1e-8, 1e-4]},
        },
        "objective": {"maximize": "validation_accuracy"},
    }


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
    results: Path,
    plan: dict[str, Any],
    variant: str,
    *,
    method: str = "random",
    trials: int = 40,
    repeats: int = 3,
    keys: int = 6,
) -> None:
    """Write a search over every kind of dimension, with repeats, and add it to the plan."""
    rng = np.random.default_rng([7, len(plan["searches"])])
    space = dict(list(WIDE_SPACE.items())[:keys])
    blocks = []
    for repeat in range(repeats):
        frames = []
        for trial in range(trials):
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
            numbers = {"repeat": repeat, "round": trial // 8, "trial": trial, "budget": budget}
            frames.append(frame.assign(**numbers, **{key: values[key] for key in space}))
        block = f"{repeat * trials:04d}-{(repeat + 1) * trials - 1:04d}"
        blocks.append(block)
        path = results / "searches" / "wide" / method / f"{block}.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        pd.concat(frames).rename(columns={"run": "search"}).to_parquet(path)
    plan["searches"][variant] = {
        "search": "wide",
        "method": method,
        "trials": trials,
        "repeats": repeats,
        "networks": repeats * trials,
        "points": None,
        "blocks": blocks,
        "space": space,
        "objective": {"maximize": "validation_accuracy"},
    }


def figure(kind: str, **options: Any) -> dict[str, Any]:
    """A figure of a plan."""
    return {"kind": kind, "name": kind, "caption": "", "options": options}

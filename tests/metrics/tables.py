"""Small tables of histories and of metrics."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any

import pandas as pd

from overfit.config.experiment import Experiment, Trained


def history(
    variant: str,
    seed: int,
    train: Sequence[float],
    test: Sequence[float],
    *,
    updates: Sequence[int] | None = None,
    diverged: bool = False,
    **grid: Any,
) -> pd.DataFrame:
    """The history of one seed; an update every 10, validation one percent below test."""
    at = list(updates or range(0, 10 * len(train), 10))
    frames = []
    for split, curve in (
        ("train", train),
        ("validation", [value - 0.01 for value in test]),
        ("test", test),
    ):
        frame = {
            "experiment": "e",
            "variant": variant,
            **{key.replace("__", "."): value for key, value in grid.items()},
            "run": "r",
            "seed": seed,
            "update": at,
            "epoch": [update / 10 for update in at],
            "split": split,
            "loss": [1 - value for value in curve],
            "accuracy": list(curve),
            "diverged": diverged,
        }
        frames.append(pd.DataFrame(frame))
    return pd.concat(frames, ignore_index=True)


def metric_table(
    values: Mapping[str, Sequence[float]], metric: str = "gap", seeds: Sequence[int] | None = None
) -> pd.DataFrame:
    """Metrics of variants without a grid; a NaN is a diverged seed."""
    rows = [
        {
            "experiment": "e",
            "variant": variant,
            "seed": seed,
            "metric": metric,
            "value": value,
            "straight": float("nan"),
            "diverged": pd.isna(value),
            "censored": False,
            "edge": "",
        }
        for variant, sample in values.items()
        for seed, value in zip(seeds or range(len(sample)), sample, strict=True)
    ]
    return pd.DataFrame(rows)


def experiment(
    cells: Sequence[tuple[str, dict[str, Any], str]], *, seeds: int = 1, **more: Any
) -> Experiment:
    """An experiment of cells `(variant, point, id of the run)`."""
    words = dict.fromkeys(("title", "question", "cites", "text", "topic"), "")
    settings = {"name": "e", "sources": {}, "changes": {}, "labels": {}, "grid": {}}
    return Experiment(
        **{**words, **settings, "trials_per_job": 1, "searches": {}, **more},
        seeds=seeds,
        cells=tuple(
            Trained(variant, at, SimpleNamespace(id=run, to_yaml=lambda: ""), points=40)
            for variant, at, run in cells
        ),
    )

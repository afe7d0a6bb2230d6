"""A small study, as the workflow would leave it: plans, tables, figures, a search."""

from __future__ import annotations

import csv
import json
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from overfit.report.page import render

SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="640" height="320" viewBox="0 0 640 320">'
    '<path d="M40 280C200 40 400 60 600 50" fill="none" stroke="#0072b2" stroke-width="3"/></svg>'
)
SETTINGS: dict[str, Any] = {
    "data": {"dataset": "mnist-5k", "train": 300, "validation": 500},
    "model": {"hidden": [100] * 6, "activation": "relu", "init": {"name": "he"}},
    "batch_norm": None,
    "dropout": None,
    "penalty": {"l2": 0.0},
    "train": {"optimizer": {"name": "sgd", "lr": 0.01}, "batch_size": 100, "epochs": 201},
    "evaluation": {"points": 40},
}
ENVIRONMENT = {"kernel": "SkylakeX", "blas": "openblas 0.3.31", "cpu": "AMD EPYC", "numpy": "2.4.0"}
CLAIM = (
    "experiment",
    "claim",
    "says",
    "kind",
    "metric",
    "estimate",
    "ci_low",
    "ci_high",
    "margin",
    "n",
)
SUMMARY_VALUES = ("metric", "n", "mean", "iqm", "ci_low", "ci_high", "min", "max", "diverged")
SUMMARY_VALUES += ("censored",)


def changed(settings: dict[str, Any], **differences: Any) -> dict[str, Any]:
    """A copy of `settings` with dotted keys, written with __ for the dot, replaced."""
    copy = deepcopy(settings)
    for dotted, value in differences.items():
        *path, leaf = dotted.split("__")
        node = copy
        for part in path:
            node = node[part]
        node[leaf] = value
    return copy


def claim(id: str, says: str, metric: str, of: str, minus: str, **more: Any) -> dict[str, Any]:
    test = {"difference": metric, "of": of, "minus": minus, "expect": "below", "margin": 0.02}
    cites = more.pop("cites", "")
    test |= {"at": {}, **more}
    return {"id": id, "says": says, "cites": cites, "kind": "difference", "test": test}


def weight_decay() -> dict[str, Any]:
    return {
        "experiment": "weight_decay",
        "title": "Weight decay",
        "question": "Does an L2 penalty close the gap between training and test accuracy?",
        "cites": "Deep Learning from Scratch, 6.4.2, figures 6-20 and 6-21",
        "topic": "Weight decay",
        "text": "The curves drift apart.\n\nWith the penalty, training never reaches 100 %.",
        "source": "config/experiments/weight_decay.yaml",
        "variants": {"baseline": {"label": "Baseline"}, "l2": {"label": "L2 0.1"}},
        "grid": {},
        "seeds": 10,
        "blocks": {run: ["0000-0009"] for run in ("base-00000001", "l2-00000002")},
        "cells": [
            {"variant": "baseline", "at": {}, "run": "base-00000001", "settings": SETTINGS},
            {
                "variant": "l2",
                "at": {},
                "run": "l2-00000002",
                "settings": changed(SETTINGS, penalty__l2=0.1),
            },
        ],
        "searches": {},
        "reported": [],
        "figures": [
            {"kind": "learning_curves", "name": "learning_curves", "caption": "", "options": {}}
        ],
        "claims": [
            claim("narrows-gap", "Weight decay narrows the gap.", "gap", "l2", "baseline"),
            claim("costs-training", "It costs accuracy on the training images.", "train_accuracy",
                  "l2", "baseline", cites="Figure 6-21"),
            claim("helps-test", "It raises test accuracy.", "test_accuracy", "l2", "baseline",
                  expect="above"),
        ],
    }  # fmt: skip


def batch_norm() -> dict[str, Any]:
    stds = [1.0, 0.1, 0.01]
    normal = changed(SETTINGS, model__init={"name": "normal", "std": 0.0})
    switched = {"plain": None, "bn": {"momentum": 0.1, "eps": 1e-5}}
    return {
        "experiment": "batch_norm",
        "title": "Batch normalization",
        "question": "Does batch normalization make training independent of the initial weights?",
        "cites": "",
        "topic": "Batch normalization",
        "text": "",
        "source": "config/experiments/batch_norm.yaml",
        "variants": {"plain": {"label": "Plain"}, "bn": {"label": "Batch normalization"}},
        "grid": {"model.init.std": stds},
        "seeds": 10,
        "blocks": {f"{variant}-{i:08d}": ["0000-0009"] for variant in switched for i in range(3)},
        "cells": [
            {
                "variant": variant,
                "at": {"model.init.std": std},
                "run": f"{variant}-{i:08d}",
                "settings": changed(normal, model__init__std=std, batch_norm=switch),
            }
            for variant, switch in switched.items()
            for i, std in enumerate(stds)
        ],
        "searches": {},
        "reported": [],
        "figures": [
            {
                "kind": "weight_scale_panel",
                "name": "panel",
                "caption": "Sixteen scales.",
                "options": {"axis": "model.init.std"},
            }
        ],
        "claims": [
            claim("faster", "Training takes fewer updates.", "updates_to_90", "bn", "plain",
                  margin=10, at={"model.init.std": 0.01}),
            claim("less-gap", "It narrows the gap.", "gap", "bn", "plain"),
        ],
    }  # fmt: skip


def searched() -> dict[str, Any]:
    search = {
        "search": "search-00000009",
        "method": "random",
        "trials": 100,
        "repeats": 1,
        "networks": 100,
        "points": None,
        "blocks": ["0000-0049", "0050-0099"],
        "space": {
            "train.optimizer.lr": {"log_uniform": [1e-6, 1e-2]},
            "penalty.l2": {"log_uniform": [1e-8, 1e-4]},
        },
        "objective": {"maximize": "validation_accuracy"},
    }
    return {
        **weight_decay(),
        "experiment": "searched",
        "title": "Random search",
        "question": "What does a random search of 100 trials find?",
        "cites": "Deep Learning from Scratch, 6.5",
        "topic": "Hyperparameter search",
        "source": "config/experiments/searched.yaml",
        "variants": {"baseline": {"label": "Baseline"}, "searched": {"label": "Searched"}},
        "blocks": {run: ["0000-0009"] for run in ("base-00000001", "found-00000003")},
        "cells": [
            {"variant": "baseline", "at": {}, "run": "base-00000001", "settings": SETTINGS},
            {"variant": "searched", "at": {}, "run": "found-00000003", "settings": SETTINGS},
        ],
        "searches": {"searched": search},
        "figures": [
            {
                "kind": "best_trials",
                "name": "best_trials",
                "caption": "",
                "options": {"variant": "searched", "count": 20},
            }
        ],
        "claims": [
            claim("beats-baseline", "The best configuration beats the baseline.", "test_accuracy",
                  "searched", "baseline", expect="above")
        ],
    }  # fmt: skip


VERDICTS = {
    ("weight_decay", "narrows-gap"): (-0.0432, -0.0511, -0.0362, 0.002, "supported"),
    ("weight_decay", "costs-training"): (-0.0171, -0.0301, -0.0044, 0.021, "inconclusive"),
    ("weight_decay", "helps-test"): (-0.0251, -0.0313, -0.0194, 0.0004, "contradicted"),
    ("batch_norm", "faster"): (-120.4, -140.0, -100.0, 0.0001, "supported"),
    ("batch_norm", "less-gap"): (0.001, -0.008, 0.011, 0.81, "negligible"),
    ("searched", "beats-baseline"): (0.005, -0.011, 0.024, 0.52, "inconclusive"),
}


@dataclass
class Study:
    """Arguments of `render`."""

    plans: list[dict[str, Any]]
    results: Path
    provenance: dict[str, Any]
    sources: dict[str, str]

    def html(self) -> str:
        """The page."""
        return render(self.plans, self.results, self.provenance, self.sources)


def write_study(results: Path, figure: str = SVG) -> Study:
    """Write all results of the three experiments below `results`."""
    plans = [weight_decay(), batch_norm(), searched()]
    for plan in plans:
        home = results / "experiments" / plan["experiment"]
        (home / "figures").mkdir(parents=True)
        for drawn in plan["figures"]:
            (home / "figures" / f"{drawn['name']}.svg").write_text(figure)
        (home / "metrics.csv").write_text("experiment\n")
        (home / "claims.csv").write_text("experiment\n")
        write_summary(plan, home / "summary.csv")
        for cell in plan["cells"]:
            write_history(results / "runs" / cell["run"] / "0000-0009.parquet")
    for first in (0, 50):
        block = f"{first:04d}-{first + 49:04d}.parquet"
        write_trials(results / "searches" / "search-00000009" / "random" / block, first)
    best = results / "searches" / "search-00000009" / "random" / "best.yaml"
    best.write_text("train:\n  optimizer:\n    lr: 0.00834\npenalty:\n  l2: 3.0e-06\n")
    write_claims(plans, results / "claims.csv")
    sources = {plan["experiment"]: f"title: {plan['title']}\nseeds: 10\n" for plan in plans}
    return Study(plans, results, provenance(), sources)


def write_history(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    metadata = {b"overfit": json.dumps(ENVIRONMENT).encode()}
    pq.write_table(pa.table({"seed": [0]}).replace_schema_metadata(metadata), path)


def write_trials(path: Path, first: int) -> None:
    """Fifty trials, each of one evaluation: the seventh is the best, with an accuracy of 0.79."""
    rows = [
        {
            "repeat": 0, "round": 0, "trial": trial, "budget": 1.0, "diverged": False,
            "train.optimizer.lr": 0.00834 if trial == 7 else 1e-5, "penalty.l2": 3.0e-6,
            "update": 200, "epoch": 50.0, "split": split, "loss": 0.7,
            "accuracy": 0.79 if trial == 7 else 0.1 + trial / 1000,
        }
        for trial in range(first, first + 50)
        for split in ("train", "validation", "test")
    ]  # fmt: skip
    path.parent.mkdir(parents=True, exist_ok=True)
    metadata = {b"overfit": json.dumps(ENVIRONMENT).encode()}
    pq.write_table(pa.Table.from_pylist(rows).replace_schema_metadata(metadata), path)


def write_claims(plans: list[dict[str, Any]], path: Path) -> None:
    with open(path, "w", encoding="utf-8", newline="") as lines:
        table = csv.writer(lines)
        table.writerow([*CLAIM, "p", "p_adjusted", "verdict", "basis"])
        for plan in plans:
            for one in plan["claims"]:
                estimate, low, high, p, verdict = VERDICTS[plan["experiment"], one["id"]]
                test = one["test"]
                found = estimate, low, high, test["margin"], 10, p / 6, p, verdict, "95% interval"
                name = plan["experiment"], one["id"], one["says"], one["kind"], test["difference"]
                table.writerow([*name, *found])


def write_summary(plan: dict[str, Any], path: Path) -> None:
    metrics = {
        "gap": 0.1234,
        "test_accuracy": 0.8725,
        "test_loss": 0.4567,
        "train_accuracy": 0.9959,
        "updates_to_90": 1234.0,
        "validation_accuracy": None,
    }
    with open(path, "w", encoding="utf-8", newline="") as lines:
        table = csv.writer(lines)
        table.writerow(["experiment", "variant", *plan["grid"], *SUMMARY_VALUES])
        for cell in plan["cells"]:
            for name, mean in metrics.items():
                values = ["", "", "", "", "", ""]
                if mean is not None:
                    values = [mean, mean, mean * 0.99, mean * 1.01, mean * 0.9, mean * 1.1]
                diverged = 2 if cell["variant"] == "plain" else 0
                point = plan["experiment"], cell["variant"], *cell["at"].values()
                censored = 3 if name == "updates_to_90" and diverged else 0
                table.writerow([*point, name, 10, *values, diverged, censored])


def provenance() -> dict[str, Any]:
    return {
        "code": {
            "version": "0.1.0",
            "commit": "0123456789abcdef0123456789abcdef01234567",
            "dirty": True,
            "python": "3.11.14",
            "packages": {"numpy": "2.4.0", "optuna": None, "snakemake": "9.27.1"},
        },
        "machine": {
            "system": "Linux 6.1.0",
            "cpu": "AMD EPYC",
            "cores": 2,
            "blas": "openblas 0.3.31",
            "kernel": "Haswell",
        },
        "training": [{**ENVIRONMENT, "blocks": 12}],
        "seeds": {
            "root": 20260101,
            "experiments": {"weight_decay": 10, "batch_norm": 10, "searched": 10},
        },
        "work": {"runs": 9, "searches": 1, "blocks": 12},
        "time": {
            "compute_seconds": 242.5,
            "by_rule": {"search_trials": 60.5, "train": 182.0},
            "started": "2026-03-01T10:00:00+00:00",
            "finished": "2026-03-01T10:02:10+00:00",
            "span_seconds": 130.0,
        },
        "config": {"experiments": "all"},
    }

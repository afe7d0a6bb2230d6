"""A small study, as the workflow would leave it: experiments, tables, figures, a search."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from overfit.config.experiment import Experiment
from overfit.report.page import render
from overfit.results import Results
from tests.written import experiments

SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="640" height="320" viewBox="0 0 640 320">'
    '<path d="M40 280C200 40 400 60 600 50" fill="none" stroke="#0072b2" stroke-width="3"/></svg>'
)
ENVIRONMENT = {"kernel": "SkylakeX", "blas": "openblas 0.3.31", "cpu": "AMD EPYC", "numpy": "2.4.0"}
LATER = ("cites", "status", "decides_at", "fragile", "look", "straight", "family")
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
SUMMARY_VALUES += ("censored", "straight")


WEIGHT_DECAY = """
title: Weight decay
question: Does an L2 penalty close the gap between training and test accuracy?
cites: Deep Learning from Scratch, 6.4.2, figures 6-20 and 6-21
topic: Weight decay
text: |
  The curves drift apart.

  With the penalty, training never reaches 100 %.
variants:
  baseline: {}
  l2: {label: L2 0.1, penalty: {l2: 0.1}}
seeds: 10
figures:
  - kind: learning_curves
claims:
  - id: narrows-gap
    says: Weight decay narrows the gap.
    test: {difference: gap, of: l2, minus: baseline, expect: below, margin: 0.02}
  - id: costs-training
    says: It costs accuracy on the training images.
    cites: Figure 6-21
    test: {difference: train_accuracy, of: l2, minus: baseline, expect: below, margin: 0.02}
  - id: helps-test
    says: It raises test accuracy.
    test: {difference: test_accuracy, of: l2, minus: baseline, expect: above, margin: 0.02}
"""
BATCH_NORM = """
title: Batch normalization
question: Does batch normalization make training independent of the initial weights?
topic: Batch normalization
base: {model: {init: {std: 0.01}}}
variants:
  plain: {}
  bn: {label: Batch normalization, batch_norm: true}
grid: {model.init.std: [1.0, 0.1, 0.01]}
seeds: 10
figures:
  - {kind: weight_scale_panel, name: panel, caption: Sixteen scales., axis: model.init.std}
claims:
  - id: faster
    says: Training takes fewer updates.
    test: {difference: updates_to_90, of: bn, minus: plain, expect: below, margin: 10,
           at: {model.init.std: 0.01}}
  - id: less-gap
    says: It narrows the gap.
    test: {difference: gap, of: bn, minus: plain, expect: below, margin: 0.02, over: all}
"""
SEARCHED = """
title: Random search
question: What does a random search of 100 trials find?
cites: Deep Learning from Scratch, 6.5
topic: Hyperparameter search
variants:
  baseline: {}
  searched:
    search:
      method: random
      trials: 100
      per_seed: false
      objective: {maximize: validation_accuracy}
      space:
        train.optimizer.lr: {log_uniform: [1.0e-6, 1.0e-2]}
        penalty.l2: {log_uniform: [1.0e-8, 1.0e-4]}
seeds: 10
figures:
  - {kind: best_trials, variant: searched}
claims:
  - id: beats-baseline
    says: The best configuration beats the baseline.
    test: {difference: test_accuracy, of: searched, minus: baseline, expect: above, margin: 0.02}
"""


@cache
def small() -> tuple[Experiment, ...]:
    """The three experiments."""
    texts = {"weight_decay": WEIGHT_DECAY, "batch_norm": BATCH_NORM, "searched": SEARCHED}
    return tuple(experiments(texts, trials_per_job=50))


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

    experiments: list[Experiment]
    results: Results
    provenance: dict[str, Any]

    def change(self, place: int, **parts: Any) -> None:
        """Give an experiment other parts."""
        self.experiments[place] = replace(self.experiments[place], **parts)

    def html(self, **more: Any) -> str:
        """The page."""
        return render(self.experiments, self.results, self.provenance, **more)


def write_study(folder: Path, figure: str = SVG) -> Study:
    """Write all results of the three experiments."""
    known, results = list(small()), Results(folder)
    for experiment in known:
        files = results.experiment(experiment.name)
        files.figure("any").parent.mkdir(parents=True)
        for drawn in experiment.figures:
            files.figure(drawn.key).write_text(figure)
        files.metrics.write_text("experiment\n")
        files.claims.write_text("experiment\n")
        write_summary(experiment, files.summary)
        for run in experiment.runs:
            write_history(results.history(run, "0000-0009"))
    search = known[2].searches["searched"]
    for first in (0, 50):
        write_trials(results.trials(search.id, "random", f"{first:04d}-{first + 49:04d}"), first)
    best = "train:\n  optimizer:\n    lr: 0.00834\npenalty:\n  l2: 3.0e-06\n"
    results.best(search.id, "random").write_text(best)
    write_claims(known, results.claims)
    return Study(known, results, provenance())


def write_history(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    metadata = {b"overfit": json.dumps(ENVIRONMENT).encode()}
    pq.write_table(pa.table({"seed": [0]}).replace_schema_metadata(metadata), path)


def write_trials(path: Path, first: int) -> None:
    """Fifty trials, each of one evaluation: the seventh is the best, with an accuracy of 0.79."""
    rows = [
        {
            "repeat": 0, "round": 0, "trial": trial, "budget": 1.0, "failed": None,
            "diverged": False,
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


def write_claims(known: list[Experiment], path: Path) -> None:
    with open(path, "w", encoding="utf-8", newline="") as lines:
        table = csv.writer(lines)
        table.writerow([*CLAIM, "p", "p_adjusted", "verdict", "basis", *LATER])
        for experiment in known:
            for one in experiment.claims:
                estimate, low, high, p, verdict = VERDICTS[experiment.name, one.id]
                found = estimate, low, high, one.test.margin, 10, p / 6, p, verdict, "95% interval"
                later = one.cites, "exploratory", "", "", 1, "", "all"
                name = experiment.name, one.id, one.says, one.test.kind, one.test.metric
                table.writerow([*name, *found, *later])


def write_summary(experiment: Experiment, path: Path) -> None:
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
        table.writerow(["experiment", "variant", *experiment.grid, *SUMMARY_VALUES])
        for cell in experiment.cells:
            for name, mean in metrics.items():
                values = ["", "", "", "", "", ""]
                if mean is not None:
                    values = [mean, mean, mean * 0.99, mean * 1.01, mean * 0.9, mean * 1.1]
                diverged = 2 if cell.variant == "plain" else 0
                point = experiment.name, cell.variant, *cell.at.values()
                censored = 3 if name == "updates_to_90" and diverged else 0
                table.writerow([*point, name, 10, *values, diverged, censored, ""])


def provenance() -> dict[str, Any]:
    return {
        "code": {
            "version": "0.1.0",
            "commit": "0123456789abcdef0123456789abcdef01234567",
            "dirty": True,
            "python": "3.11.14",
            "packages": {"numpy": "2.4.0", "optuna": None, "snakemake": "9.27.1"},
        },
        "changed": [],
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

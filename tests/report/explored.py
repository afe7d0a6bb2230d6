"""A study whose tables are real: made by the analysis from histories that are known."""

from __future__ import annotations

import gzip
import json
from base64 import b64decode
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from overfit.config.experiment import Experiment
from overfit.jobs.tables import write_all_claims, write_claims
from overfit.metrics.measuring import metrics, with_probes
from overfit.metrics.summary import curves, summarize, write_curves
from overfit.metrics.tables import write_metrics, write_table
from overfit.report.explorer import QUANTILES
from overfit.results import Results
from tests.report.study import Study, provenance
from tests.written import experiments


def unpacked(data: str) -> dict[str, Any]:
    """What is in the explorer's block of data."""
    return json.loads(gzip.decompress(b64decode(data)))


L2 = [0.0, 0.001, 0.01, 0.1]
EPOCHS = list(range(41))
SEEDS = 4


def accuracy(split: str, variant: str, l2: float, epoch: int, seed: int) -> float:
    """What a history holds: the gap closes with the penalty, dropout costs a tenth of all."""
    top = {"train": 1.0, "validation": 0.8, "test": 0.8}[split] - (split == "train") * l2
    return (top - (variant == "dropout") * 0.1) * epoch / 40 - 0.001 * seed * epoch / 40


def quantile(percent: int, layer: int, l2: float) -> float:
    """A quantile of weights that spread less with the penalty, more with the layer."""
    return (percent - 50) / 50 * layer * (1 - 5 * l2)


def zeros(layer: int, l2: float) -> float:
    """The share of weights that are 0: more with the penalty, fewer in the second layer."""
    return 4 * l2 / layer


SWEEP = """
title: How much weight decay
question: What does the strength of weight decay change?
variants:
  plain: {}
  dropout: {label: Dropout 0.2, dropout: {rate: 0.2}}
grid: {penalty.l2: [0.0, 0.001, 0.01, 0.1]}
probes: [weights]
seeds: 4
"""
DECIDED = """
title: Claims to decide
question: What does dropout change along weight decay?
variants:
  plain: {}
  dropout: {label: Dropout 0.2, dropout: {rate: 0.2}}
grid: {penalty.l2: [0.0, 0.001, 0.01, 0.1]}
seeds: 12
claims:
  - id: lower
    says: Dropout lowers test accuracy.
    test: {difference: test_accuracy, of: dropout, minus: plain, at: {penalty.l2: 0.0},
           expect: below, margin: 0.02}
  - id: higher
    says: Dropout raises the gap.
    test: {difference: gap, of: dropout, minus: plain, at: {penalty.l2: 0.1}, statistic: median,
           expect: above, margin: 0.01}
  - id: same
    says: Training accuracy is the same.
    test: {equivalent: train_accuracy, of: dropout, minus: plain, at: {penalty.l2: 0.0},
           statistic: iqm, margin: 0.05}
  - id: times
    says: The loss is twice as high.
    test: {ratio: test_loss, of: dropout, to: plain, at: {penalty.l2: 0.0}, expect: above,
           margin: 0.1}
  - id: mostly
    says: Mostly it is worse.
    test: {probability: test_accuracy, of: dropout, minus: plain, at: {penalty.l2: 0.01},
           expect: below, margin: 0.1}
  - id: falls
    says: Training accuracy falls.
    test: {trend: train_accuracy, of: plain, along: penalty.l2, expect: decreasing, margin: 0.2}
  - id: best
    says: No weight decay is best for training.
    test: {location: train_accuracy, of: dropout, along: penalty.l2, optimum: highest,
           value: 0.05, expect: below, margin: 0.01}
"""
MAPS = """
title: Maps of two features
question: What does dropout change in the plane?
variants:
  plain: {}
  dropout: {label: Dropout 0.2, dropout: {rate: 0.2}}
grid: {penalty.l2: [0.0, 0.001]}
probes: [plane]
seeds: 5
"""
SINGLE = """
title: One setting
question: What does dropout change?
variants:
  plain: {}
  dropout: {label: Dropout 0.2, dropout: {rate: 0.2}}
base: {penalty: {l2: 0.001}}
seeds: 4
"""


def sweep(old: str = "", new: str = "", **parts: Any) -> Experiment:
    """An experiment with a grid and a probe; its text with a change, itself with other parts."""
    assert old in SWEEP
    (found,) = experiments({"sweep": SWEEP.replace(old, new) if old else SWEEP})
    return replace(found, **parts)


def single(**parts: Any) -> Experiment:
    """An experiment without grid and probes."""
    (found,) = experiments({"single": SINGLE})
    return replace(found, **parts)


def decided() -> Experiment:
    """An experiment with claims of many kinds, whose seeds differ."""
    (found,) = experiments({"decided": DECIDED})
    return found


def mapped() -> Experiment:
    """An experiment with maps of the plane."""
    (found,) = experiments({"mapped": MAPS})
    return found


PLANE_SIDE, PLANE_UPDATES = 6, [0, 15, 60]


def plane(variant: str, seed: int, update: int) -> list[int]:
    """The class of each point: 1 in the rightmost columns, more of them as training goes on."""
    columns = 1 + PLANE_UPDATES.index(update) + (variant == "dropout") + seed % 2
    return [int(column >= PLANE_SIDE - columns) for _ in range(PLANE_SIDE)
            for column in range(PLANE_SIDE)]  # fmt: skip


def write_planes(experiment: Experiment, results: Results) -> None:
    """Write what the probe `plane` measures; with dropout, training stops at the second point."""
    for cell in experiment.cells:
        rows = []
        for seed in range(experiment.seeds):
            for update in PLANE_UPDATES[: 2 if cell.variant == "dropout" else 3]:
                values = {("plane_class", i): one for i, one in
                          enumerate(plane(cell.variant, seed, update), start=1)}  # fmt: skip
                values |= {(f"plane_{end}", axis): (-1 if end == "low" else 1) * axis
                           for end in ("low", "high") for axis in (1, 2)}  # fmt: skip
                values |= {("plane_x", 1): 0.5, ("plane_y", 1): seed / 10, ("plane_label", 1): 1}
                rows += [
                    {"run": cell.run.id, "seed": seed, "update": update, "layer": layer,
                     "quantity": name, "value": float(value)}
                    for (name, layer), value in values.items()
                ]  # fmt: skip
        (block,) = experiment.blocks[cell.run.id]
        path = results.probes(cell.run.id, block)
        path.parent.mkdir(parents=True, exist_ok=True)
        pd.DataFrame(rows).to_parquet(path)


def noise(*key: object) -> float:
    """A number that depends on nothing but the key, of standard deviation 0.04."""
    return float(np.random.default_rng(sum(map(ord, str(key)))).normal(0, 0.04))


def histories(experiment: Experiment) -> pd.DataFrame:
    """The table of `read_histories`; accuracies of an experiment with claims have noise."""
    spread = 1 if experiment.claims else 0
    rows = [
        {
            "experiment": experiment.name,
            "variant": cell.variant,
            **cell.at,
            "run": cell.run.id,
            "seed": seed,
            "update": 3 * epoch,
            "epoch": float(epoch),
            "split": split,
            "accuracy": value,
            "loss": 2.3 - 2 * value,
            "diverged": False,
        }
        for cell in experiment.cells
        for seed in range(experiment.seeds if spread else SEEDS)
        for epoch in EPOCHS
        for split in ("train", "validation", "test")
        for value in [
            accuracy(split, cell.variant, cell.at.get("penalty.l2", 0.001), epoch, seed)
            - spread * abs(noise(split, cell.variant, seed, cell.at))
        ]
    ]
    return pd.DataFrame(rows)


def probes(experiment: Experiment) -> pd.DataFrame:
    """The table of `read_probes`: two layers."""
    rows = [
        {
            "experiment": experiment.name,
            "variant": cell.variant,
            **cell.at,
            "run": cell.run.id,
            "seed": seed,
            "update": 3 * EPOCHS[-1],
            "layer": layer,
            "quantity": name,
            "value": zeros(layer, cell.at["penalty.l2"])
            if name == "zeros"
            else quantile(int(name[1:]), layer, cell.at["penalty.l2"]),
        }
        for cell in experiment.cells
        for seed in range(SEEDS)
        for layer in (1, 2)
        for name in (*QUANTILES, "zeros")
    ]
    return pd.DataFrame(rows)


def write_explored(folder: Path, *known: Experiment) -> Study:
    """Write the tables of experiments, as the workflow does."""
    results = Results(folder)
    for experiment in known:
        files = results.experiment(experiment.name)
        table = histories(experiment)
        found = metrics(table)
        if "plane" in experiment.probes:
            write_planes(experiment, results)
        elif experiment.probes:
            found = with_probes(found, probes(experiment))
        write_curves(curves(table), files.curves)
        write_metrics(found, files.metrics)
        write_table(summarize(found), files.summary)
        if experiment.claims:
            write_claims(experiment.claims, experiment.grid, None, {}, files)
    tables = [results.experiment(one.name).claims for one in known if one.claims]
    if tables:
        write_all_claims(tables, ["all"] * len(tables), "none", results.claims)
    return Study(list(known), results, provenance())

"""A study whose tables are real: made by the analysis from histories that are known."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from overfit.metrics import analysis
from overfit.report.explorer import QUANTILES
from tests.report.study import SETTINGS, Study, changed, provenance, weight_decay

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


def sweep(**texts: Any) -> dict[str, Any]:
    """The plan of an experiment with a grid and a probe."""
    variants = {"plain": {"label": "Plain"}, "dropout": {"label": "Dropout 0.2"}}
    cells = [
        {
            "variant": variant,
            "at": {"penalty.l2": l2},
            "run": f"{variant}-{i:08x}",
            "settings": changed(SETTINGS, penalty__l2=l2),
        }
        for variant in variants
        for i, l2 in enumerate(L2)
    ]
    return {
        **weight_decay(),
        "experiment": "sweep",
        "title": "How much weight decay",
        "question": "What does the strength of weight decay change?",
        "cites": "",
        "text": "",
        "topic": "",
        "source": "config/experiments/sweep.yaml",
        "extends": [],
        "variants": variants,
        "grid": {"penalty.l2": L2},
        "probes": ["weights"],
        "seeds": SEEDS,
        "blocks": {cell["run"]: ["0000-0003"] for cell in cells},
        "cells": cells,
        "searches": {},
        "figures": [],
        "claims": [],
        **texts,
    }


def single(**texts: Any) -> dict[str, Any]:
    """The plan of an experiment without grid and probes."""
    named = {"experiment": "single", "title": "One setting", **texts}
    plan = sweep(grid={}, probes=[], **named)
    cells = [cell | {"at": {}} for cell in plan["cells"] if cell["at"]["penalty.l2"] == 0.001]
    return {**plan, "cells": cells}


def histories(plan: dict[str, Any]) -> pd.DataFrame:
    """The table of `read_histories`."""
    rows = [
        {
            "experiment": plan["experiment"],
            "variant": cell["variant"],
            **cell["at"],
            "run": cell["run"],
            "seed": seed,
            "update": 3 * epoch,
            "epoch": float(epoch),
            "split": split,
            "accuracy": value,
            "loss": 2.3 - 2 * value,
            "diverged": False,
        }
        for cell in plan["cells"]
        for seed in range(SEEDS)
        for epoch in EPOCHS
        for split in ("train", "validation", "test")
        for value in [
            accuracy(split, cell["variant"], cell["at"].get("penalty.l2", 0.001), epoch, seed)
        ]
    ]
    return pd.DataFrame(rows)


def probes(plan: dict[str, Any]) -> pd.DataFrame:
    """The table of `read_probes`: two layers."""
    rows = [
        {
            "experiment": plan["experiment"],
            "variant": cell["variant"],
            **cell["at"],
            "run": cell["run"],
            "seed": seed,
            "update": 3 * EPOCHS[-1],
            "layer": layer,
            "quantity": name,
            "value": quantile(int(name[1:]), layer, cell["at"]["penalty.l2"]),
        }
        for cell in plan["cells"]
        for seed in range(SEEDS)
        for layer in (1, 2)
        for name in QUANTILES
    ]
    return pd.DataFrame(rows)


def write_explored(results: Path, *plans: dict[str, Any]) -> Study:
    """Write the tables of the plans, as the workflow does."""
    for plan in plans:
        home = results / "experiments" / plan["experiment"]
        table = histories(plan)
        metrics = analysis.metrics(table)
        if plan["probes"]:
            metrics = analysis.with_probes(metrics, probes(plan))
        analysis.write_curves(analysis.curves(table), home / "curves.parquet")
        analysis.write_metrics(metrics, home / "metrics.csv")
        analysis.write_table(analysis.summarize(metrics), home / "summary.csv")
    sources = {plan["experiment"]: f"title: {plan['title']}\n" for plan in plans}
    return Study(list(plans), results, provenance(), sources)

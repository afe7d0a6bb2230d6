"""The page of the shipped experiments, from invented results of their number and size."""

from __future__ import annotations

import itertools
import math
import random
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml

from overfit.claims.claim import Claim
from overfit.claims.verdict import Verdict
from overfit.config.experiment import Experiment
from overfit.config.study import load_study
from overfit.metrics.tables import CLAIMS, write_table
from overfit.report.explorer import METRICS, MOST_POINTS
from overfit.report.page import render
from overfit.results import Results
from tests.report.study import provenance, write_summary

FIGURE = 50_000
"""Bytes of a figure; those of the atlas have 45,000 on the average."""
DOTS = 300_000
"""Bytes of a map of trials, which are counted in cells however many there are."""
HEIGHTS = {"learning_curves": 330, "metric_by_axis": 300, "digits": 170, "search_space": 400}
"""Points; other figures have 250."""
MARGINS: dict[Verdict, float] = {
    "supported": 3, "inconclusive": 0.8, "negligible": 0.1, "contradicted": -3,
}  # fmt: skip
"""Estimates in margins; the intervals are half a margin to both sides."""


def write_atlas(repository: Path, results: Results) -> str:
    """Write tables, figures and verdicts of all experiments; their page."""
    config = yaml.safe_load((repository / "config/config.yaml").read_text())
    known = list(load_study(config, root=repository).experiments.values())
    verdicts = itertools.cycle(MARGINS)
    rows = []
    for experiment in known:
        files = results.experiment(experiment.name)
        files.figure("any").parent.mkdir(parents=True)
        for seed, figure in enumerate(experiment.figures):
            size = DOTS if figure.kind_name == "search_space" else FIGURE
            height = HEIGHTS.get(figure.kind_name, 250)
            files.figure(figure.key).write_text(drawing(size, seed, height))
        write_summary(experiment, files.summary)
        write_curves(experiment, files.curves)
        rows += [decided(experiment, claim, next(verdicts)) for claim in experiment.claims]
    write_table(pd.DataFrame(rows)[list(CLAIMS)], results.claims)
    return render(known, results, provenance(), config["topics"])


def drawing(size: int, seed: int, height: int = 250) -> str:
    """A curve of so many bytes."""
    places = random.Random(seed)  # noqa: S311
    curve = " ".join(f"{places.uniform(0, 500):.2f}" for _ in range(size // 7))
    opening = f'<svg xmlns="http://www.w3.org/2000/svg" width="504pt" height="{height}pt">'
    return f'{opening}<path d="M{curve}"/></svg>'


def write_curves(experiment: Experiment, path: Path) -> None:
    """Curves of all cells, with as many points as the explorer shows, and the values of seeds."""
    noise = np.random.default_rng(0)
    rows = [
        (cell, update, update / 3, name, seeds.mean(), seeds.min(), seeds.max(), list(seeds))
        for cell in range(len(experiment.cells))
        for update in range(MOST_POINTS)
        for name in METRICS
        for seeds in [1 - np.exp(-update / (5 + cell)) + noise.normal(0, 0.02, experiment.seeds)]
    ]
    columns = ["cell", "update", "epoch", "metric", "mean", "low", "high", "seeds"]
    pd.DataFrame(rows, columns=columns).to_parquet(path)


def decided(experiment: Experiment, claim: Claim, verdict: Verdict) -> dict[str, Any]:
    """A row of claims.csv with this verdict."""
    effect = claim.test.effect
    margin = effect.distance(effect.band[1])
    sign = -1 if effect.side == "below" else 1
    ends = [sign * margin * (MARGINS[verdict] + half) for half in (0, -0.5, 0.5)]
    values = [effect.null * math.exp(end) if effect.log else effect.null + end for end in ends]
    return {
        **dict.fromkeys(CLAIMS, math.nan),
        "experiment": experiment.name, "claim": claim.id, "says": claim.says,
        "kind": claim.test.kind, "metric": claim.test.metric,
        "estimate": values[0], "ci_low": min(values), "ci_high": max(values), "margin": margin,
        "n": 10, "p": 0.01, "p_adjusted": 0.02, "verdict": verdict, "basis": "by the 95% interval",
        "cites": claim.cites, "status": "confirmed", "look": 1, "straight": values[0],
        "decides_at": 35.0 if verdict == "inconclusive" else math.nan, "family": "all",
    }  # fmt: skip

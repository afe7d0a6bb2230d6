"""Decision boundaries for the explorer: maps of predicted classes in the plane of two features."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import groupby
from typing import Any

import pandas as pd

from overfit.config.experiment import Experiment
from overfit.metrics.histories import read_probe_curves
from overfit.metrics.table import PLANE
from overfit.results import Results

QUANTITIES = ("plane_class", "plane_low", "plane_high", "plane_x", "plane_y", "plane_label")
SEEDS = 4
"""Maps of so many seeds are shown: each takes 15 kB in an experiment of six networks."""


def planes(experiment: Experiment, results: Results) -> dict[str, Any] | None:
    """The maps of an experiment's first seeds; None if it has none or they do not exist.

    A map is drawn for each variant at the first point of each axis. The evaluations are those of
    the first variant, `updates`; networks that have stopped keep their last map.

    Returns:
        `maps[variant][seed][evaluation]` is a map, row by row from the lowest second feature, see
        `drawn`; `examples[seed]` the training examples of a seed as [x, y, class]; `low` and `high`
        the ends of both features, `side` the number of points along each.

    Raises:
        DataError: a file is damaged.
    """
    files = [
        results.probes(run, block) for run in experiment.runs for block in experiment.blocks[run]
    ]
    if PLANE not in experiment.probes or not all(path.is_file() for path in files):
        return None
    first = {axis: points[0] for axis, points in experiment.grid.items()}
    cells = tuple(cell for cell in experiment.cells if cell.at == first)
    seeds = list(experiment.members)[:SEEDS]
    table = read_probe_curves(experiment, results, QUANTITIES)
    table = table[table["seed"].isin(seeds)].dropna(subset="value")
    for axis, point in first.items():
        table = table[table[axis] == point]
    groups = dict(iter(table.groupby(["variant", "seed"])))
    names = [cell.variant for cell in cells]
    if any((name, seed) not in groups for name in names for seed in seeds):
        return None
    whole = groups[names[0], seeds[0]]
    updates = sorted(whole["update"].unique().tolist())
    low, high = (_values(whole, updates[-1], quantity) for quantity in ("plane_low", "plane_high"))
    maps = [[_maps(groups[name, seed], updates) for seed in seeds] for name in names]
    return {
        "title": experiment.title,
        "variants": [experiment.labels[name] for name in names],
        "seeds": seeds,
        "updates": updates,
        "low": [float(f"{end:.4g}") for end in low],
        "high": [float(f"{end:.4g}") for end in high],
        "side": math.isqrt(len(_values(whole, updates[-1], "plane_class"))),
        "examples": [_examples(groups[names[0], seed], updates[-1]) for seed in seeds],
        "maps": maps,
    }


def _values(rows: pd.DataFrame, update: int, quantity: str) -> list[float]:
    """The values of a quantity in the order of their numbers."""
    chosen = rows[(rows["update"] == update) & (rows["quantity"] == quantity)]
    return [float(value) for value in chosen.sort_values("layer")["value"]]


def _maps(rows: pd.DataFrame, updates: Sequence[int]) -> list[str]:
    """The map at each evaluation, or the last one before it."""
    known = sorted(rows["update"].unique().tolist())
    last = [max((one for one in known if one <= update), default=known[0]) for update in updates]
    last[-1] = known[-1]
    return [drawn(_values(rows, update, "plane_class")) for update in last]


def drawn(classes: Sequence[float]) -> str:
    """Classes as runs of equal ones: `0x12,1x3` are twelve points of class 0 and three of 1."""
    runs = [(int(one), len([*same])) for one, same in groupby(classes)]
    return ",".join(f"{one}x{count}" for one, count in runs)


def _examples(rows: pd.DataFrame, update: int) -> list[list[float]]:
    x, y, labels = (_values(rows, update, f"plane_{name}") for name in ("x", "y", "label"))
    found = zip(x, y, labels, strict=True)
    return [[round(one, 3), round(two, 3), int(label)] for one, two, label in found]

"""How much of the scores' variance each hyperparameter explains."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from overfit.claims.resampling import mean_intervals
from overfit.figures.searches import name_of, places, scores_of
from overfit.figures.theme import INK, SINGLE_WIDTH, VARIANTS
from overfit.metrics.importance import importances


def draw(plan: Mapping[str, Any], figure: Mapping[str, Any], results: Path) -> Figure:
    """Draw a bar for each hyperparameter, the most important one on top."""
    variant = figure["options"]["variant"]
    search = plan["searches"][variant]
    space, scores = search["space"], scores_of(plan, variant, results)
    at = pd.DataFrame({key: places(space[key], scores[key]) for key in space})
    choices = {key: len(space[key]["choice"]) for key in space if "choice" in space[key]}
    shares = 100 * importances(scores, at, choices, search["objective"])
    ascending = shares.mean().sort_values(kind="stable")
    drawing = Figure(figsize=(SINGLE_WIDTH, 0.8 + 0.34 * len(space)), layout="constrained")
    axes = drawing.subplots()
    rows = np.arange(len(ascending))
    colour = VARIANTS[3].colour
    axes.barh(rows, ascending, height=0.56, color=f"{colour}55", edgecolor=colour, lw=0.8)
    if len(shares) > 1:
        intervals = mean_intervals([shares[key].to_numpy() for key in ascending.index])
        axes.hlines(rows, intervals[:, 0], intervals[:, 1], color=INK, lw=1.2)
        shift = np.linspace(-0.16, 0.16, len(shares))
        for row, key in zip(rows, ascending.index, strict=True):
            axes.plot(shares[key], row + shift, ".", color=colour, ms=3.5)
    axes.set_yticks(rows, [name_of(key) for key in ascending.index])
    axes.grid(visible=False, axis="y")
    axes.set_xlim(0, 102)
    axes.set_xlabel("Share of the explained variance (%)")
    return drawing

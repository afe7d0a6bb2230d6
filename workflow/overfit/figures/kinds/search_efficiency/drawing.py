"""What a random search of 1, 2, 4, ... trials finds, from the trials of a larger one."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from overfit.figures.searches import scores_of, tested
from overfit.figures.theme import INK, SINGLE_WIDTH, SPLITS
from overfit.metrics.searches import smaller_searches

HEIGHT = 3.2
FEW = 8
"""Up to so many searches are shown one by one, too."""


def draw(plan: Mapping[str, Any], figure: Mapping[str, Any], results: Path) -> Figure:
    """Draw a box for each size."""
    variant = figure["options"]["variant"]
    search = plan["searches"][variant]
    found = smaller_searches(scores_of(plan, variant, results), search["objective"])
    said, colour = tested(search), SPLITS["test"].colour
    sizes = sorted(found["size"].unique())
    samples = [
        said.factor * found.loc[found["size"] == size, "test_score"].dropna().to_numpy()
        for size in sizes
    ]
    drawing = Figure(figsize=(SINGLE_WIDTH, HEIGHT), layout="constrained")
    axes = drawing.subplots()
    axes.boxplot(
        samples,
        positions=range(len(sizes)),
        widths=0.55,
        patch_artist=True,
        boxprops={"facecolor": f"{colour}33", "edgecolor": colour, "linewidth": 0.9},
        whiskerprops={"color": colour, "linewidth": 0.9},
        capprops={"color": colour, "linewidth": 0.9},
        medianprops={"color": INK, "linewidth": 1.4},
        flierprops={
            "marker": ".",
            "markersize": 3,
            "markerfacecolor": colour,
            "markeredgewidth": 0,
        },
    )
    rng = np.random.default_rng(0)
    for position, sample in enumerate(samples):
        if len(sample) <= FEW:
            shift = rng.uniform(-0.12, 0.12, len(sample))
            axes.plot(position + shift, sample, ".", ms=4, color=colour, zorder=3)
    axes.set_xticks(
        range(len(sizes)),
        [f"{size}\nn = {len(sample)}" for size, sample in zip(sizes, samples, strict=True)],
    )
    axes.grid(visible=False, axis="x")
    axes.set_xlabel("Trials of a search, number of such searches")
    axes.set_ylabel(f"{said.axis}\nof the trial with the best validation score")
    return drawing

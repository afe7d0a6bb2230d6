"""How much of the scores' variance each hyperparameter explains."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from overfit.figures.options import SearchFigure
from overfit.figures.words import counted
from overfit.search.dimensions import Choice

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from overfit.config.experiment import Experiment
    from overfit.results import Results


class Importance(SearchFigure):
    """How much of the scores' variance each hyperparameter explains."""

    kind: Literal["importance"]


def draw(experiment: Experiment, figure: Importance, results: Results) -> Figure:
    """Draw a bar for each hyperparameter, the most important one on top."""
    import pandas as pd
    from matplotlib.figure import Figure

    from overfit.figures.searches import name_of, places, scores_of
    from overfit.figures.theme import INK, SINGLE_WIDTH, VARIANTS
    from overfit.metrics.resampling import mean_intervals
    from overfit.metrics.searches import importances

    variant = figure.variant
    search = experiment.searches[variant]
    space, scores = search.space, scores_of(experiment, variant, results)
    at = pd.DataFrame({key: places(space[key], scores[key]) for key in space})
    choices = {
        key: len(dimension.choice)
        for key, dimension in space.items()
        if isinstance(dimension, Choice)
    }
    shares = 100 * importances(scores, at, choices, search.objective.metric)
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


def caption(experiment: Experiment, figure: Importance) -> str:
    """What the figure shows, what the intervals mean, and n."""
    search = experiment.searches[figure.variant]
    metric = search.objective.metric
    trials = counted(search.count, "trial")
    n = (
        f"Bars and lines: means and 95% intervals of {counted(search.repeats, 'repeat')} of the "
        f"search, of {trials} each; dots are the repeats."
        if search.repeats > 1
        else f"From {trials} of one search; without repeats there are no intervals."
    )
    adaptive = (
        " The trials crowd where scores are good, so this is the importance there rather than in "
        "the whole space."
        if search.method_class.crowds
        else ""
    )
    return (
        f"How much of the variance of the final {metric.replace('_', ' ')} over the search space "
        "each hyperparameter explains on its own (fANOVA on a random forest, scaled to a sum of "
        f"100%). {n}{adaptive}"
    )


def alt(experiment: Experiment, figure: Importance) -> str:
    """A description of the figure in one sentence."""
    return (
        "Bar chart of the importance of each hyperparameter in the search of "
        f"{experiment.labels[figure.variant]}."
    )

"""The share of the scores' variance that each hyperparameter explains."""

from __future__ import annotations

from typing import Literal

import numpy as np

from overfit.config.experiment import Experiment
from overfit.figures.deferred import data, mpl, outcomes, pd, searches, theme, toolkit
from overfit.figures.options import SearchFigure
from overfit.figures.words import counted, listed, wrapped
from overfit.metrics.axes import lowered
from overfit.metrics.table import percentage
from overfit.results import Results
from overfit.search.dimensions import Choice

SHARE = percentage("Share")
LEAST = 1
"""Percent; hyperparameters that explain less share a sentence, if there are several."""


class Importance(SearchFigure):
    """The share of the scores' variance that each hyperparameter explains."""

    kind: Literal["importance"]


def draw(experiment: Experiment, figure: Importance, results: Results) -> mpl.figure.Figure:
    """Draw a row for each hyperparameter, the most important one on top."""
    search = experiment.searches[figure.variant]
    space, scores = search.space, searches.scores_of(experiment, figure.variant, results)
    at = pd.DataFrame({key: searches.places(space[key], scores[key]) for key in space})
    choices = {
        key: len(dimension.choice)
        for key, dimension in space.items()
        if isinstance(dimension, Choice)
    }
    shares = 100 * outcomes.importances(scores, at, choices, search.objective.metric)
    order = shares.mean().sort_values(ascending=False, kind="stable").index
    samples = [np.sort(shares[key]) for key in order]
    interval = data.interval_of(SHARE)
    found = [data.Estimate(one, *interval(one), diverged=0, censored=0) for one in samples]
    drawing = mpl.figure.Figure(
        figsize=(theme.SINGLE_WIDTH, 0.8 + 0.3 * len(space)), layout="constrained"
    )
    axes = drawing.subplots()
    if not len(shares):
        toolkit.say(axes, f"There is nothing to explain:\n{_reason(scores, len(space))}.")
        return drawing
    names = [searches.name_of(key) for key in order]
    small = sum(one.mean < LEAST for one in found)
    if small > 1:  # rows of nothing say less than a sentence
        found = found[:-small]
        drawing.set_figheight(1.05 + 0.3 * len(found))
    styles = [theme.ACCENT] * len(found)
    toolkit.draw_rows(axes, found, styles, SHARE, search.repeats, seeds_at=0.0, means_at=0.0)
    axes.set_yticks(range(len(found)), names[: len(found)])
    axes.set_xscale("symlog", linthresh=1, linscale=0.5)
    axes.set_xlim(-0.05, 115)
    axes.xaxis.set_major_locator(mpl.ticker.FixedLocator([0, 1, 10, 100]))
    axes.xaxis.set_major_formatter(mpl.ticker.FuncFormatter(lambda share, _: f"{share:.0f}"))
    axes.set(xlabel="Share of the explained variance (%)", ylabel="")
    if small > 1:
        rest = [lowered(name) for name in names[len(found) :]]
        text = f"Less than {LEAST} % each: {listed(rest)}."
        drawing.supxlabel(wrapped(text, 66), fontsize=8, color=theme.MUTED)
    return drawing


def _reason(scores: pd.DataFrame, keys: int) -> str:
    """Why no repeat explains anything."""
    whole = scores[scores["budget"] == 1]
    if whole["diverged"].all():
        return "all trials diverged"
    fewest = outcomes.PER_KEY * keys
    if whole.groupby("repeat").size().max() < fewest:
        return f"{counted(keys, 'hyperparameter')} would need {fewest} whole trials"
    return "all trials score the same"


def caption(experiment: Experiment, figure: Importance) -> str:
    """The caption, which explains the intervals and gives n."""
    search = experiment.searches[figure.variant]
    metric = search.objective.metric
    trials = counted(search.count, "trial")
    n = (
        f"Means and 95% intervals of {counted(search.repeats, 'repeat')} of the search, of "
        f"{trials} each; small dots are the repeats."
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
        f"100%). {n} The axis is linear up to 1 %.{adaptive}"
    )


def alt(experiment: Experiment, figure: Importance) -> str:
    """A description of the figure in one sentence."""
    return (
        "Dot plot of the importance of each hyperparameter in the search of "
        f"{experiment.labels[figure.variant]}."
    )

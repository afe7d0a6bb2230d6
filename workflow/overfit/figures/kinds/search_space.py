"""The trials of a search in its space, coloured by their score."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from overfit.config.experiment import Experiment
from overfit.config.specs import SearchSpec
from overfit.figures.deferred import data, mpl, pd, searches, sns, theme
from overfit.figures.options import SearchFigure
from overfit.figures.words import counted, wrapped
from overfit.metrics.table import Metric as Wording
from overfit.results import Results
from overfit.search.dimensions import Choice
from overfit.search.space import Space

COLUMNS = 4
MANY = 400
"""Up to so many trials each is a dot beside its score; of more, their density is shown."""
BINS = 12
PAIRS = 5
"""Up to this many keys have a panel for each pair."""


class SearchSpace(SearchFigure):
    """The trials of a search in its space, coloured by their score."""

    kind: Literal["search_space"]


@dataclass(frozen=True)
class _Trials:
    """Places on each key, scores, and how they are coloured; the best ones last."""

    space: Space
    at: Mapping[str, pd.Series[float]]
    value: pd.Series[float]
    colours: mpl.cm.ScalarMappable
    said: Wording


def draw(experiment: Experiment, figure: SearchSpace, results: Results) -> mpl.figure.Figure:
    """Draw scores against each key, and, where the keys are few, pairs of keys below."""
    variant = figure.variant
    search = experiment.searches[variant]
    trials = _trials(search, searches.scores_of(experiment, variant, results))
    if len(trials.space) == 2:
        return _of_two(trials)
    if 1 < len(trials.space) <= PAIRS:
        return _pairs(trials)
    columns = min(COLUMNS, len(trials.space))
    rows = -(-len(trials.space) // columns)
    width = theme.WIDTH if columns > 1 else theme.SINGLE_WIDTH
    drawing = mpl.figure.Figure(figsize=(width, 0.3 + 1.75 * rows), layout="constrained")
    grid = drawing.subplots(rows, columns, sharey=True, squeeze=False)
    for axes, key in zip(grid.flat, trials.space, strict=False):
        _scores(axes, trials, key)
        searches.dimension_axis(axes, "x", key, trials.space[key], most=3)
    for axes in list(grid.flat)[len(trials.space) :]:
        axes.remove()
    drawing.supylabel(trials.said.axis, fontsize=8)
    return drawing


def _trials(search: SearchSpec, scores: pd.DataFrame) -> _Trials:

    said, space = searches.measured(search), search.space
    scores = scores[scores["budget"] == 1]
    maximize = bool(search.objective.maximize)
    value = said.factor * scores["score"]
    order = value.sort_values(ascending=maximize, kind="stable", na_position="first").index
    value = value[order]
    norm = mpl.colors.Normalize(*value.quantile([0.1, 1.0] if maximize else [0.0, 0.9]))
    return _Trials(
        space,
        {
            key: searches.jittered(
                key, space[key], searches.places(space[key], scores.loc[order, key])
            )
            for key in space
        },
        value,
        mpl.cm.ScalarMappable(norm, searches.COLOURS if maximize else f"{searches.COLOURS}_r"),
        said,
    )


def _of_two(trials: _Trials) -> mpl.figure.Figure:
    """The scores against both keys, and the plane of them."""
    (left, right), said = trials.space, wrapped(trials.said.axis, 26)
    drawing = mpl.figure.Figure(figsize=(theme.WIDTH, 2.3), layout="constrained")
    panels = drawing.subplots(1, 3)
    for axes, key in zip(panels, (left, right), strict=False):
        _scores(axes, trials, key)
        axes.set_ylabel(said)
    panels[1].sharey(panels[0])
    _dots(panels[2], trials, trials.at[left], trials.at[right])
    searches.dimension_axis(panels[2], "y", right, trials.space[right], most=3)
    for axes, key in zip(panels, (left, right, left), strict=True):
        searches.dimension_axis(axes, "x", key, trials.space[key], most=3)
    if not trials.value.isna().all():
        bar = drawing.colorbar(trials.colours, ax=panels[2], aspect=24, pad=0.02)
        bar.outline.set_visible(False)
    return drawing


def _pairs(trials: _Trials) -> mpl.figure.Figure:

    keys, size = list(trials.space), len(trials.space)
    drawing = mpl.figure.Figure(
        figsize=(theme.WIDTH, 0.6 + 0.82 * theme.WIDTH), layout="constrained"
    )
    grid = drawing.subplots(size, size)
    for row, column in np.ndindex(size, size):
        axes = grid[row][column]
        if column > row:
            axes.remove()
            continue
        searches.dimension_axis(axes, "x", keys[column], trials.space[keys[column]], most=3)
        if row == column:
            _scores(axes, trials, keys[row])
            text = wrapped(trials.said.axis, 26 if size < 5 else 14)
            axes.set_title(text, fontsize=7, fontweight="normal", color=theme.MUTED, pad=3)
            if row:
                axes.yaxis.tick_right()
        else:
            _dots(axes, trials, trials.at[keys[column]], trials.at[keys[row]])
            searches.dimension_axis(axes, "y", keys[row], trials.space[keys[row]], most=3)
        if row != column and column:
            axes.set_ylabel("")
            axes.tick_params(labelleft=False)
        if row < size - 1:
            axes.set_xlabel("")
            axes.tick_params(labelbottom=False)
        elif isinstance(trials.space[keys[column]], Choice):
            axes.tick_params("x", labelrotation=90)
        axes.tick_params(labelsize=7)
    if trials.value.isna().all():
        return drawing
    place = drawing.add_axes((0.62, 0.93, 0.33, 0.018))
    low = "min" if trials.colours.get_cmap().name == searches.COLOURS else "max"
    bar = drawing.colorbar(trials.colours, cax=place, orientation="horizontal", extend=low)
    bar.set_label(trials.said.axis)
    return drawing


def _scores(axes: mpl.axes.Axes, trials: _Trials, key: str) -> None:
    """The score of each trial against a key; of many, how many there are and their mean."""
    if len(trials.value) <= MANY:
        _dots(axes, trials, trials.at[key], trials.value)
    else:
        _density(axes, trials, key)


def _density(axes: mpl.axes.Axes, trials: _Trials, key: str) -> None:

    dimension, place, score = trials.space[key], trials.at[key], trials.value
    if isinstance(dimension, Choice):
        edges = (np.arange(len(dimension.choice))[:, None] + [-0.3, 0.3]).ravel()
    else:
        edges = np.linspace(0, 1, BINS + 1)
    cells = sns.light_palette(theme.SPLITS["train"].colour, as_cmap=True)
    sns.histplot(x=place, y=score, bins=(edges, 2 * BINS), cmap=cells, pmax=0.5, lw=0, ax=axes)
    middles = (edges[:-1] + edges[1:]) / 2
    sns.lineplot(
        x=pd.cut(place, list(edges), labels=list(middles)).astype(float),
        y=score,
        errorbar=data.interval_of(trials.said),
        err_style="bars",
        marker="o",
        markersize=3,
        markeredgewidth=0,
        lw=0 if isinstance(dimension, Choice) else 1.0,
        color=theme.SPLITS["test"].colour,
        ax=axes,
    )
    axes.set_ylabel("")


def _dots(axes: mpl.axes.Axes, trials: _Trials, x: pd.Series[float], y: pd.Series[float]) -> None:

    lost = trials.value.isna()
    look: dict[str, Any] = {"ms": 2.8, "mew": 0.7, "color": theme.MUTED}
    if y is trials.value:  # without a score, at the foot of the panel
        y, look["transform"] = y.fillna(0.03), axes.get_xaxis_transform()
    axes.plot(x[lost], y[lost], "x", **look)
    colours = trials.colours.to_rgba(trials.value[~lost].to_numpy())
    axes.scatter(x[~lost], y[~lost], c=colours, s=9, lw=0.2, ec="white")


def caption(experiment: Experiment, figure: SearchSpace) -> str:
    """The caption, which explains the colours and gives n."""
    search = experiment.searches[figure.variant]
    said = search.objective.metric.replace("_", " ")
    whole = " that were trained to the end" if search.method_class.shortens else ""
    n = (
        f"{counted(search.count, 'trial')}{whole} in each of {counted(search.repeats, 'repeat')}, "
        "one seed each"
    )
    many, pairs = search.count * search.repeats > MANY, 1 < len(search.space) <= PAIRS
    density = (
        "the blue is darker where there are more trials, and the orange line is their mean score, "
        "with its 95% interval"
    )
    dots = (
        "Each dot is a trial. Colours go from dark to light as scores get better; the worst tenth "
        "has one colour. The values of a choice are spread a little, crosses diverged."
    )
    if many and not pairs:
        return f"The final {said} against each hyperparameter ({n}): {density}."
    if not pairs:
        return f"The final {said} against each hyperparameter that a trial has ({n}). {dots}"
    if len(search.space) == 2:
        each = f": {density}" if many else ""
        return (
            f"Left and middle, the final {said} against each hyperparameter ({n}){each}. Right, "
            f"both hyperparameters. {dots}"
        )
    diagonal = f"On the diagonal the final {said} against each hyperparameter ({n})"
    diagonal += f": {density}." if many else "."
    return f"{diagonal} Below, pairs of hyperparameters, with the trials that have both. {dots}"


def alt(experiment: Experiment, figure: SearchSpace) -> str:
    """A description of the figure in one sentence."""
    variant = figure.variant
    keys = counted(len(experiment.searches[variant].space), "hyperparameter")
    label = experiment.labels[variant]
    return f"Scores against the {keys} in the search of {label}."

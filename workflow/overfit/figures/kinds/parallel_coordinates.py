"""Trials as lines across an axis for each hyperparameter, the last axis being the score."""

from __future__ import annotations

from typing import Any, Literal

from overfit.config.experiment import Experiment
from overfit.figures.deferred import mpl, pd, searches, sns, theme
from overfit.figures.options import SearchFigure
from overfit.figures.words import counted, wrapped
from overfit.metrics.format import settings
from overfit.results import Results
from overfit.search.dimensions import AnyDimension, Choice

HEIGHT = 3.4
BEST = 0.1
"""The share of the trials that is drawn in colour; the others are grey."""


class ParallelCoordinates(SearchFigure):
    """The trials of a search as lines across an axis for each hyperparameter."""

    kind: Literal["parallel_coordinates"]


def draw(
    experiment: Experiment, figure: ParallelCoordinates, results: Results
) -> mpl.figure.Figure:
    """Draw all trials of a search."""
    variant = figure.variant
    search = experiment.searches[variant]
    space, said = search.space, searches.measured(search)
    better = said.better
    scores = searches.scores_of(experiment, variant, results)
    scores = scores[(scores["budget"] == 1) & ~scores["diverged"]]
    drawing = mpl.figure.Figure(figsize=(theme.WIDTH, HEIGHT), layout="constrained")
    axes = drawing.subplots()
    axes.set(xticks=[], yticks=[])
    axes.spines[:].set_visible(False)
    axes.grid(visible=False)
    if scores.empty:
        return drawing
    value = said.factor * scores["score"]
    heights = pd.DataFrame({key: _height(key, space[key], scores[key]) for key in space})
    low, high = float(value.min()), float(value.max())
    marks = [t for t in mpl.ticker.MaxNLocator(4).tick_values(low, high) if low <= t <= high]
    reach = (high - low) or 1.0
    heights["score"] = (value - low) / reach
    ranks = value.rank(ascending=better == "lower", method="first")
    best = ranks <= max(1, round(BEST * len(value)))
    numbered = heights.set_axis(range(len(heights.columns)), axis=1)
    tall = numbered.assign(rank=-ranks).melt("rank", var_name="axis", value_name="height").dropna()
    tall["score"] = tall["rank"].map(dict(zip(-ranks, value, strict=True)))
    chosen = tall["rank"].isin(-ranks[best])
    look = {"x": "axis", "y": "height", "units": "rank", "estimator": None, "legend": False}
    if not chosen.all():
        sns.lineplot(tall[~chosen], color="#b8b8b8", lw=0.5, alpha=0.45, ax=axes, **look)
    colours = searches.COLOURS if better == "higher" else f"{searches.COLOURS}_r"
    sns.lineplot(tall[chosen], hue="score", palette=colours, lw=1.1, alpha=0.9, ax=axes, **look)
    for position, key in enumerate(space):
        _axis(
            axes,
            position,
            [(_place(space[key], at), text) for at, text in searches.ticks(space[key])],
        )
    texts = settings([float(mark) for mark in marks])
    scores_at = [((mark - low) / reach, text) for mark, text in zip(marks, texts, strict=True)]
    _axis(axes, len(space), scores_at, right=True)
    names = [wrapped(searches.name_of(key), 13) for key in space]
    axes.set_xticks(range(len(names) + 1), [*names, wrapped(said.axis, 13)])
    axes.tick_params(axis="x", length=0, pad=6)
    for name in axes.get_xticklabels():
        name.set_verticalalignment("top")
    axes.set(xlabel="", ylabel="")
    axes.set_xlim(-0.35, len(space) + 0.35)
    axes.set_ylim(-0.04, 1.04)
    return drawing


def _height(key: str, dimension: AnyDimension, values: pd.Series[Any]) -> pd.Series[float]:

    at = searches.jittered(key, dimension, searches.places(dimension, values))
    return at.map(lambda place: _place(dimension, place))


def _place(dimension: AnyDimension, place: float) -> float:
    """The height at which a place is drawn, from 0 to 1."""
    size = len(dimension.choice) if isinstance(dimension, Choice) else 0
    return (place + 0.5) / size if size else place


def _axis(
    axes: mpl.axes.Axes, position: int, marks: list[tuple[float, str]], *, right: bool = False
) -> None:

    axes.vlines(position, 0, 1, color=theme.MUTED, lw=0.9, zorder=3)
    for height, text in marks:
        axes.annotate(
            text,
            (position, height),
            (4, 0) if right else (-3, 0),
            textcoords="offset points",
            ha="left" if right else "right",
            va="center",
            fontsize=7,
            color=theme.INK,
            zorder=4,
            path_effects=[mpl.patheffects.withStroke(linewidth=2.2, foreground="white")],
        )


def caption(experiment: Experiment, figure: ParallelCoordinates) -> str:
    """The caption, which explains the colours and gives n."""
    search = experiment.searches[figure.variant]
    repeats = f" in each of {counted(search.repeats, 'repeat')}" if search.repeats > 1 else ""
    whole = " Trials that were cut short are left out." if search.method_class.shortens else ""
    return (
        f"Each line is a trial ({counted(search.count, 'trial')}{repeats}, one seed each), "
        "across its hyperparameters to its final score on the right. The best tenth is coloured, "
        "from good to best; all others are grey. Lines skip a hyperparameter that their trial "
        f"does not have, and are spread a little on choices. Diverged trials are left out.{whole}"
    )


def alt(experiment: Experiment, figure: ParallelCoordinates) -> str:
    """A description of the figure in one sentence."""
    return (
        "Parallel coordinates of the hyperparameters and scores of all trials in the search of "
        f"{experiment.labels[figure.variant]}."
    )

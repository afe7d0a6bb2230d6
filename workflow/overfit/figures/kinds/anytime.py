"""The best score so far during searches, and the test score of the same trial."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

import numpy as np
from pydantic import AfterValidator

from overfit.config.model import Items
from overfit.config.names import Context, SearchedVariant
from overfit.figures.options import BaseFigure, Mistakes, Reads, no_item_twice
from overfit.figures.words import listed, wrapped
from overfit.metrics.table import Metric as Wording

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from overfit.config.experiment import Experiment
    from overfit.results import Results

HEIGHT = 3.0
STEPS = 200
"""Places at which repeats are averaged."""
SETTLED = 1 / 6
"""After this share of the cost, all curves are within their panel."""


class Anytime(BaseFigure):
    """The best score so far during searches, and the test score of the same trial."""

    reads: ClassVar[tuple[Reads, ...]] = ("trials",)
    most_variants: ClassVar[int] = 8

    kind: Literal["anytime"]
    variants: Annotated[tuple[SearchedVariant, ...], Items, AfterValidator(no_item_twice)] = ()
    """The searched variants to show; all by default."""
    against: Literal["trials", "epochs"] = "trials"
    """The measure of cost: trials, counted as whole trainings, or epochs."""

    def mistakes(self, context: Context) -> Mistakes:
        """No search, or too many."""
        shown = self.variants or context.searched
        if not shown:
            yield "no variant has a search", [()]
        if len(shown) > self.most_variants:
            message = f"{len(shown)} searches are more than {self.most_variants}; pick some"
            yield f"{message} with variants: [...]", [()]


def draw(experiment: Experiment, figure: Anytime, results: Results) -> Figure:
    """Draw a panel of validation scores and one of test scores, with a line a search."""
    from matplotlib.figure import Figure

    from overfit.figures.labels import label_end, spread_labels
    from overfit.figures.searches import measured, scores_of, tested
    from overfit.figures.theme import WIDTH, variant_styles
    from overfit.metrics.searches import incumbents

    variants = figure.variants or list(experiment.searches)
    spent = "trainings" if figure.against == "trials" else "epochs"
    drawing = Figure(figsize=(WIDTH, HEIGHT), layout="constrained")
    panels = list(drawing.subplots(1, 2))
    ranges: dict[Axes, list[float]] = {axes: [] for axes in panels}
    styles = variant_styles(list(experiment.labels), variants)
    for variant in variants:
        search = experiment.searches[variant]
        curves = incumbents(scores_of(experiment, variant, results), search.objective.metric)
        style = styles[variant]
        for axes, column, said in zip(
            panels, ("score", "test_score"), (measured(search), tested(search)), strict=True
        ):
            curve = mean_curve(curves, spent, column)
            shown = curve[["mean", "low", "high"]] * said.factor
            axes.fill_between(
                curve["spent"],
                shown["low"],
                shown["high"],
                color=style.colour,
                alpha=min(0.15, 0.5 / len(variants)),
                lw=0,
            )
            axes.plot(
                curve["spent"], shown["mean"], color=style.colour, ls=style.dashes, gid=variant
            )
            settled = shown[curve["spent"] >= SETTLED * curve["spent"].max()]
            ranges[axes] += [*settled["low"], *settled["high"]]
            if axes is panels[1] and len(curve):
                name = wrapped(experiment.labels[variant], 18)
                label_end(axes, shown["mean"].iloc[-1], name, style.colour)
            _dress(axes, said, spent)
    for axes, values in ranges.items():
        if values:
            low, high = min(values), max(values)
            axes.set_ylim(low - 0.06 * (high - low) - 1e-9, high + 0.06 * (high - low) + 1e-9)
    panels[0].set_title("Best trial so far, validation", fontsize=8)
    panels[1].set_title("The same trial, test", fontsize=8)
    spread_labels(drawing)
    return drawing


def mean_curve(curves: pd.DataFrame, spent: str, column: str) -> pd.DataFrame:
    """Mean and 95% interval over the repeats at common places: spent, mean, low, high.

    It begins where every repeat has found something; with one repeat the interval is empty.
    """
    import pandas as pd

    from overfit.metrics.resampling import mean_intervals

    last = curves.groupby("repeat")[spent].max().min()
    first = curves[curves[column].notna()].groupby("repeat")[spent].min().max()
    if not first <= last:
        return pd.DataFrame(columns=["spent", "mean", "low", "high"])
    at = np.linspace(first, last, STEPS)
    values = np.array(
        [
            rows[column].to_numpy()[
                np.searchsorted(rows[spent].to_numpy(), at + 1e-6, side="right") - 1
            ]
            for _, rows in curves.groupby("repeat")
        ]
    )
    mean = values.mean(axis=0)
    low, high = mean_intervals(list(values.T)).T if len(values) > 1 else np.array([mean, mean])
    return pd.DataFrame({"spent": at, "mean": mean, "low": low, "high": high})


def _dress(axes: Axes, said: Wording, spent: str) -> None:
    from matplotlib.ticker import MaxNLocator

    axes.set_xlabel("Trainings to the end" if spent == "trainings" else "Epochs of all trials")
    axes.set_ylabel(said.axis)
    axes.xaxis.set_major_locator(MaxNLocator(5, integer=True))
    axes.set_xlim(left=0)


def caption(experiment: Experiment, figure: Anytime) -> str:
    """What the figure shows, what the bands mean, and n."""
    searches = [experiment.searches[v] for v in _variants(experiment, figure)]
    repeats = sorted({search.repeats for search in searches})
    n = str(repeats[0]) if len(repeats) == 1 else f"{repeats[0]} to {repeats[-1]}"
    band = "one search each"
    if repeats[-1] > 1:
        band = f"means and 95% intervals of {n} repeats of each search"
    spent = (
        "trials, counted as trainings to the end"
        if figure.against == "trials"
        else "epochs that all trials were trained for"
    )
    short = ""
    if any(search.method_class.shortens for search in searches):
        short = " Trials that were cut short cost their part and cannot be best."
    return (
        f"Left: the best validation score so far against the {spent}. Right: the score of that "
        f"same trial on test images, which no search sees. Lines and bands: {band}; "
        f"their first sixth may lie outside the panels.{short}"
    )


def alt(experiment: Experiment, figure: Anytime) -> str:
    """A description of the figure in one sentence."""
    names = [experiment.labels[variant] for variant in _variants(experiment, figure)]
    return (
        "Two line charts of the best validation score so far and of its test score against what "
        f"the search has spent, for: {listed(names)}."
    )


def _variants(experiment: Experiment, figure: Anytime) -> list[str]:
    return list(figure.variants or experiment.searches)

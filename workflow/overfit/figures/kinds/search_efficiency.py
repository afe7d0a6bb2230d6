"""The result of a random search with 1, 2, 4, ... trials, from the trials of a larger one."""

from __future__ import annotations

from typing import Literal

from overfit.config.experiment import Experiment
from overfit.config.names import Context
from overfit.figures.deferred import mpl, outcomes, pd, searches, sns, theme
from overfit.figures.options import Mistakes, SearchFigure
from overfit.figures.words import counted
from overfit.results import Results

HEIGHT = 3.2
FEW = 8
"""Up to this many searches are also shown individually."""


class SearchEfficiency(SearchFigure):
    """The result of a random search with 1, 2, 4, ... trials, from the trials of a larger one."""

    kind: Literal["search_efficiency"]

    def mistakes(self, context: Context) -> Mistakes:
        """Trials that depend on each other."""
        if self.variant in context.searched and context.methods.get(self.variant) != "random":
            message = "needs trials that are drawn independently: method: random"
            yield message, [("variant",)]


def draw(experiment: Experiment, figure: SearchEfficiency, results: Results) -> mpl.figure.Figure:
    """Draw a box for each size."""
    search = experiment.searches[figure.variant]
    scores = searches.scores_of(experiment, figure.variant, results)
    found = outcomes.smaller_searches(scores, search.objective.metric).dropna()
    said, colour = searches.tested(search), theme.SPLITS["test"].colour
    found["test_score"] *= said.factor
    drawing = mpl.figure.Figure(figsize=(theme.SINGLE_WIDTH, HEIGHT), layout="constrained")
    axes = drawing.subplots()
    if len(found):
        _boxes(axes, found, colour)
    axes.grid(visible=False, axis="x")
    axes.set_xlabel("Trials of a search, number of such searches")
    axes.set_ylabel(f"{said.axis}\nof the trial with the best validation score")
    return drawing


def _boxes(axes: mpl.axes.Axes, found: pd.DataFrame, colour: str) -> None:

    sns.boxplot(
        found,
        x="size",
        y="test_score",
        width=0.55,
        color=f"{colour}33",
        linecolor=colour,
        linewidth=0.9,
        saturation=1,
        flierprops={"marker": ".", "markersize": 3, "mfc": colour, "mew": 0},
        medianprops={"color": theme.INK, "linewidth": 1.4},
        ax=axes,
    )
    counts = found["size"].value_counts().sort_index()
    few = found[found["size"].map(counts) <= FEW]
    if len(few):
        order = list(counts.index)
        sns.swarmplot(few, x="size", y="test_score", order=order, size=3, color=colour, ax=axes)
    names = [f"{size}\nn = {n}" for size, n in counts.items()]
    axes.set_xticks(range(len(names)), names)


def caption(experiment: Experiment, figure: SearchEfficiency) -> str:
    """The caption, which explains the boxes and gives n."""
    search = experiment.searches[figure.variant]
    repeats = search.repeats
    of = f"{counted(repeats, 'repeat')} of a search" if repeats > 1 else "a search"
    return (
        f"The trials of {of} of {counted(search.count, 'independent trial')} are cut into as "
        "many smaller searches of 1, 2, 4 and so on as they make. Boxes: the quartiles, over these "
        "searches, of the test score of the trial that was best on validation images; whiskers "
        "reach to the last value within 1.5 times the box. n is the number of searches; up to 8 "
        "are dots, and those all of whose trials diverged are left out. Searches of one repeat "
        "share its images, so boxes of few searches show less than the whole spread."
    )


def alt(experiment: Experiment, figure: SearchEfficiency) -> str:
    """A description of the figure in one sentence."""
    return (
        "Box plots of the test score of the best trial against the number of trials of a random "
        f"search: {experiment.labels[figure.variant]}."
    )

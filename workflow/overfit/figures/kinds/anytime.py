"""The best score so far during searches, and the test score of the same trial."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import numpy as np
from pydantic import AfterValidator

from overfit.config.experiment import Experiment
from overfit.config.model import Items, each_once
from overfit.config.names import Context, SearchedVariant
from overfit.figures.deferred import data, mpl, outcomes, pd, searches, theme, toolkit
from overfit.figures.options import BaseFigure, Mistakes, Reads
from overfit.figures.words import counted, listed, wrapped
from overfit.metrics.axes import lowered
from overfit.metrics.table import Metric as Wording
from overfit.results import Results

HEIGHT = 3.0
STEPS = 200
"""Places at which repeats are averaged."""
SPENT = {"trials": "trainings", "epochs": "epochs"}
SETTLED = 1 / 6
"""After this share of the cost, all curves are within their panel."""


class Anytime(BaseFigure):
    """The best score so far during searches, and the test score of the same trial."""

    reads: ClassVar[tuple[Reads, ...]] = ("trials",)
    most_variants: ClassVar[int] = 8

    kind: Literal["anytime"]
    variants: Annotated[tuple[SearchedVariant, ...], Items, AfterValidator(each_once)] = ()
    """The searched variants to show; all by default."""
    against: Literal["trials", "epochs"] = "trials"
    """The measure of cost: trials, counted as whole trainings, or epochs."""
    baseline: SearchedVariant | None = None
    """A searched variant. The figure shows differences from its score in the same repeat, which
    has the same images, so that the luck of a repeat does not hide how searches differ."""

    def mistakes(self, context: Context) -> Mistakes:
        """No search, too many, or repeats that can't be paired."""
        shown = self.variants or context.searched
        if not shown:
            yield "no variant has a search", [()]
        if len(shown) > self.most_variants:
            message = f"{len(shown)} searches are more than {self.most_variants}; pick some"
            yield f"{message} with variants: [...]", [()]
        if self.baseline:
            own = context.repeats.get(self.baseline)
            other = next((v for v in shown if context.repeats.get(v) != own), None)
            if other:
                message = f"{other} has another number of repeats than {self.baseline}"
                yield f"{message}, so they can't be paired", [("baseline",)]


def draw(experiment: Experiment, figure: Anytime, results: Results) -> mpl.figure.Figure:
    """Draw a panel of validation scores and one of test scores, with a line for each search."""
    variants, baseline = _variants(experiment, figure), figure.baseline
    found = {
        variant: _curves(experiment, variant, results)
        for variant in dict.fromkeys([*variants, *([baseline] if baseline else [])])
    }
    drawing = mpl.figure.Figure(figsize=(theme.WIDTH, HEIGHT), layout="constrained")
    panels = drawing.subplots(1, 2)
    styles = theme.variant_styles(experiment)
    search = experiment.searches[variants[0]]
    columns = (("score", searches.measured(search)), ("test_score", searches.tested(search)))
    for axes, (column, said) in zip(panels, columns, strict=True):
        if baseline:
            axes.axhline(0, color=theme.MUTED, lw=0.8, zorder=1)
        for variant in variants:
            other = found[baseline] if baseline else None
            rows = along(found[variant], SPENT[figure.against], column, minus=other)
            rows["value"] *= said.factor
            style, faint = styles[variant], min(0.15, 0.5 / len(variants))
            means = toolkit.draw_line(
                axes,
                rows,
                "spent",
                "value",
                style,
                errorbar=data.interval_of(said, difference=bool(baseline)),
                alpha=faint,
                gid=variant,
            )
            if axes is panels[1] and len(means):
                lost = experiment.searches[variant].repeats - rows["repeat"].nunique()
                note = f"\n({counted(lost, 'repeat')} diverged)" if lost else ""
                name = wrapped(experiment.labels[variant], 18) + note
                toolkit.label_end(axes, float(means.iloc[-1]), name, style.colour)
        _dress(axes, said, figure, experiment.labels.get(baseline or ""))
    panels[0].set_title("Best trial so far, validation", fontsize=8)
    panels[1].set_title("The same trial, test", fontsize=8)
    toolkit.spread_labels(drawing)
    return drawing


def _curves(experiment: Experiment, variant: str, results: Results) -> pd.DataFrame:
    """The best so far in each repeat; the mean over all orders where they mean nothing."""
    search = experiment.searches[variant]
    best = outcomes.incumbents if search.sequential else outcomes.expected_incumbents
    return best(searches.scores_of(experiment, variant, results), search.objective.metric)


def along(
    curves: pd.DataFrame, spent: str, column: str, minus: pd.DataFrame | None = None
) -> pd.DataFrame:
    """The values of each repeat at common places, or what they differ by from another search.

    They begin where every repeat has found something; repeats that never do are left out.

    Args:
        curves: the table of `incumbents` of a search.
        spent: the column of what was spent.
        column: the column of values.
        minus: the table of another search, for differences within each repeat.

    Returns:
        The columns `repeat`, `spent` and `value`.
    """
    tables = [curves] if minus is None else [curves, minus]
    last = min(table.groupby("repeat")[spent].max().min() for table in tables)
    known = [table[table[column].notna()].groupby("repeat")[spent].min() for table in tables]
    first = max(ones.max() for ones in known)
    if not first <= last:
        return pd.DataFrame(columns=["repeat", "spent", "value"], dtype=float)
    at = np.linspace(first, last, STEPS)
    steps = [
        {
            repeat: rows[column].to_numpy()[
                np.searchsorted(rows[spent].to_numpy(), at + 1e-6, side="right") - 1
            ]
            for repeat, rows in table.groupby("repeat")
        }
        for table in tables
    ]
    values = steps[0] if minus is None else {r: steps[0][r] - steps[1][r] for r in steps[0]}
    found = [pd.DataFrame({"repeat": r, "spent": at, "value": v}) for r, v in values.items()]
    return pd.concat(found, ignore_index=True).dropna()


def _dress(axes: mpl.axes.Axes, said: Wording, figure: Anytime, baseline: str | None) -> None:
    """Labels and limits; the steep beginning may lie outside."""
    spent = "Trainings to the end" if figure.against == "trials" else "Epochs of all trials"
    minus = wrapped(f"minus {lowered(baseline or '')} ({said.difference_unit})", 36)
    minus = f"{said.name}\n{minus}"
    axes.set(xlabel=spent, ylabel=minus if baseline else said.axis)
    axes.xaxis.set_major_locator(mpl.ticker.MaxNLocator(5, integer=True))
    axes.set_xlim(left=0)
    drawn = [line.get_xydata() for line in axes.lines if line.get_gid()]
    drawn += [path.vertices for band in axes.collections for path in band.get_paths()]
    points = np.concatenate(drawn) if drawn else np.empty((0, 2))
    points = points[np.isfinite(points).all(axis=1)]
    if len(points):
        settled = points[points[:, 0] >= SETTLED * points[:, 0].max(), 1]
        margin = 0.06 * float(np.ptp(settled)) + 1e-9
        axes.set_ylim(settled.min() - margin, settled.max() + margin)


def caption(experiment: Experiment, figure: Anytime) -> str:
    """The caption, which explains the bands and gives n."""
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
    minus = ""
    if figure.baseline:
        baseline = experiment.labels[figure.baseline]
        minus = f" Scores are differences from {lowered(baseline)}, repeat by repeat."
    short = ""
    if any(search.method_class.shortens for search in searches):
        short = " Trials that were cut short cost their part and cannot be best."
    orders = ""
    if not all(search.sequential for search in searches):
        orders = " Of a method that doesn't learn, both are means over all orders of its trials."
    return (
        f"Left: the best validation score so far against the {spent}. Right: the score of that "
        f"same trial on test images, which no search sees.{orders}{minus} Lines and bands: {band}; "
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
    """The searches that have a line; the baseline would be a line of zeros."""
    shown = figure.variants or experiment.searches
    return [variant for variant in shown if variant != figure.baseline]

"""Learning curves of the best trials of a search, best first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from pydantic import Field

from overfit.config.experiment import Experiment
from overfit.config.names import SearchedVariant
from overfit.figures.deferred import mpl, outcomes, pd, searches, theme, toolkit
from overfit.figures.options import BaseFigure, Reads
from overfit.figures.words import counted, key_name
from overfit.metrics.table import METRICS
from overfit.results import Results

COLUMNS = 5
TINY = 6.0
"""Points; the hyperparameters above a panel."""
LINE = 27
"""Characters that fit above a panel."""


class BestTrials(BaseFigure):
    """Learning curves of the best trials of a search, best first."""

    reads: ClassVar[tuple[Reads, ...]] = ("trials",)

    kind: Literal["best_trials"]
    variant: SearchedVariant
    """The searched variant."""
    count: int = Field(default=20, ge=1, le=40)
    """Number of trials."""


def draw(experiment: Experiment, figure: BestTrials, results: Results) -> mpl.figure.Figure:
    """Draw a panel for each of the best trials."""
    variant, count = figure.variant, figure.count
    trials = searches.trials_of(experiment, variant, results)
    search = experiment.searches[variant]
    best = outcomes.ranked_trials(trials, search.objective.metric)[:count]
    trials = trials[trials["repeat"] == trials["repeat"].min()]
    found = [_found(search.space, trials[trials["trial"] == trial]) for trial in best]
    height = 1.32 + 0.1 * (max(map(len, found)) - 1)
    drawing, panels = toolkit.small_multiples(len(best), min(COLUMNS, len(best)), height)
    for rank, (axes, trial) in enumerate(zip(panels, best, strict=True), start=1):
        rows = trials[trials["trial"] == trial]
        _panel(axes, rows)
        _title(axes, rank, _score(rows), found[rank - 1])
    toolkit.epoch_axis(panels, trials["epoch"].max(), ticks=3)
    toolkit.key_above(
        drawing, {"Training": theme.SPLITS["train"], "Validation": theme.SPLITS["validation"]}
    )
    drawing.supxlabel("Epoch", fontsize=8)
    drawing.supylabel("Accuracy (%)\none seed per trial", fontsize=8, ma="center")
    return drawing


def _panel(axes: mpl.axes.Axes, rows: pd.DataFrame) -> None:

    shown = rows.assign(accuracy=100 * rows["accuracy"])
    for split in ("train", "validation"):
        curve = shown[shown["split"] == split]
        toolkit.draw_line(
            axes, curve, "epoch", "accuracy", theme.SPLITS[split], errorbar=None, gid=split
        )
    toolkit.percent_axis(axes, (0, 50, 100))


def _score(rows: pd.DataFrame) -> str:
    """The final validation accuracy (%)."""
    end = rows.loc[rows["split"] == "validation", "accuracy"].iloc[-1]
    if rows["failed"].notna().any():
        return "failed"
    lost = rows["diverged"].any()
    return "diverged" if lost else METRICS["validation_accuracy"].value(end)


def _title(axes: mpl.axes.Axes, rank: int, score: str, lines: list[str]) -> None:

    pad = 3 + 7.5 * len(lines)
    axes.set_title(f"Best-{rank}", pad=pad)
    axes.set_title(
        score,
        loc="right",
        pad=pad,
        fontsize=7.5,
        fontweight="normal",
        color=theme.MUTED if score in ("diverged", "failed") else theme.SPLITS["validation"].colour,
    )
    axes.annotate(
        "\n".join(lines),
        (0, 1),
        (0, 2.5),
        xycoords="axes fraction",
        textcoords="offset points",
        fontsize=TINY,
        color=theme.MUTED,
        linespacing=1.1,
    )


def _found(space: Mapping[str, Any], rows: pd.DataFrame) -> list[str]:
    """The hyperparameters of a trial, as many in a line as fit above a panel."""
    lines = [""]
    for key, dimension in space.items():
        value = rows[key].iloc[0]
        if pd.isna(value):
            continue
        text = f"{key_name(key)} {searches.value_text(dimension, value)}"
        if lines[-1] and len(lines[-1]) + len(text) > LINE:
            lines.append("")
        lines[-1] += f"  {text}" if lines[-1] else text
    return lines


def caption(experiment: Experiment, figure: BestTrials) -> str:
    """The caption, which says how the trials were chosen and gives n."""
    search = experiment.searches[figure.variant]
    count = min(figure.count, search.count)
    metric = search.objective.metric
    best = "highest" if METRICS[metric].better == "higher" else "lowest"
    keys = " and ".join(search.space)
    return (
        f"The {counted(count, 'trial')} with the {best} final {metric.replace('_', ' ')}, out of "
        f"{search.count} of a {search.method.replace('_', ' ')} search over {keys}: "
        "training accuracy (blue, solid) and validation accuracy (green, dash-dotted) over the "
        "epochs. Each trial is one seed, so there are no bands; the number above a panel is its "
        "final validation accuracy in percent."
    )


def alt(experiment: Experiment, figure: BestTrials) -> str:
    """A description of the figure in one sentence."""
    variant = figure.variant
    count = min(figure.count, experiment.searches[variant].count)
    return (
        f"{counted(count, 'small line chart')} of training and validation accuracy against the "
        f"epoch, one for each of the best trials of the search of "
        f"{experiment.labels[variant]}, best first."
    )

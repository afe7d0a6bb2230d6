"""Sentences that the captions of several kinds share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from overfit.figures.options import AveragingFigure, GridFigure
from overfit.figures.wording import axis_label, counted, listed, lowered, value_text
from overfit.metrics.table import MATCH, is_of_search, metric

if TYPE_CHECKING:
    from overfit.config.experiment import Experiment

NOTES = {
    "gap": "The gap is training minus test accuracy.",
    "updates_to_90": "Updates are counted to a training accuracy of 90 %; a run that never reaches "
    "it counts with its whole budget.",
    "diverged": "The interval of the share of diverged seeds is Wilson's.",
}

MATCHED = (
    "Where a metric is taken at a training accuracy or loss, each seed counts at its first "
    "evaluation that gets there; seeds that never do are left out."
)


def units(experiment: Experiment, names: Sequence[str]) -> tuple[int, str]:
    """How many values metrics have at a place, and of what: `10, "seed"`, `20, "repeat"`."""
    if any(map(is_of_search, names)):
        return max(search.repeats for search in experiment.searches.values()), "repeat"
    return experiment.seeds, "seed"


def seeds(experiment: Experiment) -> str:
    """`10 seeds`."""
    return counted(experiment.seeds, "seed")


def metrics_listed(names: Sequence[str]) -> str:
    """Metrics in a sentence: `Test accuracy and gap`."""
    labels = [metric(name).label for name in names]
    return listed([labels[0], *map(lowered, labels[1:])])


def metrics_notes(names: Sequence[str]) -> Iterator[str]:
    """What must be known of metrics to read them."""
    stems = [name.partition(MATCH)[0] for name in names]
    yield from (note for name, note in NOTES.items() if name in stems)
    if any(MATCH in name for name in names):
        yield MATCHED


def hollow(names: Sequence[str]) -> str:
    """What a hollow marker says."""
    waits = "updates_to_90" in names or any(MATCH in name for name in names)
    never = ", or never were trained as far as the metric asks for" if waits else ""
    return f"A hollow marker says that seeds diverged there{never}."


def differences(experiment: Experiment, metrics: str, baseline: str, unit: str = "seed") -> str:
    """`Test accuracy minus that of Baseline, seed by seed,`."""
    return f"{metrics} minus that of {experiment.labels[baseline]}, {unit} by {unit},"


def places_note(figure: GridFigure) -> Iterator[str]:
    """Which part of the grid is shown."""
    if figure.at:
        places = [f"{lowered(axis_label(axis))} {value_text(p)}" for axis, p in figure.at.items()]
        yield f"Shown at {listed(places)}."
    if isinstance(figure, AveragingFigure) and figure.over:
        over = [lowered(axis_label(axis)) for axis in figure.over]
        yield (f"Values are averages over {listed(over)}, seed by seed.")

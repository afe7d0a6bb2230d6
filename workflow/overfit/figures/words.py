"""Words and sentences that figures and captions share."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from overfit.claims.best import split, where
from overfit.figures.options import AveragingFigure, BaseFigure, GridFigure
from overfit.metrics.axes import axis_label, lowered, point_in_text
from overfit.metrics.format import ABSENT, settings
from overfit.metrics.table import MATCH, is_of_search, metric

if TYPE_CHECKING:
    from overfit.config.experiment import Experiment


def counted(n: int, noun: str) -> str:
    """`1 seed`, `10 seeds`."""
    return f"{n} {noun}" + ("" if n == 1 else "s")


def mean_and_range(seeds: int) -> str:
    """The meaning of a line and its band."""
    return "1 seed" if seeds == 1 else f"mean and range of {seeds} seeds"


def listed(items: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"


def wrapped(text: str, width: int) -> str:
    """Text in as few lines of at most `width` characters as it needs, of about equal length.

    A number and its percent sign stay together.
    """
    text = text.replace(" %", f"{TIED}%")
    lines = textwrap.wrap(text, width)
    for narrower in range(width // 2, width):
        balanced = textwrap.wrap(text, narrower, break_long_words=False)
        if len(balanced) == len(lines) and max(map(len, balanced), default=0) <= width:
            lines = balanced
            break
    return "\n".join(lines).replace(TIED, " ")


TIED = "\x1f"
"""Stands for a space at which no line ends."""


def point_texts(points: Sequence[Any]) -> list[str]:
    """The points of an axis, `0.158`, `on`, `he`, with as many digits as tell them apart."""
    return settings(points, digits=3)


def point(experiment: Experiment, axis: str, value: Any) -> str:
    """A point of a grid axis: `dropout rate 0.15`, `3 hidden layers`."""
    return point_in_text(axis, _point(experiment, axis, value))


def titled(experiment: Experiment, axis: str, value: Any) -> str:
    """A point of a grid axis as a title: `Learning rate 0.1`, `3 hidden layers`."""
    text = point(experiment, axis, value)
    return text[:1].upper() + text[1:]


def _point(experiment: Experiment, axis: str, value: Any) -> str:
    points = experiment.grid[axis]
    return point_texts(points)[points.index(value)]


def key_name(key: str) -> str:
    """A dotted key in a few letters: `lr`, `batch size`, `optimizer` for `train.optimizer.name`."""
    return last_name(key.removesuffix(".name")).replace("_", " ")


def last_name(key: str) -> str:
    """The last part of a dotted key."""
    return key.rsplit(".", 1)[-1]


NOTES = {
    "generalization_gap_loss": "The loss gap is test minus training loss.",
    "best_test_accuracy": "The best test accuracy is the highest of all evaluations.",
    "test_loss_rise": "The rise of the test loss is from its lowest evaluation to the last.",
    "updates_to_90": "Updates are counted to a training accuracy of 90 %; a run that never reaches "
    "it counts with its whole budget.",
    "diverged": "The interval of the share of diverged seeds is Wilson's.",
}

MATCHED = (
    "Where a metric is taken at a training accuracy or loss, each seed counts where it first gets "
    "there, interpolated between evaluations; seeds that never do are left out."
)


def units(experiment: Experiment, names: Sequence[str]) -> tuple[int, str]:
    """The number of values of metrics at a place, and their noun: `10, "seed"`, `20, "repeat"`."""
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
    """Explanations that readers need to understand metrics."""
    stems = [name.partition(MATCH)[0] for name in names]
    yield from (note for name, note in NOTES.items() if name in stems)
    if any(MATCH in name for name in names):
        yield MATCHED


def differences(experiment: Experiment, metrics: str, baseline: str, unit: str = "seed") -> str:
    """`Test accuracy minus that of Baseline, seed by seed,`."""
    return f"{metrics} minus that of {experiment.labels[baseline]}, {unit} by {unit},"


def places_note(figure: GridFigure) -> Iterator[str]:
    """Which part of the grid is shown."""
    fixed, best = split(figure.at)
    if figure.at:
        places = [f"{lowered(axis_label(axis))} {point_texts([p])[0]}" for axis, p in fixed.items()]
        chosen = [where(best, each=False).removeprefix("at ")] if best else []
        yield f"Shown at {listed([*places, *chosen])}."
    if best:
        yield "Each seed of each variant chooses this point."
    if isinstance(figure, AveragingFigure) and figure.over:
        over = [lowered(axis_label(axis)) for axis in figure.over]
        yield (f"Values are averages over {listed(over)}, seed by seed.")


def report_labels(experiment: Experiment, figure: BaseFigure) -> dict[str, str]:
    """The labels of a figure in Snakemake's own report: kind, name, variant, metric.

    Variants have their names, which are short and the same in all experiments.
    """
    one = getattr(figure, "variant", None)
    variants = [one] if one else getattr(figure, "variants", ()) or list(experiment.labels)
    metrics = [metric(name).label for name in getattr(figure, "metrics", ())]
    if quantity := getattr(figure, "quantity", ""):
        metrics = [quantity.replace("_", " ")]
    return {
        "kind": figure.kind_name.replace("_", " "),
        "name": figure.key,
        "variant": _few(variants),
        "metric": _few(metrics) if metrics else ABSENT,
    }


def _few(names: Sequence[str]) -> str:
    """The first four, and the number of the others."""
    shown = ", ".join(names[:4])
    return f"{shown} and {len(names) - 4} more" if len(names) > 4 else shown

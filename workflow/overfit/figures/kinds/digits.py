"""Pictures of the data: training images, and test images that the trained networks get wrong."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from overfit.config.experiment import Experiment, Trained
from overfit.config.names import Context
from overfit.data.checked import DataError, Prepared, content, read_arrays
from overfit.figures.deferred import data, mpl, theme, toolkit
from overfit.figures.options import GridFigure, Mistakes, Reads
from overfit.figures.words import counted, listed, places_note, wrapped
from overfit.results import Results

MOST = 10
"""Classes that are shown: the first ones."""
ROW = 1.12
"""Inches."""

Indices = NDArray[np.integer[Any]]


class Digits(GridFigure):
    """Pictures of the data: training images, and test images that the networks get wrong.

    The first row has the training images of the first seed, the first one of each class. Below, for
    each class, is the first test image that more than half of the seeds' networks get wrong at the
    end of training, with the class that they take it for most often. The networks of the first
    variant choose the images; a row for each other variant has the same images. It draws the first
    ten classes of a dataset of images.
    """

    reads: ClassVar[tuple[Reads, ...]] = ("kept", "images", "subsets")
    most_variants: ClassVar[int] = 4

    kind: Literal["digits"]

    def mistakes(self, context: Context) -> Mistakes:
        """Mistakes: the figure needs the predictions of the networks."""
        yield from super().mistakes(context)
        if context.keep is not None and "predictions" not in context.keep:
            message = "digits shows what kept predictions get wrong; add keep: [predictions]"
            yield (message, [("kind",)])


def draw(experiment: Experiment, figure: Digits, results: Results) -> mpl.figure.Figure:
    """Draw a row of training images, and a row of test images for each variant.

    Raises:
        DataError: the dataset has no images.
    """
    cells = data.trained_of(experiment, figure)
    dataset, pictures = _pictures(cells[0], results)
    trained = _first_of_each(dataset.labels, _training_set(experiment, cells[0], results))
    votes = [_votes(experiment, cell, results) for cell in cells]
    truth = dataset.labels[dataset.pool :].astype(int)
    wrong = misread(votes[0], truth)
    drawing = mpl.figure.Figure(
        figsize=(theme.WIDTH, 0.25 + ROW * (1 + len(cells))), layout="constrained"
    )
    parts = list(drawing.subfigures(1 + len(cells), 1, squeeze=False).flat)
    columns = min(MOST, dataset.classes)
    seed = experiment.first_seed
    first = _row(parts[0], f"Training images of seed {seed}: the first of each class", columns)
    for axes, row in zip(_used(first, trained), trained, strict=True):
        _show(axes, pictures[row])
        axes.set_title(_name(dataset, int(dataset.labels[row])), **SMALL)
    for part, cell, counts in zip(parts[1:], cells, votes, strict=True):
        n = int(counts[0].sum()) if len(counts) else 0
        who = f" ({experiment.labels[cell.variant]})" if len(cells) > 1 else ""
        lost = experiment.seeds - n
        who += f", {lost} of {counted(experiment.seeds, 'seed')} diverged" if lost else ""
        heading = f"Test images that most of {counted(n, 'network')} get wrong{who}"
        shown = _row(part, heading if cell is cells[0] else f"The same images{who}", columns)
        if not wrong:
            toolkit.say(shown[0], "None")
        for axes, image in zip(_used(shown, wrong), wrong, strict=True):
            _show(axes, pictures[dataset.pool + image])
            said = int(counts[image].argmax())
            right = said == truth[image]
            axes.set_title(_name(dataset, int(truth[image])), **SMALL)
            axes.set_xlabel(
                f"→ {_name(dataset, said)} ({counts[image][said]}/{n})",
                color=theme.INK if right else theme.SPLITS["test"].colour,
                labelpad=2,
                fontsize=theme.SMALL,
            )
    return drawing


SMALL: dict[str, Any] = {
    "loc": "center",
    "fontsize": 7.0,
    "fontweight": "normal",
    "pad": 2,
}


def misread(votes: Indices, truth: Indices) -> list[int]:
    """The first image of each class that more than half of the networks get wrong.

    Args:
        votes: (n, classes), how many networks take an image for each class.
        truth: (n,), the classes.

    Returns:
        Places of images, in the order of classes; a class that is read well has none.
    """
    right = votes[np.arange(len(truth)), truth]
    often = 2 * right < votes.sum(axis=1)
    found = [np.flatnonzero(often & (truth == c)) for c in range(min(MOST, votes.shape[1]))]
    return [int(places[0]) for places in found if len(places)]


def _votes(experiment: Experiment, cell: Trained, results: Results) -> Indices:
    """The number of networks that predict each class (n, classes); without diverged ones."""
    total: Any = 0
    for block in experiment.blocks[cell.run.id]:
        arrays = read_arrays(results.kept(cell.run.id, block))
        kept = arrays["predictions"][np.isin(arrays["seeds"], experiment.members)]
        whole = kept[np.isfinite(kept).all(axis=(1, 2))]
        classes = np.arange(kept.shape[-1])
        total = total + (whole.argmax(axis=-1)[..., None] == classes).sum(axis=0)
    found: Indices = np.asarray(total)
    return found


def _training_set(experiment: Experiment, cell: Trained, results: Results) -> Indices:
    """The training images of the first seed, as rows of the dataset, ascending."""
    for block in experiment.blocks[cell.run.id]:
        drawn = read_arrays(results.subset(cell.run.subset_id, block))
        place = np.flatnonzero(drawn["seeds"] == experiment.first_seed)
        if len(place):
            rows: Indices = np.sort(drawn["train"][place[0]])
            return rows
    raise DataError(f"{cell.run.id} has no training set of seed {experiment.first_seed}")


def _first_of_each(labels: Indices, rows: Indices) -> list[int]:
    """The first of these rows for each class."""
    found = [rows[labels[rows] == c] for c in range(min(MOST, int(labels.max()) + 1))]
    return [int(places[0]) for places in found if len(places)]


def _pictures(cell: Trained, results: Results) -> tuple[Prepared, NDArray[Any]]:
    """The dataset, and its images (n, height, width) or (n, height, width, 3), from 0 to 1."""
    name = cell.run.settings.data.dataset
    dataset = Prepared.of(name, results)
    shape = tuple(json.loads(content(results.dataset(name).card)).get("shape", ()))
    if len(shape) != 2 and (len(shape) != 3 or shape[-1] != 3):
        raise DataError(f"digits shows images, and {name} has values that are no images")
    return dataset, dataset.images.reshape(len(dataset.images), *shape)


def _row(part: Any, heading: str, columns: int) -> list[mpl.axes.Axes]:
    """A row of empty panels below a heading."""
    part.suptitle(wrapped(heading, 84), x=0.01, ha="left", fontsize=8.5, fontweight="bold")
    panels = list(part.subplots(1, columns, squeeze=False).flat)
    for axes in panels:
        axes.set(xticks=[], yticks=[])
        axes.spines[:].set_visible(False)
        axes.grid(visible=False)
    return panels


def _used(panels: Sequence[mpl.axes.Axes], pictures: Sequence[int]) -> list[mpl.axes.Axes]:
    """A panel for each picture; the others are removed, except the first."""
    for axes in panels[max(1, len(pictures)) :]:
        axes.remove()
    return list(panels[: len(pictures)])


def _show(axes: mpl.axes.Axes, picture: NDArray[Any]) -> None:
    axes.imshow(picture, cmap="gray_r", interpolation="nearest", aspect="equal")
    axes.set(xticks=[], yticks=[])


def _name(dataset: Prepared, label: int) -> str:
    """The name of a class, cut where it would be wider than a picture."""
    name = dataset.names[label] if dataset.names else str(label)
    return name if len(name) <= 9 else f"{name[:8]}…"


def caption(experiment: Experiment, figure: Digits) -> str:
    """The caption, which says how the images were chosen."""
    return " ".join(
        [
            f"Above, the first training image of each class that seed {experiment.first_seed} "
            "draws. Below, of each class the first test image that more than half of the networks "
            f"of {counted(experiment.seeds, 'seed')} get wrong at the end of training. Above a "
            "picture is its class; below a test image is the class that the networks take it for "
            "most often, and how many do. Seeds that diverged are left out.",
            *places_note(figure),
        ]
    )


def alt(experiment: Experiment, figure: Digits) -> str:
    """A description of the figure in one sentence."""
    shown = figure.variants or experiment.labels
    return (
        "A strip of training images, and strips of test images that these networks get wrong: "
        f"{listed([experiment.labels[variant] for variant in shown])}."
    )

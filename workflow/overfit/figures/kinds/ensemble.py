"""Error and log-loss of the averaged predictions of K networks, against K."""

from __future__ import annotations

import io
import json
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from overfit.config.experiment import Experiment, Trained
from overfit.config.names import Context
from overfit.data.checked import content, read_arrays
from overfit.figures.deferred import data, mpl, pd, theme, toolkit
from overfit.figures.options import GridFigure, Mistakes, Reads
from overfit.figures.words import counted, listed, places_note, seeds, wrapped
from overfit.results import Results

Floats = NDArray[np.float64]

MIDDLE = 95


class Ensemble(GridFigure):
    """Error and log-loss of the averaged predictions of K networks, against K."""

    reads: ClassVar[tuple[Reads, ...]] = ("kept", "labels")
    most_variants: ClassVar[int] = 6

    kind: Literal["ensemble"]
    subsets: int = Field(default=200, ge=10, le=2000)
    """For each K, this many random choices of K of the seeds' networks."""

    def mistakes(self, context: Context) -> Mistakes:
        """Mistakes: the figure needs the predictions of the networks."""
        yield from super().mistakes(context)
        if context.keep is not None and "predictions" not in context.keep:
            message = "ensemble averages kept predictions; add keep: [predictions]"
            yield (message, [("kind",)])


def draw(experiment: Experiment, figure: Ensemble, results: Results) -> mpl.figure.Figure:
    """Draw a panel of errors and one of log-losses, a line for each variant."""
    drawing = mpl.figure.Figure(figsize=(theme.WIDTH, 2.9), layout="constrained")
    panels = drawing.subplots(1, 2)
    cells = data.trained_of(experiment, figure)
    styles = theme.variant_styles(experiment)
    for cell in cells:
        predictions = _predictions(experiment, cell, results)
        if not len(predictions):
            continue
        scores = ensemble_scores(predictions, _labels(cell, results), figure.subsets)
        style = styles[cell.variant]
        sizes = np.repeat(np.arange(1, len(scores) + 1), figure.subsets)
        for axes, values in zip(panels, np.moveaxis(scores, -1, 0), strict=True):
            rows = pd.DataFrame({"size": sizes, "score": values.ravel()})
            means = toolkit.draw_line(
                axes,
                rows,
                "size",
                "score",
                style,
                errorbar=("pi", MIDDLE),
                marker=style.marker,
                ms=4.5,
                mew=0,
            )
            lost = experiment.seeds - len(predictions)
            note = f"\n({lost} diverged)" if lost else ""
            text = wrapped(experiment.labels[cell.variant], 18) + note
            toolkit.label_end(axes, float(means.iloc[-1]), text, style.colour)
    for axes, what in zip(panels, ("Test error (%)", "Test log-loss (nats)"), strict=True):
        axes.set_ylabel(what)
        axes.xaxis.set_major_locator(mpl.ticker.MaxNLocator(6, integer=True, steps=[1, 2, 5, 10]))
        axes.set_xlim(0.6, experiment.seeds + 0.4)
    drawing.supxlabel(
        f"Averaged networks, K\n(mean and middle {MIDDLE}% of {figure.subsets} draws of K "
        f"of {counted(experiment.seeds, 'seed')})",
        fontsize=8,
    )
    toolkit.spread_labels(drawing)
    return drawing


def ensemble_scores(predictions: Floats, labels: NDArray[np.integer[Any]], subsets: int) -> Floats:
    """Error and log-loss of random ensembles of each size.

    An ensemble of size K averages the probabilities of the first K networks of a random order, so
    that one order gives an ensemble of each size.

    Args:
        predictions: (S, n, classes), probabilities above 0 of S networks.
        labels: (n,).
        subsets: the number of random orders; the same for the same S.

    Returns:
        (S, subsets, 2): for each size, error in percent and log-loss in nats.
    """
    count = len(predictions)
    rng = np.random.default_rng(np.random.SeedSequence(count))
    scores = np.empty((count, subsets, 2))
    examples = np.arange(len(labels))
    for j in range(subsets):
        total = np.zeros(predictions.shape[1:])
        for k, network in enumerate(rng.permutation(count), start=1):
            total += predictions[network]
            wrong = total.argmax(axis=-1) != labels
            loss = -np.log(total[examples, labels] / k)
            scores[k - 1, j] = 100 * wrong.mean(), loss.mean()
    return scores


def _predictions(experiment: Experiment, cell: Trained, results: Results) -> Floats:
    """The kept predictions of the seeds that did not diverge.

    A probability that was rounded to 0 is the smallest number.
    """
    blocks = []
    for block in experiment.blocks[cell.run.id]:
        arrays = read_arrays(results.kept(cell.run.id, block))
        kept = arrays["predictions"][np.isin(arrays["seeds"], experiment.members)]
        kept = kept[np.isfinite(kept).all(axis=(1, 2))]
        blocks.append(np.maximum(kept, np.finfo(kept.dtype).smallest_subnormal))
    return np.concatenate(blocks).astype(np.float64)


def _labels(cell: Trained, results: Results) -> NDArray[np.integer[Any]]:
    """The classes of the test images."""
    dataset = results.dataset(cell.run.settings.data.dataset)
    first, last = json.loads(content(dataset.card))["splits"]["test"]
    labels: NDArray[np.integer[Any]] = np.load(io.BytesIO(content(dataset.labels)))
    return labels[first:last]


def caption(experiment: Experiment, figure: Ensemble) -> str:
    """The caption, which explains the bands and gives n."""
    return " ".join(
        [
            "Test error and log-loss of the averaged probabilities of K networks against K. The K "
            f"networks are drawn from {seeds(experiment)} {figure.subsets} times; lines are means "
            "and bands the middle 95% of these draws. Draws share networks, so a band shrinks to "
            "nothing at the last K.",
            *places_note(figure),
        ]
    )


def alt(experiment: Experiment, figure: Ensemble) -> str:
    """A description of the figure in one sentence."""
    shown = figure.variants or experiment.labels
    variants = listed([experiment.labels[variant] for variant in shown])
    return (
        "Line charts of test error and log-loss against the number of averaged networks for: "
        f"{variants}."
    )

"""Error and log-loss of the averaged predictions of K networks, against K."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from overfit.figures.cells import Cell, cells_of
from overfit.figures.labels import label_end, spread_labels
from overfit.figures.theme import WIDTH, variant_styles
from overfit.figures.wording import counted, label, wrapped
from overfit.results import Results

Floats = NDArray[np.float64]
PERCENT = (2.5, 97.5)


def draw(plan: Mapping[str, Any], figure: Mapping[str, Any], results: Path) -> Figure:
    """Draw a panel of errors and one of log-losses, a line for each variant."""
    drawing = Figure(figsize=(WIDTH, 2.9), layout="constrained")
    panels = drawing.subplots(1, 2)
    cells = cells_of(plan, figure)
    styles = variant_styles(list(plan["variants"]), [cell["variant"] for cell in cells])
    for cell in cells:
        predictions = _predictions(plan, cell, results)
        labels = _labels(cell, results)
        scores = ensemble_scores(predictions, labels, figure["options"]["subsets"])
        style = styles[cell["variant"]]
        sizes = np.arange(1, len(scores) + 1)
        for axes, values in zip(panels, np.moveaxis(scores, -1, 0), strict=True):
            low, high = np.percentile(values, PERCENT, axis=1)
            mean = values.mean(axis=1)
            axes.fill_between(sizes, low, high, color=style.colour, alpha=0.16, lw=0)
            axes.plot(
                sizes, mean, style.marker, ls=style.dashes, color=style.colour, ms=3.5, gid="mean"
            )
            text = wrapped(label(plan, cell["variant"]), 14)
            label_end(axes, float(mean[-1]), text, style.colour)
    for axes, what in zip(panels, ("Test error (%)", "Test log-loss (nats)"), strict=True):
        axes.set_ylabel(what)
        axes.xaxis.set_major_locator(MaxNLocator(6, integer=True, steps=[1, 2, 5, 10]))
        axes.set_xlim(0.6, plan["seeds"] + 0.4)
    drawing.supxlabel(
        f"Averaged networks, K\n(mean and middle 95% of {figure['options']['subsets']} draws of K "
        f"of {counted(plan['seeds'], 'seed')})",
        fontsize=8,
    )
    spread_labels(drawing)
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


def _predictions(plan: Mapping[str, Any], cell: Cell, results: Path) -> Floats:
    """The kept predictions of all seeds; one that was rounded to 0 is the smallest number."""
    blocks = []
    for block in plan["blocks"][cell["run"]]:
        with np.load(Results(results).kept(cell["run"], block)) as arrays:
            kept = arrays["predictions"][arrays["seeds"] < plan["seeds"]]
        blocks.append(np.maximum(kept, np.finfo(kept.dtype).smallest_subnormal))
    return np.concatenate(blocks).astype(np.float64)


def _labels(cell: Cell, results: Path) -> NDArray[np.integer[Any]]:
    """The classes of the test images."""
    dataset = Results(results).dataset(cell["settings"]["data"]["dataset"])
    card = json.loads(dataset.card.read_text(encoding="utf-8"))
    first, last = card["splits"]["test"]
    return np.load(dataset.labels)[first:last]

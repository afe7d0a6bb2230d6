"""Each variant minus a baseline, seed by seed: a forest plot, a column for each metric."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from overfit.figures.rows import draw_mean, draw_seeds, frame_rows, write_numbers
from overfit.figures.samples import Estimate, diverged_note, estimates, metrics_of, variants_of
from overfit.figures.theme import MUTED, SINGLE_WIDTH, WIDTH, variant_styles
from overfit.figures.wording import counted, label, wrapped
from overfit.figures.words import units
from overfit.metrics.table import metric

ROW_HEIGHT = 0.34
LABEL_WIDTH = 22
"""Inches; characters."""
BAND = "#e9e9e9"


def draw(plan: Mapping[str, Any], figure: Mapping[str, Any], results: Path) -> Figure:
    """Draw a row for each variant but the baseline."""
    options = figure["options"]
    names, baseline, at = options["metrics"], options["baseline"], options["at"]
    metrics = metrics_of(plan, results)
    n, unit = units(plan, names)
    others = [variant for variant in variants_of(plan, figure) if variant != baseline]
    found = {
        name: estimates(metrics, name, [(other, at) for other in others], minus=baseline)
        for name in names
    }
    rows = list(range(len(others)))
    if options["order"] == "estimate":
        rows.sort(key=lambda row: -_sortable(found[names[0]][row]))
    drawing = Figure(
        figsize=(WIDTH if len(names) > 1 else SINGLE_WIDTH, 0.95 + ROW_HEIGHT * len(others)),
        layout="constrained",
    )
    panels = list(drawing.subplots(1, len(names), sharey=True, squeeze=False)[0])
    styles = variant_styles(list(plan["variants"]), others)
    for axes, name in zip(panels, names, strict=True):
        shown = metric(name)
        if margin := options["margins"].get(name):
            axes.axvspan(
                -shown.factor * margin, shown.factor * margin, color=BAND, lw=0, gid="margin"
            )
        axes.axvline(0, color=MUTED, lw=0.8, zorder=1)
        for y, row in enumerate(rows):
            style = styles[others[row]]
            draw_seeds(axes, y + 0.22, found[name][row], style, size=6)
            draw_mean(axes, y - 0.06, found[name][row], style)
            write_numbers(axes, y, found[name][row], shown, n, sign="+")
        axes.set_title(wrapped(shown.label, 24))
        axes.set_xlabel(shown.difference_axis, loc="left")
        frame_rows(axes, len(others), 5 if len(names) < 3 else 3)
    texts = [wrapped(label(plan, others[row]), LABEL_WIDTH) for row in rows]
    if unit == "seed":
        notes = [diverged_note(metrics, others[row], at) for row in rows]
        texts = [text + note for text, note in zip(texts, notes, strict=True)]
    panels[0].set_yticks(range(len(rows)), texts)
    heading = f"minus {label(plan, baseline)}, {unit} by {unit}: mean and 95% interval"
    drawing.supxlabel(wrapped(f"({heading}; dots: {counted(n, unit)})", 90), fontsize=8)
    return drawing


def _sortable(estimate: Estimate) -> float:
    """Without seeds, last."""
    return estimate.mean if len(estimate.seeds) else float("-inf")

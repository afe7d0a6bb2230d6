"""All variants side by side: each seed, the mean and its interval, and what differs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from overfit.figures.panels import keep_percent
from overfit.figures.rows import draw_mean, draw_seeds, frame_rows, write_numbers
from overfit.figures.samples import diverged_note, estimates, metrics_of
from overfit.figures.theme import MUTED, SINGLE_WIDTH, WIDTH, variant_style
from overfit.figures.wording import counted, label, wrapped
from overfit.figures.words import units
from overfit.metrics.table import metric

MAX_METRICS = 4
MAX_VARIANTS = 16
ROW_HEIGHT = 0.34
LINE = 0.125
"""Inches; a row and a line of its label."""
LABEL_WIDTH = 22
"""Characters."""


def draw(plan: Mapping[str, Any], figure: Mapping[str, Any], results: Path) -> Figure:
    """Draw a column of two panels for each metric: values above, differences below.

    Raises:
        ValueError: the experiment has a grid, fewer than two or too many variants, or more than
            four metrics are asked for.
    """
    names, baseline = figure["options"]["metrics"], figure["options"]["baseline"]
    _check(plan, names)
    metrics = metrics_of(plan, results)
    n, unit = units(plan, names)
    variants = list(plan["variants"])
    others = [variant for variant in variants if variant != baseline]

    labels = {v: wrapped(label(plan, v), LABEL_WIDTH) for v in variants}
    row_height = max(ROW_HEIGHT, LINE * (2 + max(text.count("\n") for text in labels.values())))
    width = WIDTH if len(names) > 1 else SINGLE_WIDTH
    height = 1.3 + row_height * (len(variants) + len(others))
    drawing = Figure(figsize=(width, height), layout="constrained")
    grid = drawing.subplots(
        2,
        len(names),
        sharey="row",
        squeeze=False,
        height_ratios=[len(variants) + 0.6, len(others) + 0.6],
    )
    styles = [variant_style(variants, variant) for variant in variants]
    for column, name in enumerate(names):
        shown, (above, below) = metric(name), grid[:, column]
        values = estimates(metrics, name, [(variant, {}) for variant in variants])
        for y, (row, style) in enumerate(zip(values, styles, strict=True)):
            draw_seeds(above, y - 0.2, row, style)
            draw_mean(above, y + 0.12, row, style)
            write_numbers(above, y, row, shown, n)
        above.set_xlabel(shown.axis, loc="left")
        differences = estimates(metrics, name, [(other, {}) for other in others], minus=baseline)
        below.axvline(0, color=MUTED, lw=0.8, zorder=1)
        for y, (row, other) in enumerate(zip(differences, others, strict=True)):
            draw_mean(below, y, row, variant_style(variants, other))
            write_numbers(below, y, row, shown, n, sign="+")
        below.set_xlabel(shown.difference_axis, loc="left")
        for axes, rows in ((above, len(variants)), (below, len(others))):
            frame_rows(axes, rows, 5 if len(names) < 3 else 3)
        keep_percent(above, "x", shown)
    notes = [diverged_note(metrics, variant) if unit == "seed" else "" for variant in variants]
    named = [labels[variant] + note for variant, note in zip(variants, notes, strict=True)]
    grid[0, 0].set_yticks(range(len(variants)), named)
    grid[1, 0].set_yticks(range(len(others)), [labels[other] for other in others])
    grid[0, 0].set_title(f"{counted(n, unit)} (dots), mean with 95% interval", x=0)
    difference = f"Difference from {label(plan, baseline)}, {unit} by {unit}"
    grid[1, 0].set_title(wrapped(difference, 52), x=0)
    return drawing


def _check(plan: Mapping[str, Any], names: Sequence[str]) -> None:
    experiment, variants = plan["experiment"], len(plan["variants"])
    if plan["grid"]:
        raise ValueError(
            f"{experiment}: comparison can't draw a grid ({', '.join(plan['grid'])}); "
            "it compares variants at a single point"
        )
    if not 2 <= variants <= MAX_VARIANTS:
        raise ValueError(
            f"{experiment}: comparison can draw 2 to {MAX_VARIANTS} variants; there are {variants}"
        )
    if len(names) > MAX_METRICS:
        raise ValueError(
            f"{experiment}: comparison can draw up to {MAX_METRICS} metrics, not {len(names)}"
        )

"""A metric against another: a path along a grid axis for each variant, or a point for each."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from overfit.figures.labels import label_point, place_labels
from overfit.figures.panels import key_above
from overfit.figures.point_scale import point_scale
from overfit.figures.samples import Estimate, estimates, metrics_of, variants_of
from overfit.figures.theme import MUTED, SINGLE_WIDTH, Style, variant_styles
from overfit.figures.wording import axis_label, counted, label, lowered, value_text
from overfit.metrics.table import metric

HEIGHT = 3.9


def draw(plan: Mapping[str, Any], figure: Mapping[str, Any], results: Path) -> Figure:
    """Draw the paths or points of all variants in one panel."""
    options = figure["options"]
    metrics = metrics_of(plan, results)
    variants = variants_of(plan, figure)
    axis = options["axis"]
    points = [None]
    if axis:
        scale = point_scale(plan["grid"][axis])
        points = [scale.points[i] for i in scale.order]
    drawing = Figure(figsize=(SINGLE_WIDTH, HEIGHT), layout="constrained")
    axes = drawing.subplots()
    styles = variant_styles(list(plan["variants"]), variants)
    for variant in reversed(variants):
        places = [(variant, {**options["at"], **({axis: p} if axis else {})}) for p in points]
        x, y = (estimates(metrics, options[side], places) for side in ("x", "y"))
        _path(axes, x, y, styles[variant])
        names = [value_text(point) for point in points] if axis else [label(plan, variant)]
        for name, right, up in zip(names, x, y, strict=True):
            if len(right.seeds) and len(up.seeds):
                label_point(
                    axes, right.mean, up.mean, name, styles[variant].colour, needed=not axis
                )
    axes.set_xlabel(metric(options["x"]).axis)
    axes.set_ylabel(metric(options["y"]).axis)
    axes.margins(0.09)
    for side in (axes.xaxis, axes.yaxis):
        side.set_major_locator(MaxNLocator(6, steps=[1, 2, 2.5, 5, 10]))
    if axis:
        key_above(drawing, {label(plan, v): style for v, style in styles.items()}, marked=True)
    n = f"mean and 95% intervals, {counted(plan['seeds'], 'seed')}"
    if axis:
        n = f"points: {lowered(axis_label(axis))}; {n}"
    axes.set_title(n, fontsize=8, fontweight="normal", color=MUTED)
    place_labels(drawing)
    return drawing


def _path(axes: Axes, x: list[Estimate], y: list[Estimate], style: Style) -> None:
    right, up = (np.asarray([estimate.mean for estimate in side]) for side in (x, y))
    for a, b in zip(x, y, strict=True):
        for bar in (([a.low, a.high], [b.mean, b.mean]), ([a.mean, a.mean], [b.low, b.high])):
            axes.plot(*bar, color=style.colour, lw=0.9, alpha=0.55, gid="interval")
    if len(x) > 1:
        axes.plot(right, up, color=style.colour, ls=style.dashes, lw=1.2, gid="path")
    hollow = np.asarray([a.incomplete or b.incomplete for a, b in zip(x, y, strict=True)])
    for chosen, face in ((~hollow, style.colour), (hollow, "white")):
        axes.plot(
            right[chosen], up[chosen], style.marker, ms=4.5, color=style.colour, mfc=face, mew=0.9
        )

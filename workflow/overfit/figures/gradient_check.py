"""The figure of the gradient check, and its words."""

from __future__ import annotations

from typing import Any

import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from overfit.figures.theme import INK, MUTED, SMALL, SPLITS, WIDTH, themed
from overfit.jobs.gradients import MISTAKE
from overfit.metrics.format import setting

CAPTION = (
    "Left: relative error between the analytic gradient and the central difference "
    "(f(x + h) − f(x − h)) / 2h, by the step h, in float64. Each line is a part of the core, the "
    "worst of its arrays. On the right branch the formula's error falls with the square of h; on "
    "the left one rounding grows with 1/h. A function without a third derivative, such as the "
    "affine layer, has only the rounding. A wrong gradient has no valley: the one shown takes "
    "the batch's mean and variance for constants. Right: each part at h = 10⁻⁵; the dashed "
    "line is the bound in the tests."
)

ALT = (
    "Relative error of every layer, loss and penalty against the step of the central difference: "
    "each falls into a valley near a step of 10⁻⁵, but for the wrong gradient."
)
CHOSEN_STEP = 1e-5
BOUND = 1e-6
"""The relative error that the project's tests allow at the chosen step."""
HIGHLIGHTED = {
    "Affine": ("#0072B2", (0, (4, 1.2))),
    "GELU": ("#00805C", (0, (5, 1.2, 1.2, 1.2))),
    MISTAKE.name: (SPLITS["test"].colour, (0, ())),
}
"""Checks without a third derivative, checks with one, and wrong gradients."""


def draw(errors: pd.DataFrame) -> Figure:
    """Draw the table of `gradient_errors`."""
    worst = errors.groupby(["kind", "part", "step"], sort=False)["relative_error"].max()
    table = worst.reset_index()
    with themed():
        figure = Figure(figsize=(WIDTH, 3.9), layout="constrained")
        curves, dots = figure.subplots(1, 2, width_ratios=[1.15, 1])
        _curves(curves, table)
        _dots(dots, table)
    return figure


def _curves(axes: Axes, table: pd.DataFrame) -> None:
    seen = table[table["relative_error"] > 0]
    xy: dict[str, Any] = {"x": "step", "y": "relative_error", "estimator": None, "ax": axes}
    others = seen[~seen["part"].isin(list(HIGHLIGHTED))]
    sns.lineplot(others, units="part", color="#b5b5b5", lw=0.7, **xy)
    for part, (colour, dashes) in HIGHLIGHTED.items():
        rows = seen[seen["part"] == part]
        sns.lineplot(rows, color=colour, linestyle=dashes, lw=1.6, zorder=3, **xy)
    labels = (
        ("Wrong: mean and variance\ntaken for constants", MISTAKE.name, 1e-10, 2.2, "bottom"),
        ("GELU", "GELU", 2e-3, 0.1, "top"),
        ("Affine", "Affine", 2e-4, 0.03, "top"),
    )
    for text, part, step, factor, align in labels:
        rows = table[table["part"] == part]
        nearest = rows.iloc[(rows["step"] / step - 1).abs().argmin()]
        height = max(nearest["relative_error"], 1e-15) * factor
        axes.text(
            nearest["step"],
            height,
            text,
            color=HIGHLIGHTED[part][0],
            va=align,
            fontsize=SMALL + 0.5,
        )
    axes.axvline(CHOSEN_STEP, color=MUTED, linewidth=0.6, linestyle=(0, (2, 2)))
    axes.set(
        xscale="log",
        yscale="log",
        ylim=(1e-16, 60),
        xlabel="Step h of the central difference",
        ylabel="Relative error",
        title="Every part, at every step",
    )


def _dots(axes: Axes, table: pd.DataFrame) -> None:
    chosen = table[(table["step"] / CHOSEN_STEP - 1).abs() < 1e-6]
    palette = dict.fromkeys(chosen["kind"], INK) | {MISTAKE.kind: HIGHLIGHTED[MISTAKE.name][0]}
    sns.stripplot(
        chosen,
        x="relative_error",
        y="part",
        hue="kind",
        palette=palette,
        jitter=False,
        size=4,
        zorder=3,
        legend=False,
        ax=axes,
    )
    axes.grid(visible=True, axis="y")
    axes.axvline(BOUND, color=MUTED, linewidth=0.8, linestyle=(0, (2, 2)))
    axes.tick_params("y", labelsize=6.5, length=0)
    axes.set(
        xscale="log",
        xlim=(1e-12, 10),
        xlabel="Relative error",
        ylabel="",
        title=f"Each part, at h = {setting(CHOSEN_STEP)}",
    )

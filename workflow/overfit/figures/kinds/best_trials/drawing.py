"""Learning curves of the best trials of a search, best first."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from overfit.figures.curves import percent_axis
from overfit.figures.panels import epoch_axis, key_above, small_multiples
from overfit.figures.searches import value_text
from overfit.figures.theme import MUTED, SPLITS
from overfit.figures.wording import key_name
from overfit.metrics.histories import read_trials
from overfit.metrics.trials import ranked_trials

MAX_PANELS = 40
COLUMNS = 5
TINY = 6.0
"""Points; the hyperparameters above a panel."""
LINE = 27
"""Characters that fit above a panel."""


def draw(plan: Mapping[str, Any], figure: Mapping[str, Any], results: Path) -> Figure:
    """Draw a panel for each of the best trials.

    Raises:
        ValueError: the variant is not searched, or more than forty trials are asked for.
    """
    variant, count = figure["options"]["variant"], figure["options"]["count"]
    if count > MAX_PANELS:
        raise ValueError(
            f"{plan['experiment']}: best_trials can draw up to {MAX_PANELS} trials, not {count}"
        )
    trials = read_trials(plan, variant, results)
    search = plan["searches"][variant]
    best = ranked_trials(trials, search["objective"])[:count]
    trials = trials[trials["repeat"] == 0]
    found = [_found(search["space"], trials[trials["trial"] == trial]) for trial in best]
    height = 1.32 + 0.1 * (max(map(len, found)) - 1)
    drawing, panels = small_multiples(len(best), min(COLUMNS, len(best)), height)
    for rank, (axes, trial) in enumerate(zip(panels, best, strict=True), start=1):
        rows = trials[trials["trial"] == trial]
        _panel(axes, rows)
        _title(axes, rank, _score(rows), found[rank - 1])
    epoch_axis(panels, trials["epoch"].max(), ticks=3)
    key_above(drawing, {"Training": SPLITS["train"], "Validation": SPLITS["validation"]})
    drawing.supxlabel("Epoch", fontsize=8)
    drawing.supylabel("Accuracy (%)\none seed a trial", fontsize=8, ma="center")
    return drawing


def _panel(axes: Axes, rows: pd.DataFrame) -> None:
    for split in ("train", "validation"):
        curve, style = rows[rows["split"] == split], SPLITS[split]
        axes.plot(
            curve["epoch"], 100 * curve["accuracy"], color=style.colour, ls=style.dashes, gid=split
        )
    percent_axis(axes, (0, 50, 100))


def _score(rows: pd.DataFrame) -> str:
    """The final validation accuracy (%)."""
    end = rows.loc[rows["split"] == "validation", "accuracy"].iloc[-1]
    return f"{100 * end:.1f}" if not rows["diverged"].any() else "diverged"


def _title(axes: Axes, rank: int, score: str, lines: list[str]) -> None:
    pad = 3 + 7.5 * len(lines)
    axes.set_title(f"Best-{rank}", pad=pad)
    axes.set_title(
        score,
        loc="right",
        pad=pad,
        fontsize=7.5,
        fontweight="normal",
        color=MUTED if score == "diverged" else SPLITS["validation"].colour,
    )
    axes.annotate(
        "\n".join(lines),
        (0, 1),
        (0, 2.5),
        xycoords="axes fraction",
        textcoords="offset points",
        fontsize=TINY,
        color=MUTED,
        linespacing=1.1,
    )


def _found(space: Mapping[str, Any], rows: pd.DataFrame) -> list[str]:
    """The hyperparameters of a trial, as many in a line as fit above a panel."""
    lines = [""]
    for key, dimension in space.items():
        value = rows[key].iloc[0]
        if pd.isna(value):
            continue
        text = f"{key_name(key)} {value_text(dimension, value)}"
        if lines[-1] and len(lines[-1]) + len(text) > LINE:
            lines.append("")
        lines[-1] += f"  {text}" if lines[-1] else text
    return lines

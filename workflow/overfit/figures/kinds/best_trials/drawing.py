"""Learning curves of the best trials of a search, best first."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from overfit.analysis.histories import read_trials
from overfit.analysis.trials import ranked_trials
from overfit.figures.curves import percent_axis
from overfit.figures.panels import epoch_axis, key_above, small_multiples
from overfit.figures.theme import MUTED, SPLITS
from overfit.figures.wording import last_name, scientific

MAX_PANELS = 40
COLUMNS = 5
TINY = 6.0
"""Points; the hyperparameters above a panel."""


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
    keys = list(search["space"])
    height = 1.32 + 0.1 * (len(_lines(keys)) - 1)
    drawing, panels = small_multiples(len(best), min(COLUMNS, len(best)), height)
    for rank, (axes, trial) in enumerate(zip(panels, best, strict=True), start=1):
        rows = trials[trials["trial"] == trial]
        _panel(axes, rows)
        _title(axes, rank, _score(rows), {key: rows[key].iloc[0] for key in keys})
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


def _title(axes: Axes, rank: int, score: str, found: Mapping[str, Any]) -> None:
    shown = [f"{last_name(key)} {scientific(value)}" for key, value in found.items()]
    lines = _lines(shown)
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


def _lines(texts: list[str]) -> list[str]:
    """Two hyperparameters a line."""
    return ["  ".join(texts[i : i + 2]) for i in range(0, len(texts), 2)]

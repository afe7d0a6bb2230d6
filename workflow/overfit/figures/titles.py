"""Titles that carry a message: what the seeds found on a claim."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

from overfit.claims.table import read_claims
from overfit.claims.wording import found
from overfit.config.experiment import Experiment
from overfit.figures.options import BaseFigure
from overfit.figures.words import wrapped
from overfit.metrics.tables import DECIDED
from overfit.results import Results

SIZE = 9.0
"""Points."""
LINE, ABOVE = 0.155, 0.08
"""Inches; a line of the title, and the room around it."""
CHARACTERS = 13.0
"""Of the title, in an inch."""


def message(experiment: Experiment, figure: BaseFigure, results: Results) -> str:
    """The finding on the claim of a figure; nothing if it has none or the claim is undecided.

    It comes from the verdict, so that it says what the interval says, not what was expected.

    Raises:
        DamagedError: the table of claims is damaged.
    """
    claim = next((one for one in experiment.claims if one.id == figure.claim), None)
    path = results.experiment(experiment.name).claims
    if claim is None or not path.is_file():  # a notebook may draw without deciding
        return ""
    rows = read_claims(path, DECIDED)
    row: Mapping[Any, Any] = rows[rows["claim"] == claim.id].iloc[0].to_dict()
    if row["verdict"] == "inconclusive":
        return ""
    values = (row["estimate"], row["ci_low"], row["ci_high"])
    return found(claim.test, experiment, row["verdict"], values)


def put_title(figure: Figure, text: str) -> None:
    """Write a title above a figure, which grows by the height of the title."""
    width = figure.get_figwidth()
    lines = wrapped(text, int(width * CHARACTERS))
    extra = ABOVE + LINE * (lines.count("\n") + 1)
    height = figure.get_figheight() + extra
    figure.set_figheight(height)
    top, below = 1 - extra / height, 0.0
    for legend in figure.legends:  # the layout's rectangle leaves out no room for them
        legend.set_bbox_to_anchor((0, 0, 1, top), figure.transSubfigure)
        figure.draw_without_rendering()
        below = max(below, legend.get_window_extent().height / figure.dpi + ABOVE)
        legend.set_in_layout(False)
    engine = figure.get_layout_engine()
    if isinstance(engine, ConstrainedLayoutEngine):
        engine.set(rect=(0, 0, 1, top - below / height))
    figure.text(0.05 / width, 1 - 0.03 / height, lines, fontsize=SIZE, fontweight="bold",
                ha="left", va="top", linespacing=1.1, gid="title")  # fmt: skip

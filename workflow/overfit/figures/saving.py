"""Figures as files."""

from __future__ import annotations

from pathlib import Path

import matplotlib as mpl
from matplotlib.figure import Figure

from overfit.figures.fonts import missing_reported
from overfit.figures.theme import themed
from overfit.files import atomic

DPI = 200
"""Of the PNG, and of what is pixels in the SVG."""


def save_both(figure: Figure, stem: Path) -> None:
    """Write SVG and PNG; without dates, and with ids that depend on the figure's name alone."""
    with themed(), missing_reported():
        mpl.rcParams["svg.hashsalt"] = stem.name
        with atomic(stem.with_name(f"{stem.name}.svg")) as temporary:
            figure.savefig(temporary, dpi=DPI, metadata={"Date": None, "Creator": None})
        with atomic(stem.with_name(f"{stem.name}.png")) as temporary:
            figure.savefig(temporary, dpi=DPI, metadata={"Software": None})

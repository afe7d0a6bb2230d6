"""Figures as files."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from overfit.figures.fonts import missing_reported
from overfit.figures.theme import themed
from overfit.results import atomic

DPI = 200
"""Of the PNG, and of what is pixels in the SVG."""


def save_both(figure: Figure, stem: Path) -> None:
    """Write SVG and PNG; without dates, and with ids that depend on the figure's name alone.

    `Figure.savefig` would draw everything once more before, for the sake of layouts that need it;
    ours is made at the beginning of each drawing.
    """
    with themed(), missing_reported(), _as_it_was(figure):
        mpl.rcParams["svg.hashsalt"] = stem.name
        with atomic(stem.with_name(f"{stem.name}.svg")) as temporary:
            figure.set_dpi(DPI)
            svg: Any = FigureCanvasSVG(figure)  # its methods are not typed
            svg.print_svg(temporary, metadata={"Date": None, "Creator": None})
        with atomic(stem.with_name(f"{stem.name}.png")) as temporary:
            figure.set_dpi(DPI)
            png: Any = FigureCanvasAgg(figure)
            png.print_png(temporary, metadata={"Software": None})


@contextmanager
def _as_it_was(figure: Figure) -> Iterator[None]:
    """The figure's canvas and resolution are afterwards what they were before."""
    canvas, dpi = figure.canvas, figure.dpi
    try:
        yield
    finally:
        figure.set_canvas(canvas)
        figure.set_dpi(dpi)

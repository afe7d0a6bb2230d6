"""What is saved is what Matplotlib's own `savefig` would save, in half the drawings."""

from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure

from overfit import figures
from overfit.figures.theme import themed


def drawn() -> Figure:
    """With all that makes files differ: a layout, a legend, pixels, a name that is placed."""
    with themed():
        figure = Figure(figsize=(5, 3), layout="constrained")
        left, right = figure.subplots(1, 2)
        left.plot([1, 5, 2], label="a line")
        left.legend()
        left.set_ylabel("Accuracy (%)")
        right.imshow(np.arange(12).reshape(3, 4))
        right.plot([0, 3], [0, 2], rasterized=True)
        right.set_title("Pixels")
        figure.supxlabel("Epoch")
    return figure


def test_files_are_those_of_savefig_and_the_figure_stays_as_it_was(tmp_path: Path) -> None:
    figure = drawn()
    canvas, dpi, layout = figure.canvas, figure.dpi, figure.get_layout_engine()
    figures.save(figure, tmp_path / "name")
    assert (figure.canvas, figure.dpi, figure.get_layout_engine()) == (canvas, dpi, layout)
    other = drawn()
    with themed():
        mpl.rcParams["svg.hashsalt"] = "name"
        other.savefig(tmp_path / "other.svg", dpi=200, metadata={"Date": None, "Creator": None})
        other.savefig(tmp_path / "other.png", dpi=200, metadata={"Software": None})
    for suffix in ("svg", "png"):
        saved = (tmp_path / f"name.{suffix}").read_bytes()
        assert saved == (tmp_path / f"other.{suffix}").read_bytes()

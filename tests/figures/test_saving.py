"""What is saved is what Matplotlib's own `savefig` would save, in half the drawings."""

import re
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from matplotlib import image, rcParams
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

from overfit import figures
from overfit.figures.theme import themed

SVG = "{http://www.w3.org/2000/svg}"


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
        rcParams["svg.hashsalt"] = "name"
        other.savefig(tmp_path / "other.png", dpi=200, metadata={"Software": None})
        other.set_layout_engine("none")  # both files have the layout of the first
        other.savefig(tmp_path / "other.svg", dpi=200, metadata={"Date": None, "Creator": None})
    pixels, others = (image.imread(tmp_path / f"{stem}.png") for stem in ("name", "other"))
    np.testing.assert_array_equal(pixels, others)
    same = bare(tmp_path / "name.svg") == bare(tmp_path / "other.svg")  # pytest would compare lines
    assert same


def bare(svg: Path) -> str:
    """A drawing without the lengths and fonts of its texts."""
    lengths = re.compile(r' textLength="[^"]*" lengthAdjust="spacingAndGlyphs"')
    return re.sub(r"font-family: [^;\"]*", "", lengths.sub("", svg.read_text(encoding="utf-8")))


def test_texts_are_texts_and_as_long_as_they_were_laid_out(tmp_path: Path) -> None:
    figure = drawn()
    figure.text(0.5, 0.5, "Gap < 5 & more", weight="bold", rotation=30)
    figures.save(figure, tmp_path / "name")
    root = ElementTree.parse(tmp_path / "name.svg").getroot()
    lengths = {one.text: float(one.get("textLength")) for one in root.iter(f"{SVG}text")}
    renderer = FigureCanvasAgg(figure).get_renderer()
    words = {"Accuracy (%)", "Epoch", "a line", "Pixels", "Gap < 5 & more"}
    assert words <= set(lengths)
    for text in (text for text in figure.findobj(Text) if text.get_text() in words):
        text.set_rotation(0)
        width = text.get_window_extent(renderer).width * 72 / figure.dpi
        assert lengths[text.get_text()] == pytest.approx(width, rel=0.08)  # Agg rounds to pixels
    assert "sans-serif" in (tmp_path / "name.svg").read_text(encoding="utf-8")

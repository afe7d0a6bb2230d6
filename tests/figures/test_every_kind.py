"""What holds for every kind of figure."""

import itertools
import os
import re
import struct
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.figure import Figure
from matplotlib.text import Text

from overfit import figures
from tests.figures.conftest import ONE_OF_A_KIND, SYNTHETIC, Case


def drawn_texts(drawn):
    """Texts and their boxes. A tick label counts if its tick lies within the axis."""
    canvas = FigureCanvasAgg(drawn)
    canvas.draw()
    hidden = set()
    for axes in drawn.axes:
        for axis, direction in ((axes.xaxis, 0), (axes.yaxis, 1)):
            low, high = sorted(axis.get_view_interval())
            hidden |= {
                label
                for label in axis.get_ticklabels()
                if not low <= label.get_position()[direction] <= high
            }
    return [
        (text, text.get_window_extent(canvas.get_renderer()))
        for text in drawn.findobj(Text)
        if text.get_visible() and text.get_text().strip() and text not in hidden
    ]


FILES: dict[str, tuple[Figure, Path]] = {}
TEXTS: dict[str, tuple[Figure, list[Any]]] = {}


def files_of(name: str, case: Case, folder: Path) -> tuple[Figure, Path]:
    if name not in FILES:
        figure = figures.draw(*case)
        figures.save(figure, folder / "saved" / case.figure.key)
        FILES[name] = figure, folder / "saved"
    return FILES[name]


@pytest.fixture
def drawn(request, case, tmp_path) -> tuple[Figure, list[Any]]:
    """A case as a figure, and its texts. It is saved first: drawing moves the layout a little."""
    name = request.node.callspec.params["case"]
    if name not in TEXTS:
        unique = name in SYNTHETIC + ONE_OF_A_KIND
        figure = files_of(name, case, tmp_path)[0] if unique else figures.draw(*case)
        TEXTS[name] = figure, drawn_texts(figure)
    return TEXTS[name]


@pytest.fixture
def saved(request, one_of_a_kind, tmp_path) -> tuple[Figure, Path]:
    """A case as a figure, and the folder with its files."""
    return files_of(request.node.callspec.params["one_of_a_kind"], one_of_a_kind, tmp_path)


def test_no_texts_overlap_and_none_is_cut_off(drawn) -> None:
    figure, texts = drawn
    assert len(texts) >= 8
    check_places(figure, texts)


def check_places(figure, texts) -> None:
    """No two texts overlap, and none is cut off."""
    for (first, a), (second, b) in itertools.combinations(texts, 2):
        # A box holds the space of ascenders and descenders: a pixel of 100 to the inch is no touch.
        touches = min(a.x1, b.x1) - max(a.x0, b.x0) > 1 and min(a.y1, b.y1) - max(a.y0, b.y0) > 1
        assert not touches, f"{first.get_text()!r} overlaps {second.get_text()!r}"
    for text, box in texts:
        inside = min(box.x0, box.y0) >= 0 and box.x1 <= figure.bbox.x1 and box.y1 <= figure.bbox.y1
        assert inside, f"{text.get_text()!r} is cut off"


def test_no_text_stands_on_a_line(drawn) -> None:
    figure, texts = drawn
    # With its white outline a text is readable on the lines of parallel coordinates.
    texts = [(text.get_text(), box) for text, box in texts if not text.get_path_effects()]
    for axes in figure.axes:
        for line in axes.lines:
            vertices = line.get_path().interpolated(20).transformed(line.get_transform()).vertices
            for text, box in texts:
                assert box.padded(-1).count_contains(vertices) == 0, f"{text!r} stands on a line"


def test_no_interval_of_a_share_leaves_0_to_100_percent(drawn) -> None:
    figure, _ = drawn
    for axes in figure.axes:
        bands = [c for c in axes.collections if isinstance(c, PolyCollection | LineCollection)]
        paths = [path.vertices for band in bands for path in band.get_paths()]
        paths += [line.get_xydata() for line in axes.lines if line.get_gid() == "interval"]
        for side, axis in enumerate((axes.xaxis, axes.yaxis)):
            if paths and axis.get_label_text().endswith("accuracy (%)"):
                values = np.concatenate(paths)[:, side]
                assert np.nanmin(values) >= 0
                assert np.nanmax(values) <= 100


def test_files_are_the_same_bytes_each_time(one_of_a_kind, saved, tmp_path) -> None:
    name = one_of_a_kind.figure.key
    _, before = saved
    figures.save(figures.draw(*one_of_a_kind), tmp_path / "again" / name)
    files = [f"{name}.png", f"{name}.svg"]
    for folder in (before, tmp_path / "again"):
        assert sorted(path.name for path in folder.iterdir()) == files
    for file in files:
        assert (before / file).read_bytes() == (tmp_path / "again" / file).read_bytes()


def test_bytes_do_not_depend_on_the_users_matplotlib_settings(smoke, tmp_path) -> None:
    figures.save(figures.draw(*smoke), tmp_path / "a" / "f")
    with mpl.rc_context({"font.size": 20, "axes.facecolor": "red", "svg.fonttype": "path"}):
        figures.save(figures.draw(*smoke), tmp_path / "b" / "f")
        assert mpl.rcParams["font.size"] == 20
    assert (tmp_path / "a/f.svg").read_bytes() == (tmp_path / "b/f.svg").read_bytes()
    assert (tmp_path / "a/f.png").read_bytes() == (tmp_path / "b/f.png").read_bytes()


def test_pixels_are_200_to_the_inch_and_the_svg_is_sound(one_of_a_kind, saved) -> None:
    figure, folder = saved
    name = one_of_a_kind.figure.key
    width, height = struct.unpack(">II", (folder / f"{name}.png").read_bytes()[16:24])
    inches = figure.get_size_inches()
    assert (width, height) == pytest.approx(200 * inches, abs=1)
    assert inches[0] in (5.0, 7.0)
    svg = (folder / f"{name}.svg").read_text()
    assert ET.fromstring(svg).tag.endswith("svg")
    assert "<dc:date>" not in svg
    texts = re.findall(r"<text style[^>]*>", svg)  # powers of ten place each character instead
    assert texts
    assert all("textLength" in text for text in texts)


def test_no_text_is_too_small_to_read(case, drawn) -> None:
    smallest = 6.0 if case.figure.kind_name == "best_trials" else 7.0
    figure, _ = drawn
    assert min(text.get_fontsize() for text in figure.findobj(Text)) >= smallest


def test_the_experiments_own_caption_comes_first(case) -> None:
    words = figures.caption(case.experiment, case.figure)
    own = figures.caption(
        case.experiment, case.figure.model_copy(update={"caption": "Look here. "})
    )
    assert own == f"Look here. {words}"
    assert words.endswith(".")
    assert "  " not in words
    over = getattr(case.figure, "over", ())
    assert ("averages over" in words) == (isinstance(over, tuple) and bool(over))


def run_python(code: str) -> None:
    package = Path(figures.__file__).parents[2]
    subprocess.run(
        [sys.executable, "-c", code], check=True, env={**os.environ, "PYTHONPATH": str(package)}
    )


def test_reading_the_configuration_loads_nothing_that_draws() -> None:
    run_python(
        "import sys; import overfit.config.study\n"
        "heavy = {'matplotlib', 'seaborn', 'pandas', 'scipy'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )

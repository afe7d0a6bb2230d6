from __future__ import annotations

from urllib.parse import unquote
from xml.etree import ElementTree

import matplotlib as mpl
from markupsafe import Markup
from matplotlib.figure import Figure

from overfit.report.picture import compact, data_uri, size

SVG = "{http://www.w3.org/2000/svg}"


def plotted(path) -> str:
    figure = Figure(figsize=(4, 3))
    axes = figure.add_subplot()
    axes.plot([0, 1, 2], [0.123456789, 0.5, -3.987654321], "o-", clip_on=True)
    axes.set_title('50 % of <"A & B"> #1')
    with mpl.rc_context({"svg.fonttype": "none"}):
        figure.savefig(path)
    return path.read_text(encoding="utf-8")


def test_nothing_that_is_drawn_is_lost(tmp_path):
    svg = plotted(tmp_path / "figure.svg")
    whole, small = ElementTree.fromstring(svg), ElementTree.fromstring(compact(svg))
    drawn = [
        one.tag for one in whole.iter() if one.tag.startswith(SVG) and "metadata" not in one.tag
    ]
    assert [one.tag for one in small.iter()] == drawn
    assert len(compact(svg)) < 0.9 * len(svg)
    title = "text[.='50 % of <\"A & B\"> #1']"
    assert small.find(f".//{SVG}{title}") is not None


def test_coordinates_are_kept_to_a_hundredth_and_scales_as_they_are():
    svg = '<svg><path d="M 1.23456 -2.0001 L 3 4.5"/><g transform="scale(0.015625)"/></svg>'
    assert (
        compact(svg) == '<svg><path d="M 1.23 -2 L 3 4.5"/><g transform="scale(0.015625)"/></svg>'
    )


def test_the_uri_holds_in_an_attribute_and_gives_back_the_drawing(tmp_path):
    svg = plotted(tmp_path / "figure.svg")
    uri = data_uri(svg)
    assert '"' not in uri
    assert "#" not in uri
    drawing = unquote(Markup(uri).unescape().partition(",")[2])
    texts = [one.text for one in ElementTree.fromstring(drawing).iter(f"{SVG}text")]
    assert '50 % of <"A & B"> #1' in texts


def test_the_size_is_in_pixels(tmp_path):
    assert size(plotted(tmp_path / "figure.svg")) == (384, 288)
    assert size('<svg height="320" width="640.4"><rect width="3"/></svg>') == (640, 320)
    assert size("<svg><rect width='3'/></svg>") == (0, 0)

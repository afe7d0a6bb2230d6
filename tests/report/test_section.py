"""Parts of a section: pictures, effort, source."""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import unquote
from xml.etree import ElementTree

import matplotlib as mpl
import numpy as np
import pandas as pd
import yaml
from markupsafe import Markup
from matplotlib.figure import Figure

from overfit.data.catalogue import checked
from overfit.data.prepare import prepare
from overfit.report.embedded import compact, data_uri, size
from overfit.report.section import Section, effort
from tests.report.study import small

SVG = "{http://www.w3.org/2000/svg}"


def plotted(path) -> str:
    figure = Figure(figsize=(4, 3))
    axes = figure.add_subplot()
    axes.plot([0, 1, 2], [0.123456789, 0.5, -3.987654321], "o-", clip_on=True)
    axes.set_title('50 % of <"A & B"> #1')
    with mpl.rc_context({"svg.fonttype": "none"}):
        figure.savefig(path)
    return path.read_text(encoding="utf-8")


DRAWN = ("path", "use", "text", "rect", "circle", "image", "line", "polygon")


def test_nothing_that_is_drawn_is_lost(tmp_path):
    svg = plotted(tmp_path / "figure.svg")
    whole, small = ElementTree.fromstring(svg), ElementTree.fromstring(compact(svg))
    drawn = [
        [one.tag for one in root.iter() if one.tag[len(SVG) :] in DRAWN] for root in (whole, small)
    ]
    assert drawn[0] == drawn[1]
    assert len(compact(svg)) < 0.6 * len(svg)
    title = "text[.='50 % of <\"A & B\"> #1']"
    assert small.find(f".//{SVG}{title}") is not None
    ids = {one.get("id") for one in small.iter()} - {None}
    assert ids == set(re.findall(r"#(i\d+)", compact(svg)))


def test_coordinates_are_kept_to_a_tenth_and_scales_as_they_are():
    svg = (
        '<svg><path d="M 1.23456 -2.0001 L 3 -0.001 L 123.456 4.5 L 5 -6 z"/>'
        '<g transform="scale(0.015625)"><path d="M 1 2"/></g></svg>'
    )
    assert compact(svg) == (
        '<svg><path d="M1.23-2L3 0 123.5 4.5 5-6z"/>'
        '<g transform="scale(0.015625)"><path d="M1 2"/></g></svg>'
    )


def test_styles_that_elements_share_are_written_once():
    svg = '<svg><g id="a"><path style="fill: red"/></g><g/><path id="b" style="fill: red"/></svg>'
    assert compact(svg) == (
        '<svg><style>.c0{fill: red}</style><path class="c0"/><path class="c0"/></svg>'
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


def write(path, seconds):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"s\th:m:s\n{seconds}\t0:00:01\n")


def test_the_time_of_an_experiment_is_that_of_its_jobs(study):
    baseline, found = study.experiments[2].runs
    search = study.experiments[2].searches["searched"].id
    write(study.results.benchmark("train", baseline, "0000-0009"), 1.5)
    write(study.results.benchmark("train", found, "0000-0009"), 2.25)
    write(study.results.benchmark("search_trials", search, "random", "0050-0099"), 10)
    write(study.results.benchmark("train", "another", "0000-0009"), 100)
    cost = effort(study.experiments[2], {baseline, "another"}, study.results)
    assert (cost.runs, cost.shared, cost.networks) == (2, 1, 120)
    assert (cost.jobs, cost.timed, cost.seconds) == (4, 3, 13.75)


def test_the_page_says_how_much_of_it_was_timed(study):
    run = study.experiments[0].runs[0]
    write(study.results.benchmark("train", run, "0000-0009"), 61)
    text = " ".join(study.html().split())
    said = "1 min 1 s of computing in the 1 of 2 jobs that were timed"
    assert f"20 networks in 2 runs (1 shared with other experiments), {said}" in text


def test_the_page_tells_what_was_read_of_a_dataset(study, tmp_path):
    frame = pd.DataFrame({"size": np.arange(40) / 8, "class": ["<b>", "ant"] * 20})
    frame.loc[[3, 5], "size"] = np.nan
    frame.to_csv(tmp_path / "t.csv", index=False)
    entry = {"source": "table", "file": str(tmp_path / "t.csv"), "label": "class", "test": 0.5}
    name = study.experiments[0].cells[0].run.settings.data.dataset
    folder = study.results.dataset(name).root
    prepare(name, checked({**entry, "missing": "drop", "licence": "CC0"}), folder)
    text = " ".join(study.html().split())
    for word, said in {
        "title": "not given",
        "licence": "CC0",
        "pool": "19 in the pool, 19 for testing",
        "classes": "&lt;b&gt; 10 + 10, ant 9 + 9",
        "inputs": "1, from 0 to 4.875",
        "features": "size (number, 0 to 4.875",
        "left out": "2: ",
    }.items():
        assert f'<span class="key">{word}</span> <bdi>{said}' in text


def of(sources, **changes):
    """The text that the page shows of an experiment."""
    return Section(replace(small()[0], sources=sources, **changes), None, None, None).source


def test_the_files_that_an_experiment_extends_stand_below_it():
    a, b, c = ("title: a\n", "title: b\n", "title: c\n")
    assert of({"a.yaml": a}) == a
    assert of({"c.yaml": c, "b.yaml": b, "a.yaml": a}) == (
        "title: c\n\n# b.yaml\ntitle: b\n\n# a.yaml\ntitle: a\n"
    )


def test_what_the_configuration_changes_stands_between_them():
    changes = {"variants": {"größer": {"model": {"hidden": (9, 9)}, "dropout": None}}, "seeds": 3}
    text = of({"b.yaml": "title: b\n", "a.yaml": "title: a\n"}, changes=changes)
    own, changed = text.split("\n# changed by the configuration\n")
    assert own == "title: b\n"
    changed, extended = changed.split("\n# a.yaml\n")
    assert extended == "title: a\n"
    assert yaml.safe_load(changed) == {
        "variants": {"größer": {"model": {"hidden": [9, 9]}, "dropout": None}},
        "seeds": 3,
    }
    assert "größer" in changed

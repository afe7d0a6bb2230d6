"""A file that is cut, altered or empty costs its own part of the page and nothing else."""

from __future__ import annotations

import json
import random
import subprocess
import sys

import pytest

from overfit.data.checked import whole
from overfit.report.page import Failure
from overfit.report.provenance import read_provenance
from tests.report.explored import sweep, unpacked, write_explored
from tests.report.study import SVG, write_claims
from tests.report.test_page import Page


def files_of(study):
    """The files that the page reads, by a name."""
    weight_decay = study.results.experiment("weight_decay")
    search = study.experiments[2].searches["searched"]
    return {
        "claims": study.results.claims,
        "summary": weight_decay.summary,
        "figure": weight_decay.figure("learning_curves"),
        "best": study.results.best(search.id, "random"),
        "gradients": study.results.gradients.figure(),
    }


@pytest.fixture
def complete(study):
    """The study, also with the figure of the gradient check."""
    figure = study.results.gradients.figure()
    figure.parent.mkdir(exist_ok=True)
    figure.write_text(SVG)
    return study


def named_as_damaged(page, path):
    """The notes on the page that name a file."""
    command = f"rm -r {path} && snakemake"
    notes = [text for tag in ("aside", "div") for _, text in page.all(tag, "note")]
    return [text for text in notes if str(path) in text and command in text]


@pytest.mark.parametrize("part", ["claims", "summary", "figure", "best", "gradients"])
@pytest.mark.parametrize("content", [b"", b"\x00\xff\xfe\x00", b"<svg", b"[1, 2]\n", b"- \n: x\n"])
def test_a_damaged_file_is_named_where_it_would_be_and_at_the_top(complete, part, content):
    path = files_of(complete)[part]
    path.write_bytes(content)
    page = Page(complete.html())
    assert len(named_as_damaged(page, path)) == 2
    assert len(page.pictures()) == 4 - (part in ("figure", "gradients"))
    assert len(page.all("tr", "claim")) == 6 * (part != "claims")


@pytest.mark.parametrize("part", ["claims", "summary", "figure", "gradients"])
def test_wherever_a_file_is_cut_there_is_a_page(complete, part):
    path = files_of(complete)[part]
    content = path.read_bytes()
    for length in sorted(random.Random(0).sample(range(len(content)), 15)):  # noqa: S311
        path.write_bytes(content[:length])
        assert named_as_damaged(Page(complete.html()), path), length


def test_the_incomplete_report_names_it_too(complete):
    path = files_of(complete)["figure"]
    path.write_text(SVG[:50])
    failed = [Failure("results/x.svg", "x.log", "ValueError: nothing")]
    page = Page(complete.html(failed=failed))
    assert named_as_damaged(page, path)
    assert "ValueError: nothing" in page.all("aside", "note")[0][1]


def test_a_damaged_provenance_costs_its_section(complete, tmp_path):
    path = tmp_path / "provenance.json"
    for content in ("", '{"code": {"version": "0.1', "[]", json.dumps({"code": {}})):
        path.write_text(content)
        damaged = whole(path, read_provenance)
        complete.provenance = damaged
        page = Page(complete.html())
        assert len(named_as_damaged(page, path)) == 2
        assert len(page.all("tr", "claim")) == 6


@pytest.mark.parametrize("damaged", ["curves", "summary"])
def test_the_explorer_leaves_out_what_it_cannot_read(tmp_path, damaged):
    one, two = sweep(name="one"), sweep(name="two")
    study = write_explored(tmp_path, one, two)
    write_claims([], study.results.claims)
    path = getattr(study.results.experiment("one"), damaged)
    content = path.read_bytes()
    for length in (0, len(content) // 2, len(content) - 3):
        path.write_bytes(content[:length])
        page = Page(study.html())
        assert named_as_damaged(page, path)
        assert [a["value"] for a, _ in page.all("option") if a.get("value") in ("one", "two")] == [
            "two"
        ]


def test_an_explorer_that_cannot_be_made_costs_its_section_alone(complete, monkeypatch):
    def broken(*arguments):
        raise KeyError("seeds of the curves")

    monkeypatch.setattr("overfit.report.page.explorer", broken)
    for failed in ([], [Failure("x", "y", "z")]):
        page = Page(complete.html(failed=failed))
        (note,) = page.all("div", "note")
        assert note[1] == "The explorer can't be shown: KeyError: 'seeds of the curves'."
        assert len(page.all("tr", "claim")) == 6
        assert len(page.pictures()) == 4


def test_damaged_times_and_cards_cost_nothing(complete):
    run = complete.experiments[0].runs[0]
    time = complete.results.benchmark("train", run, "0000-0009")
    card = complete.results.dataset("mnist-5k").card
    for path in (time, card):
        path.parent.mkdir(parents=True, exist_ok=True)
    for content in ("", "s\n", "s\tx\n?\n", '{"values": "x", "classes": [], "shape": 3}', "[]"):
        time.write_text(content)
        card.write_text(content)
        assert len(Page(complete.html()).all("tr", "claim")) == 6


def test_the_terminal_says_one_line(complete, repository):
    path = complete.results.claims
    path.write_bytes(path.read_bytes()[:300])
    command = [sys.executable, "-m", "overfit.report.terminal", str(path)]
    environment = {"PYTHONPATH": str(repository / "workflow")}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"{path} is damaged (")
    assert line.endswith(f"rm -r {path} && snakemake")


CONTROL = "a\x00b\x1b[2J\x07c\x9bd\u202ee\ufffff\ud800g"


def test_no_control_character_reaches_the_page(complete):
    labels = {"baseline": CONTROL, "l2": "L2"}
    claim = complete.experiments[0].claims[0]
    claims = (claim.model_copy(update={"says": CONTROL, "cites": CONTROL}),)
    complete.change(0, title=CONTROL, text=CONTROL, labels=labels, claims=claims,
                    sources={"x.yaml": CONTROL})  # fmt: skip
    complete.provenance["machine"]["cpu"] = CONTROL
    html = complete.html(failed=[Failure("x", "y", CONTROL)])
    html.encode("utf-8")
    assert not set(CONTROL) - set("abcdefg[2J") & set(html)


def test_no_control_character_reaches_the_data_of_the_explorer(tmp_path):
    study = write_explored(tmp_path, sweep(title=CONTROL, labels={"plain": CONTROL, "dropout": ""}))
    html = study.html()
    assert not set(CONTROL) - set("abcdefg[2J") & set(html)
    data = html.partition('id="explorer-data">')[2].partition("</script>")[0]
    text = json.dumps(unpacked(data), ensure_ascii=False)
    assert "\ufffd" in text
    assert "\\u0000" not in text
    assert "\\u001b" not in text

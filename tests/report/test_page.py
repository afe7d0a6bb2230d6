"""The page: everything is on it, as text, and nothing else; the atlas's stays below 10 MB."""

from __future__ import annotations

import base64
import gzip
import json
import re
import shutil
from hashlib import sha256
from html.parser import HTMLParser
from itertools import pairwise
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest

from overfit.config.experiment_file import Reported
from overfit.report.page import LIMIT, TEMPLATES, parts, too_heavy
from overfit.results import Results
from tests.report.atlas import drawing, write_atlas
from tests.report.study import BATCH_NORM, small, write_study

VOID = {"meta", "link", "img", "br", "hr", "input"}


class Page(HTMLParser):
    """The elements of a page: (tag, attributes, text inside), and whether tags are balanced."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None], list[str]]] = []
        self.open: list[tuple[str, list[str]]] = []
        self.feed(html)
        self.close()
        assert not self.open

    def handle_starttag(self, tag, attrs):
        text: list[str] = []
        self.elements.append((tag, dict(attrs), text))
        if tag not in VOID:
            self.open.append((tag, text))

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs), []))

    def handle_endtag(self, tag):
        assert self.open.pop()[0] == tag

    def handle_data(self, data):
        for _, text in self.open:
            text.append(data)

    def all(self, tag, class_=None):
        return [
            (attributes, " ".join("".join(text).split()))
            for name, attributes, text in self.elements
            if name == tag and (class_ is None or class_ in (attributes.get("class") or "").split())
        ]

    def pictures(self):
        """The attributes of the embedded figures, without their thumbnails."""
        return [attributes for attributes, _ in self.all("img") if "src" in attributes]

    def attributes(self, *names):
        return [attrs[n] for _, attrs, _ in self.elements for n in names if attrs.get(n)]


@pytest.fixture(scope="module")
def page(tmp_path_factory) -> Page:
    """The page of the small study, for tests that only look at it."""
    return Page(write_study(tmp_path_factory.mktemp("page") / "results").html())


def test_every_claim_stands_in_the_ledger_with_its_verdict(page):
    ledger = {row[0]["data-says"]: row for row in page.all("tr", "claim")}
    assert len(ledger) == 6
    for says, verdict, effect in [
        ("Weight decay narrows the gap.", "supported", "−4.3 [−5.1, −3.6] points"),
        ("It raises test accuracy.", "contradicted", "−2.5 [−3.1, −1.9] points"),
        ("It narrows the gap.", "negligible", "+0.1 [−0.8, 1.1] points"),
        ("The best configuration beats the baseline.", "inconclusive", "+0.5 [−1.1, 2.4] points"),
        ("Training takes fewer updates.", "supported", "−120 [−140, −100] updates"),
    ]:
        attributes, text = ledger[says]
        assert attributes["data-verdict"] == verdict
        assert verdict in text
        assert effect in text


def test_verdicts_are_counted(page):
    counts = {text.split()[1]: text.split()[0] for _, text in page.all("li") if text[:1].isdigit()}
    assert counts == {
        "supported": "2",
        "contradicted": "1",
        "negligible": "1",
        "inconclusive": "2",
    }


def test_a_verdict_is_told_by_word_and_shape_not_by_colour_alone(page):
    for attributes, text in page.all("span", "badge"):
        verdict = attributes["class"].split()[1]
        assert text == verdict
    symbols = [a["id"] for a, _ in page.all("symbol")]
    assert symbols == [
        f"icon-{v}" for v in ("supported", "contradicted", "negligible", "inconclusive")
    ]


def test_every_link_leads_to_a_part_of_the_page_or_to_a_file_inside_it(page):
    ids = page.attributes("id")
    assert len(ids) == len(set(ids))
    links = page.attributes("href")
    assert any(link.startswith("#claim-") for link in links)
    for link in links:
        if link.startswith("#"):
            assert link[1:].partition("?")[0] in ids, link
        else:
            assert link.startswith("data:")


def test_nothing_is_asked_of_the_network(page, study):
    for source in page.attributes("src", "poster", "srcset", "data", "action"):
        assert source.startswith("data:"), source
    assert not page.all("link")
    assert not page.all("iframe")
    style = page.all("style")[0][1]
    assert "url(" not in style
    assert "@import" not in style
    policy = next(a["content"] for a, _ in page.all("meta") if "http-equiv" in a)
    assert policy.startswith("default-src 'none'")
    script = re.search(r"<script>(.*)</script>", study.html(), re.DOTALL)[1]
    digest = base64.b64encode(sha256(script.encode()).digest()).decode()
    assert f"'sha256-{digest}'" in policy


def test_every_figure_is_embedded_with_alternative_text_and_caption(page):
    images = page.pictures()
    assert len(images) == 3
    kind, _, drawing = images[0]["src"].partition(",")
    assert kind == "data:image/svg+xml"
    (path,) = ElementTree.fromstring(unquote(drawing)).iter("{http://www.w3.org/2000/svg}path")
    assert path.attrib["stroke"] == "#0072b2"
    assert all(len(attributes["alt"]) > 20 for attributes in images)
    assert all(len(text) > 10 for _, text in page.all("figcaption"))


def test_headings_have_no_gaps_and_begin_with_one(page):
    levels = [int(tag[1]) for tag, _, _ in page.elements if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_tables_have_captions_and_scopes(page):
    tables = page.all("table")
    assert len(page.all("caption")) == len(tables)
    assert all(attributes.get("scope") for attributes, _ in page.all("th"))


def test_the_page_is_usable_from_the_keyboard(page):
    assert page.elements[[e[0] for e in page.elements].index("body") + 1][1]["href"] == "#content"
    assert "lang" in page.all("html")[0][0]
    assert all("tabindex" in attributes for attributes, _ in page.all("div", "scroll"))


def test_a_number_of_the_source_stands_beside_ours(study):
    study.change(0, reported=(REPORTED,))
    (row,) = (text for _, text in Page(study.html()).all("tr") if "Page 7" in text)
    assert row == "Test accuracy, L2 0.1 90.0 % 87.2 %[86.4, 88.1] Page 7"


def test_what_a_search_found_stands_beside_what_the_source_found(study):
    lr = Reported(of="searched", found="train.optimizer.lr", value=0.0092, cites="Page 8")
    score = Reported(of="searched", found="score", value=0.83, cites="Page 9")
    study.change(2, reported=(lr, score))
    rows = [text for _, text in Page(study.html()).all("tr") if "Page" in text]
    assert rows == [
        "Best learning rate, Searched 0.0092 0.00834 Page 8",
        "Validation accuracy of the best trial, Searched 83.0 % 79.0 % Page 9",
    ]


def test_experiments_stand_under_their_topics_in_the_order_asked_for(study):
    study.change(1, topic="")
    page = Page(study.html(topics=["Weight decay"]))
    topics = [text.split(" ")[0] for _, text in page.all("li", "topic")]
    assert topics == ["Weight", "Hyperparameter", "Other", "Claims"]
    headings = [text for _, text in page.all("h2")]
    assert "Other experiments" in headings


def test_the_first_screen_has_findings_that_are_true_as_written(page):
    findings = [
        text for _, text in page.all("p") if text.endswith((" points.", "updates.", "gap."))
    ]
    assert findings[:2] == [
        "Training takes fewer updates.",
        "Test accuracy is lower with L2 0.1 than with Baseline, by 2.5 [1.9, 3.1] points.",
    ]
    assert "Contradicted. The claim was: It raises test accuracy." in [
        text for _, text in page.all("p", "detail")
    ]
    assert len(page.all("svg", "interval")) == 4 + 6  # four findings, six rows of the ledger


def test_an_experiment_answers_its_question(page):
    answers = [text for _, text in page.all("p", "answer")]
    assert answers == [
        "Training takes fewer updates. −120 [−140, −100] updates",
        "Not decided: The best configuration beats the baseline. +0.5 [−1.1, 2.4] points",
        "Weight decay narrows the gap. −4.3 [−5.1, −3.6] points",
    ]


def test_the_page_says_how_much_of_the_book_holds(study):
    book = "Deep Learning from Scratch, 6.4"
    experiment = study.experiments[0]
    claims = tuple(one.model_copy(update={"cites": book}) for one in experiment.claims)
    study.change(0, claims=(*claims[:2], *experiment.claims[2:]))
    assert Page(study.html()).all("p", "book") == []  # two claims are few
    study.change(0, claims=claims)
    study.change(2, claims=(study.experiments[2].claims[0].model_copy(update={"cites": book}),))
    (said,) = (text for _, text in Page(study.html()).all("p", "book"))
    assert said == (
        "4 of the claims are from Deep Learning from Scratch: "
        "1 supported, 0 negligible, 1 contradicted, 2 inconclusive. None of them are tested "
        "fairly, on fresh seeds and at a setting that doesn't decide the answer."
    )


def test_figures_and_tables_are_numbered_in_their_order_and_have_addresses(page):
    captions = [text for _, text in page.all("figcaption") if text.startswith("Figure")]
    assert [text.partition(".")[0] for text in captions] == ["Figure 1", "Figure 2", "Figure 3"]
    tables = [text for _, text in page.all("caption")]
    numbers = [text.partition(".")[0] for text in tables]
    assert numbers == [f"Table {number}" for number in range(1, len(tables) + 1)]
    assert all(attributes.get("id") for attributes, _ in page.all("table"))
    ids = [attributes.get("id") for attributes, _ in page.all("figure")]
    assert "figure-weight_decay-learning_curves" in ids


def downloaded(page):
    """The files inside the page, by their names."""
    links = [attributes for attributes, _ in page.all("a") if "download" in attributes]
    return {link["download"]: decoded(link["href"]) for link in links}


def decoded(uri):
    head, _, body = uri.partition(",")
    if head == "data:application/gzip;base64":
        return gzip.decompress(base64.b64decode(body)).decode()
    return unquote(body)


def test_the_data_are_inside_the_page(page, study):
    files = downloaded(page)
    assert files["overfit-claims.csv"] == study.results.claims.read_bytes().decode()
    summary = study.results.experiment("weight_decay").summary
    assert files["weight_decay-summary.csv"] == summary.read_bytes().decode()
    assert json.loads(files["overfit-provenance.json"]) == study.provenance
    assert {"weight_decay-metrics.csv", "weight_decay-claims.csv"} <= files.keys()


def test_a_large_table_is_compressed(study):
    path = study.results.experiment("weight_decay").metrics
    path.write_text("seed,value\n" + "\n".join(f"{n},{n / 7}" for n in range(5000)) + "\n")
    page = Page(study.html())
    lines = downloaded(page)["weight_decay-metrics.csv.gz"].splitlines()
    assert lines[0] == "seed,value"
    for n, line in enumerate(lines[1:]):
        assert float(line.partition(",")[2]) == float(f"{n / 7:.6g}")
    assert "data-weight_decay-metrics.csv" in page.attributes("id")


def test_the_best_configuration_of_a_search_is_shown(page):
    (row,) = (text for _, text in page.all("tr") if "maximize validation" in text)
    assert row == (
        "Searchedrandom, 100 trials; maximize validation accuracy "
        "3×10⁻⁶log uniform, 10⁻⁸ to 0.00010.00834log uniform, 10⁻⁶ to 0.01"
    )


def test_the_source_is_shown_as_it_is(page):
    assert BATCH_NORM.strip() in [
        "".join(text).strip() for tag, _, text in page.elements if tag == "code"
    ]


def test_networks_that_experiments_share_are_counted_once(page):
    lead = page.all("p", "lead")[0][1]
    runs = {run for experiment in small() for run in experiment.runs}
    assert f"{len(runs) * 10 + 100} trained networks" in lead


def test_provenance_is_told(page):
    text = page.all("section")[-1][1]
    for part in ("0123456789abcdef", "with local changes", "kernel: SkylakeX", "root 20260101"):
        assert part in text
    assert "4 min 2 s" in text
    assert "optuna not installed" in text


def test_without_git_the_page_does_not_invent_a_commit(study):
    said = "unknown: not a git repository"
    study.provenance["code"] |= {"commit": said, "dirty": "unknown"}
    text = Page(study.html()).all("section")[-1][1]
    assert f"commit {said}" in text
    assert "git checkout" not in text


def test_the_same_results_give_the_same_page(study):
    assert study.html() == study.html()


REPORTED = Reported(of="l2", metric="test_accuracy", value=0.9, cites="Page 7")
HOSTILE = '<script>alert("x")</script>\'"&'


def test_hostile_text_is_shown_as_text(study):
    experiment = study.experiments[0]
    claim = experiment.claims[0].model_copy(update={"says": HOSTILE, "cites": HOSTILE})
    figure = experiment.figures[0].model_copy(update={"caption": HOSTILE, "cites": HOSTILE})
    study.change(
        0,
        **dict.fromkeys(("title", "question", "cites", "text", "topic"), HOSTILE),
        sources={HOSTILE: HOSTILE},
        labels={"baseline": "Baseline", "l2": HOSTILE},
        claims=(claim, *experiment.claims[1:]),
        figures=(figure,),
        reported=(REPORTED.model_copy(update={"cites": HOSTILE}),),
    )
    text = study.html()
    page = Page(text)
    assert len(page.all("script")) == 1
    assert "<script>alert" not in text
    assert HOSTILE in [text for _, text in page.all("h3")]
    assert sum(HOSTILE in text for _, text in page.all("figcaption")) == 1
    assert HOSTILE in [attributes["data-says"] for attributes, _ in page.all("tr", "claim")]


@pytest.mark.parametrize("title", ["过拟合与权重衰减", "تنظيم الأوزان", "É" * 300])
def test_text_of_any_script_and_length_passes_through(study, title):
    study.change(0, title=title)
    headings = Page(study.html()).all("h3")
    assert (title, "auto") in [(text, a.get("dir")) for a, text in headings]


def test_an_experiment_without_results_is_named_and_skipped(study):
    shutil.rmtree(study.results.experiment("batch_norm").root)
    lines = study.results.claims.read_text().splitlines()
    kept = [line for line in lines if not line.startswith("batch_norm")]
    study.results.claims.write_text("\n".join(kept) + "\n")
    page = Page(study.html())
    note = page.all("aside", "note")[0][1]
    assert "Batch normalization (the whole experiment)" in note
    assert "experiment-batch_norm" not in page.attributes("id")
    assert "130 trained networks" in page.all("p", "lead")[0][1]
    assert len(page.all("tr", "claim")) == 4


def test_experiments_that_were_not_asked_for_are_named(study):
    left_out = {"dropout": "Dropout", "odd": HOSTILE}
    html = study.html(left_out=left_out)
    note = Page(html).all("aside", "note")[0][1]
    assert "The others are Dropout (dropout), " in note
    assert HOSTILE in note


def test_missing_pieces_are_named_and_the_rest_is_shown(study):
    figure = "experiments/weight_decay/figures/learning_curves.svg"
    best = study.results.best(study.experiments[2].searches["searched"].id, "random")
    (study.results.root / figure).unlink()
    best.unlink()
    study.results.experiment("searched").summary.unlink()
    page = Page(study.html())
    note = page.all("aside", "note")[0][1]
    assert figure in note
    assert study.results.named(best) in note
    assert "experiments/searched/summary.csv" in note
    assert len(page.pictures()) == 2
    assert len(page.all("tr", "claim")) == 6


def test_without_verdicts_the_page_says_so(study):
    study.results.claims.unlink()
    page = Page(study.html())
    assert "No claim has a verdict yet." in [text for _, text in page.all("p")]
    assert "the verdict on narrows-gap in claims.csv" in page.all("aside", "note")[0][1]


def test_a_claim_without_an_interval_is_shown_without_a_plot(study):
    path = study.results.claims
    cut = (
        path.read_text()
        .replace("-0.0432,-0.0511,-0.0362", ",,")
        .replace("supported", "inconclusive", 1)
    )
    path.write_text(cut)
    rows = Page(study.html()).all("tr", "claim")
    row = next(row for row in rows if "Weight decay narrows the gap." in row[1])
    assert "inconclusive" in row[1]
    assert "– [–, –]" in row[1]


def luminance(colour: str) -> float:
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_text_has_contrast(theme):
    css = (TEMPLATES / "style.css").read_text(encoding="utf-8")
    both = re.findall(r"--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);", css)
    colour = {name: colours[theme] for name, *colours in both}
    pairs = [(text, back) for text in ("ink", "soft", "link") for back in ("paper", "panel")]
    for verdict in ("supported", "contradicted", "negligible", "inconclusive"):
        pairs += [(verdict, f"{verdict}-fill"), ("ink", f"{verdict}-fill"), (verdict, "paper")]
    for text, back in pairs:
        high, low = sorted((luminance(colour[text]), luminance(colour[back])), reverse=True)
        assert (high + 0.05) / (low + 0.05) >= 4.5, (text, back)


@pytest.fixture(scope="module")
def atlas(repository, tmp_path_factory) -> str:
    """The page of the shipped experiments."""
    return write_atlas(repository, Results(tmp_path_factory.mktemp("atlas")))


def test_the_whole_atlas_is_below_10_megabytes_and_every_part_is_in_it(atlas, capsys):
    sizes = dict(parts(atlas))
    figures = [link for link in sizes if link.endswith(".svg")]
    assert len(figures) > 40
    assert sizes["the explorer's data"] > 200_000
    assert sizes["scripts of the page"] > 1000
    assert sizes["text and tables"] < 0.5 * len(atlas.encode())
    assert sum(size for _, size in parts(atlas)) == len(atlas.encode())
    assert too_heavy(atlas) == ""
    assert len(atlas.encode()) < 0.8 * LIMIT == 8_000_000


def test_a_page_that_is_larger_names_what_takes_most(study, capsys, monkeypatch):
    drawn = study.results.experiment("weight_decay").figure("learning_curves")
    drawn.write_text(drawing(480_000, 0))
    page = study.html()
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(too_heavy, "__defaults__", (300_000,))
    assert study.html() == page
    said = capsys.readouterr().err
    assert re.match(r"Warning: the report has 0\.[45] MB, more than 0\.3 MB", said)
    assert "Most of it: experiments/weight_decay/figures/learning_curves.svg (0.4 MB), " in said

"""Points of a grid that look like numbers are what the plan says, from training to the page."""

from __future__ import annotations

import shutil

import pandas as pd
import pytest
import yaml

import overfit
from overfit.claims.table import adjust
from overfit.metrics.summary import curves, write_curves
from overfit.metrics.tables import write_table
from overfit.report.page import render
from overfit.results import Results
from tests.report.explored import unpacked
from tests.report.study import provenance
from tests.report.test_page import Page

EXPERIMENT = """
title: Two datasets
question: Does dropout help on both?
base:
  data: {train: 60, validation: 60}
  model: {hidden: [8]}
  train: {optimizer: {name: momentum, lr: 0.1}, batch_size: 30, epochs: 4}
variants:
  none: {}
  nan: {dropout: {rate: 0.2}}
grid: {data.dataset: ["554", "40996"], train.optimizer.momentum: [0.99999, 0.99998]}
seeds: 5
figures:
  - {kind: metric_by_axis, axis: data.dataset, metrics: [test_accuracy],
     over: [train.optimizer.momentum]}
claims:
  - id: "007"
    says: "NA"
    test: {difference: gap, of: nan, minus: none, expect: below, margin: 0.02,
           at: {data.dataset: "554", train.optimizer.momentum: 0.99999}}
  - id: "1e5"
    says: "null"
    test: {difference: gap, of: nan, minus: none, expect: below, margin: 0.02,
           at: {data.dataset: "40996", train.optimizer.momentum: 0.99998}}
"""


@pytest.fixture(scope="module")
def outcome(repository, tmp_path_factory):
    project = tmp_path_factory.mktemp("project")
    shutil.copytree(repository / "config", project / "config")
    known = yaml.safe_load((project / "config/datasets.yaml").read_text())
    datasets = {"554": known["digits"], "40996": known["digits"]}
    (project / "config/datasets.yaml").write_text(yaml.safe_dump(datasets))
    return overfit.run(EXPERIMENT, folder=tmp_path_factory.mktemp("types"), project=project)


@pytest.fixture(scope="module")
def page(outcome):
    """The page, made as the jobs make it."""
    results = Results(outcome.results)
    files = results.experiment(outcome.experiment.name)
    write_table(outcome.summary, files.summary)
    write_curves(curves(outcome.history), files.curves)
    write_table(adjust(outcome.claims.assign(family="all")), results.claims)
    outcome.figure("metric_by_axis").save(files.figure("metric_by_axis").with_suffix(""))
    return Page(render([outcome.experiment], results, provenance()))


def test_claims_find_their_seeds(outcome):
    assert list(outcome.claims["claim"]) == ["007", "1e5"]
    assert list(outcome.claims["n"]) == [5, 5]


def test_figures_find_their_points(outcome):
    axes = outcome.figure("metric_by_axis").figure.axes[0]
    assert {"554", "40996"} <= {tick.get_text() for tick in axes.get_xticklabels()}


def test_the_page_has_a_verdict_on_each_claim_and_every_number(page):
    assert {a["data-says"] for a, _ in page.all("tr", "claim")} == {"NA", "null"}
    assert not page.all("aside", "note")
    said = " ".join(text for _, text in page.all("tr", "claim"))
    assert "dataset 554 and momentum 0.99999" in said
    rows = [text for _, text in page.all("tr") if text.startswith(("None ", "Nan "))]
    for point in ("5540.99999", "5540.99998", "409960.99999", "409960.99998"):
        assert sum(point in row for row in rows) == 2


def test_the_explorer_has_every_cell(outcome, page):
    (data,) = (text for attributes, text in page.all("script") if attributes.get("id"))
    (shown,) = unpacked(data)["experiments"].values()
    assert [axis["values"] for axis in shown["axes"]] == [["554", "40996"], ["0.99999", "0.99998"]]
    means = [cell["ends"]["test_accuracy"][0] for cell in shown["cells"]]
    summary = outcome.summary[outcome.summary["metric"] == "test_accuracy"]
    assert means == pytest.approx(100 * summary["mean"].to_numpy(), abs=0.01)
    stored = pd.read_parquet(Results(outcome.results).experiment(outcome.experiment.name).curves)
    assert set(stored["data.dataset"]) == {"554", "40996"}

"""The page of the whole atlas stays below 15 MB."""

import random
import re

import pandas as pd
import pytest
import yaml

from overfit.config.study import load_study
from overfit.report import render
from overfit.report.explorer.data import METRICS, MOST_POINTS
from overfit.report.weight import LIMIT, parts, too_heavy
from tests.report.study import TEMPLATES, provenance, write_summary

FIGURE = 200_000
"""Bytes of a figure here; those of the atlas have 100,000 on the average."""
DOTS = 700_000
"""Bytes of a map of trials, whose dots are pixels however many there are."""


def drawing(size: int, seed: int) -> str:
    """A curve of so many bytes."""
    places = random.Random(seed)  # noqa: S311
    curve = " ".join(f"{places.uniform(0, 500):.2f}" for _ in range(size // 7))
    return f'<svg xmlns="http://www.w3.org/2000/svg" width="504pt"><path d="M{curve}"/></svg>'


def write_curves(plan, path):
    """Curves of all cells, with as many points as the explorer shows and all digits."""
    places = random.Random(0)  # noqa: S311
    rows = [
        (cell, update, update / 3, name, *(places.random() for _ in range(3)))
        for cell in range(len(plan["cells"]))
        for update in range(MOST_POINTS)
        for name in METRICS
    ]
    columns = ["cell", "update", "epoch", "metric", "mean", "low", "high"]
    pd.DataFrame(rows, columns=columns).to_parquet(path)


@pytest.fixture(scope="module")
def atlas(repository, tmp_path_factory) -> str:
    """The page of the shipped experiments, as many and as large as they are."""
    results = tmp_path_factory.mktemp("atlas")
    config = yaml.safe_load((repository / "config/config.yaml").read_text())
    study = load_study(config, root=repository)
    plans = [experiment.plan() for experiment in study.experiments.values()]
    for plan in plans:
        home = results / "experiments" / plan["experiment"]
        (home / "figures").mkdir(parents=True)
        for seed, figure in enumerate(plan["figures"]):
            size = DOTS if figure["kind"] == "search_space" else FIGURE
            (home / "figures" / f"{figure['name']}.svg").write_text(drawing(size, seed))
        write_summary(plan, home / "summary.csv")
        write_curves(plan, home / "curves.parquet")
    sources = {
        plan["experiment"]: (repository / plan["source"]).read_text("utf-8") for plan in plans
    }
    return render(plans, results, TEMPLATES, provenance(), sources)


def test_the_whole_atlas_is_below_15_megabytes_and_every_part_is_in_it(atlas, capsys):
    sizes = dict(parts(atlas))
    figures = [link for link in sizes if link.endswith(".svg")]
    assert len(figures) > 40
    assert sizes["the explorer's data"] > 200_000
    assert sizes["scripts of the page"] > 1000
    assert sum(sizes.values()) > 0.8 * len(atlas.encode())
    assert too_heavy(atlas) == ""
    assert len(atlas.encode()) < LIMIT == 15_000_000


def test_a_page_that_is_larger_names_what_takes_most(study, capsys, monkeypatch):
    home = study.results / "experiments/weight_decay/figures/learning_curves.svg"
    home.write_text(drawing(400_000, 0))
    page = study.html()
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(too_heavy, "__defaults__", (300_000,))
    assert study.html() == page
    said = capsys.readouterr().err
    assert re.match(r"Warning: the report has 0\.[45] MB, more than 0\.3 MB", said)
    assert "Most of it: experiments/weight_decay/figures/learning_curves.svg (0.4 MB), " in said

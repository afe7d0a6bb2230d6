"""A new user writes an experiment, runs it, changes it, and makes mistakes."""

import re
import shutil

import pandas as pd
import pytest

from .conftest import Project, small_copy

pytestmark = pytest.mark.xdist_group("story")

STORY = "config/experiments/story.yaml"
TEXT = """\
title: My first experiment
question: Which regularizer narrows the gap between training and test accuracy?
base:
  data: {train: 60, validation: 40}
  model: {hidden: [20]}
  train: {batch_size: 20, epochs: 4}
variants:
  baseline: {}
  dropout: {dropout: {rate: 0.3}}
  l2: {penalty: {l2: 0.1}}
grid:
  train.optimizer.lr: [0.1, 0.01]
seeds: 4
figures:
  - kind: learning_curves
claims:
  - id: dropout-narrows-the-gap
    says: Dropout narrows the gap.
    test: {difference: gap, of: dropout, minus: baseline, over: all, expect: below, margin: 0.02}
  - id: l2-narrows-the-gap
    says: Weight decay narrows the gap at a learning rate of 0.1.
    test: {difference: gap, of: l2, minus: baseline, expect: below, margin: 0.02,
           at: {train.optimizer.lr: 0.1}}
"""
VERDICTS = {"supported", "contradicted", "negligible", "inconclusive"}


@pytest.fixture(scope="module")
def told(repository, tmp_path_factory):
    """A checkout in which the new experiment has run."""
    made = small_copy(repository, tmp_path_factory.mktemp("story"))
    (made.folder / STORY).write_text(TEXT)
    made.run("--cores", "2", "--config", "experiments=[story]")
    return made


@pytest.fixture
def story(told, tmp_path):
    """A copy of it that a test may change."""
    shutil.copytree(told.folder, tmp_path / "story")  # keeps modification times
    return Project(tmp_path / "story")


def edit(project, old, new, file=STORY):
    text = (project.folder / file).read_text()
    assert text.count(old) == 1
    (project.folder / file).write_text(text.replace(old, new))


def trained(project):
    """The histories: name, time and content."""
    files = sorted((project.folder / "results/runs").glob("*/*.parquet"))
    return {f"{f.parent.name}/{f.name}": (f.stat().st_mtime_ns, f.read_bytes()) for f in files}


def test_a_new_file_gives_figures_and_verdicts(told):
    results = told.folder / "results"
    claims = pd.read_csv(results / "experiments/story/claims.csv")
    assert list(claims["claim"]) == ["dropout-narrows-the-gap", "l2-narrows-the-gap"]
    assert set(claims["verdict"]) <= VERDICTS
    assert list(claims["n"]) == [4, 4]
    assert (results / "experiments/story/figures/learning_curves.svg").stat().st_size > 1000
    assert "My first experiment" in (results / "report.html").read_text()
    assert [name.rpartition("/")[2] for name in trained(told)] == ["0000-0003.parquet"] * 6


def test_renaming_the_file_trains_nothing(story):
    (story.folder / STORY).rename(story.folder / "config/experiments/my_story.yaml")
    planned = story.planned("--config", "experiments=[my_story]")
    assert planned["summarize"] == 1
    assert not {"train", "subset", "dataset"} & planned.keys()


def test_a_new_variant_alone_is_trained(story):
    edit(story, "  l2:", "  more: {dropout: {rate: 0.4}}\n  l2:")
    planned = story.planned("--config", "experiments=[story]")
    assert planned["train"] == 2
    assert not {"subset", "dataset"} & planned.keys()


def test_an_extending_file_trains_what_it_adds_alone(story):
    (story.folder / "config/experiments/sequel.yaml").write_text(
        "extends: story\ntitle: The sequel\n"
        "variants: {l2: null, input: {dropout: {rate: 0.3, input: 0.2}}}\nclaims: null\n"
    )
    planned = story.planned("--config", "experiments=[sequel]")
    assert planned["train"] == 2


def test_raising_the_seeds_from_4_to_8_trains_the_four_new_ones_alone(story):
    before = trained(story)
    edit(story, "seeds: 4", "seeds: 8")
    printed = story.run("--cores", "2", "--config", "experiments=[story]", "--until", "train")
    assert len(re.findall(r"Training \S+, seeds 0004-0007", printed)) == 6
    assert len(re.findall(r"Training ", printed)) == 6
    after = trained(story)
    assert {name: after[name] for name in before} == before
    new = after.keys() - before.keys()
    assert {name.rpartition("/")[2] for name in new} == {"0004-0007.parquet"}
    story.run("--cores", "2", "results/experiments/story/claims.csv", "--config",
              "experiments=[story]")  # fmt: skip
    claims = pd.read_csv(story.folder / "results/experiments/story/claims.csv")
    assert list(claims["n"]) == [8, 8]
    assert trained(story) == after


def test_lowering_the_seeds_trains_nothing_and_counts_those_asked_for(told, story):
    before = trained(story)
    edit(story, "seeds: 4", "seeds: 3")
    tables = [f"results/experiments/story/{name}.csv" for name in ("metrics", "claims")]
    printed = story.run(*tables, "--cores", "2", "--config", "experiments=[story]")
    assert "Summarizing story" in printed
    assert "Training" not in printed
    assert trained(story) == before
    four, three = (pd.read_csv(made.folder / tables[0]) for made in (told, story))
    pd.testing.assert_frame_equal(three, four[four["seed"] < 3].reset_index(drop=True))
    assert list(pd.read_csv(story.folder / tables[1])["n"]) == [3, 3]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("rate: 0.3", "rate: 3e-1", ":9: variants.dropout.dropout.rate: must be a number, but is "
         "'3e-1'; write 3.0e-1"),
        ("of: dropout", "of: droput", ":19: claims[0].test.of: unknown variant 'droput'; did you "
         "mean dropout?"),
        ("seeds: 4", "seeds: 4\nseeds: 8", ":14: seeds: appears twice; the first is in line 13"),
        ("title: My", "extends: overfitt\ntitle: My", ":1: extends: unknown experiment 'overfitt'; "
         "did you mean overfit?"),
        ("[0.1, 0.01]", f"{[i / 10_000 for i in range(10, 710)]}", ":11: grid: 3 "
         "variants at 700 points make 2100 runs; max_runs allows 2000"),
    ],
    ids=["exponent", "name", "twice", "extends", "runs"],
)  # fmt: skip
def test_a_mistake_is_one_line_that_says_where_it_is(repository, tmp_path, old, new, message):
    made = small_copy(repository, tmp_path)
    (made.folder / STORY).write_text(TEXT)
    edit(made, old, new)
    assert f"{STORY}{message}" in made.mistake().splitlines()

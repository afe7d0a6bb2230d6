"""Accuracies are compared only if classes have the same shares in training and test sets."""

import os

import numpy as np
import pytest
import yaml

import overfit
from overfit.config.problems import ConfigurationError
from overfit.config.study import load_study
from overfit.data.checked import DataError
from overfit.data.composition import composition_mistake
from overfit.data.prepare import prepare
from overfit.results import Results

TEXT = """\
title: Rare
question: Does weight decay narrow the gap?
base:
  data: {dataset: mine, train: 40, validation: 20, draw: %s}
  model: {hidden: [4]}
  train: {optimizer: {name: sgd, lr: 0.1}, batch_size: 20, epochs: 2}
variants:
  baseline: {}
  l2: {penalty: {l2: 0.1}}
seeds: 2
figures: []
claims:
  - id: gap
    says: Weight decay narrows it.
    test: {difference: %s, of: l2, minus: baseline, expect: below, margin: 0.01}
"""


def card(pool, test):
    names = [chr(97 + n) for n in range(len(pool))]
    return {"names": names, "class_counts": {"pool": pool, "test": test}}


@pytest.mark.parametrize(
    ("pool", "test", "balanced", "stratified"),
    [
        ([300, 300], [100, 100], True, True),
        ([95, 5], [38, 2], False, True),
        ([50, 50], [95, 5], False, False),
        ([95, 5], [50, 50], True, False),
        ([548, 452], [137, 113], True, True),  # 4.8% of the images
        ([552, 448], [138, 112], False, True),  # 5.2%
        ([50, 50, 50], [20, 20, 0], False, False),
    ],
)
def test_shares_may_differ_by_a_twentieth(pool, test, balanced, stratified):
    found = card(pool, test)
    assert (composition_mistake(found, "balanced") is None) == balanced
    for draw in ("stratified", "first"):
        assert (composition_mistake(found, draw) is None) == stratified


@pytest.fixture
def project(tmp_path, repository):
    """A project with a dataset in which one class is rare."""
    for name in ("config.yaml", "datasets.yaml"):
        (tmp_path / "config").mkdir(exist_ok=True)
        text = (repository / "config" / name).read_text()
        (tmp_path / "config" / name).write_text(text)
    rng = np.random.default_rng(1)
    labels = np.repeat(["well", "ill"], [340, 60])
    np.savez(tmp_path / "a.npz", images=rng.random((400, 5)), labels=labels)
    with open(tmp_path / "config/datasets.yaml", "a") as catalogue:
        catalogue.write(f"\nmine: {{source: npz, file: {tmp_path}/a.npz, test: 0.3}}\n")
    return tmp_path


MIXED = (
    "would compare sets with different class frequencies: class 'ill' has 50% of a training set "
    "with draw: balanced, but 15% of the test set; draw the sets with data: {draw: stratified}, or "
    "compare test_accuracy or balanced_accuracy"
)


def study(project):
    config = project / "config/config.yaml"
    return load_study(yaml.safe_load(config.read_text()), root=project, config_files=[config])


def write(project, text):
    folder = project / "config/experiments"
    folder.mkdir(exist_ok=True)
    (folder / "rare.yaml").write_text(text)


def prepared(project):
    prepare(
        "mine", study(project).datasets["mine"], Results(project / "results").dataset("mine").root
    )


def test_a_claim_on_a_gap_between_other_shares_is_refused_with_what_to_do(project):
    with pytest.raises(DataError) as caught:
        overfit.run(TEXT % ("balanced", "gap"), project=project)
    assert str(caught.value) == f"notebook: gap of baseline {MIXED}"


@pytest.mark.parametrize(
    ("metric", "changed", "path"),
    [
        ("gap", "", "claims[0].test.difference"),
        ("generalization_gap_loss", "", "claims[0].test.difference"),
        ("gap@train_accuracy=0.9", "", "claims[0].test.difference"),
        ("test_loss", "{kind: learning_curves, gap: true}", "figures[0].gap"),
        ("test_loss", "{kind: comparison, baseline: l2, metrics: [gap]}", "figures[0].metrics"),
    ],
)
def test_it_is_refused_before_any_job_once_the_dataset_is_prepared(project, metric, changed, path):
    text = (TEXT % ("balanced", metric)).replace("figures: []", f"figures: [{changed}]")
    write(project, text)
    study(project)  # nobody knows yet
    prepared(project)
    with pytest.raises(ConfigurationError) as caught:
        study(project)
    (message,) = str(caught.value).splitlines()[-1:]
    asked = "gap" if changed else metric
    where = "figures:" if changed else "difference:"
    line = next(i for i, one in enumerate(text.splitlines(), 1) if where in one)
    variant = "baseline" if changed else "l2"
    assert message.strip() == (
        f"config/experiments/rare.yaml:{line}: {path}: {asked} of {variant} {MIXED}"
    )
    write(project, text.replace("balanced", "stratified"))
    study(project)


def test_what_was_prepared_from_another_entry_or_file_says_nothing(project):
    write(project, TEXT % ("balanced", "gap"))
    prepared(project)
    catalogue = project / "config/datasets.yaml"
    written = catalogue.read_text()
    catalogue.write_text(written.replace("test: 0.3", "test: 0.2"))
    study(project)
    catalogue.write_text(written)
    later = Results(project / "results").dataset("mine").card.stat().st_mtime + 10
    os.utime(project / "a.npz", (later, later))
    study(project)


def test_it_is_refused_where_the_entry_tells_how_rare_the_rarest_class_is(project):
    write(project, TEXT % ("balanced", "gap"))
    catalogue = project / "config/datasets.yaml"
    whole = catalogue.read_text().replace("test: 0.3", "pool: 280, classes: 2, rarest: %d")
    catalogue.write_text(whole % 42)
    with pytest.raises(ConfigurationError, match="the rarest class has 50% of a training set"):
        study(project)
    catalogue.write_text(whole % 130)
    study(project)


def test_claims_can_be_about_metrics_in_which_all_classes_count_alike(project):
    text = TEXT % ("stratified", "balanced_accuracy")
    found = overfit.run(f"{text}probes: [classes]\n", project=project)
    assert found.claims["verdict"].tolist() == ["inconclusive"]
    values = found.metrics.pivot_table("value", ["variant", "seed"], "metric")
    assert values["balanced_accuracy"].between(0, 1).all()
    assert values["train_f1"].between(0, 1).all()


@pytest.mark.parametrize(
    ("draw", "metric", "known"),
    [("balanced", "test_accuracy", False), ("stratified", "gap", True)],
)
def test_tables_have_a_gap_where_shares_are_the_same(project, draw, metric, known):
    found = overfit.run(TEXT % (draw, metric), project=project).metrics
    assert found[found["metric"] == "gap"]["value"].notna().tolist() == [known] * 4
    assert found[found["metric"] == "test_accuracy"]["value"].notna().all()

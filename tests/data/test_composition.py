"""Accuracies are compared only if classes have the same shares in training and test sets."""

import numpy as np
import pytest

import overfit
from overfit.data.checked import DataError
from overfit.data.subsets import composition_mistake

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


def test_a_claim_on_a_gap_between_other_shares_is_refused_with_what_to_do(project):
    with pytest.raises(DataError) as caught:
        overfit.run(TEXT % ("balanced", "gap"), project=project)
    assert str(caught.value) == (
        "notebook: gap of baseline would compare accuracies on differently frequent classes: "
        "class 'ill' has 50% of a training set with draw: balanced, but 15% of the test set; draw "
        "the sets with data: {draw: stratified}, or compare test_accuracy"
    )


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

"""Whole experiments without Snakemake."""

import numpy as np
import pandas as pd
import pytest
import yaml

import overfit
from overfit.config.problems import ConfigurationError

TEXT = """\
title: Small
question: Does weight decay narrow the gap?
base:
  data: {dataset: digits, train: 40, validation: 30}
  model: {hidden: [12]}
  train: {optimizer: {name: sgd, lr: 0.1}, batch_size: 20, epochs: 4}
variants:
  baseline: {}
  l2: {penalty: {l2: 0.1}}
probes: [weights]
seeds: 3
figures: [{kind: learning_curves}]
claims:
  - id: small-weights
    says: Weight decay keeps weights small.
    test:
      {difference: weights.l2_norm.all, of: l2, minus: baseline, expect: below, margin: 0.1}
"""
SEARCHED = """\
extends: parent
title: Searched
variants:
  searched:
    search:
      space: {train.optimizer.lr: {log_uniform: [1.0e-3, 1.0]}}
      method: random
      trials: 4
      objective: {maximize: validation_accuracy}
figures: []
claims: []
probes: []
"""
GRID = """\
title: Points
question: Do points of a grid keep their types?
base:
  data: {dataset: digits, train: 40, validation: 30}
  model: {hidden: [12]}
  train: {optimizer: {name: sgd, lr: 0.1}, batch_size: 20, epochs: null, updates: 4}
variants:
  nan: {}
  none: {penalty: {l1: 0.001}}
grid:
  batch_norm: [true, false]
  penalty.l2: [0, 1.0e-05, 2.0e-05]
  model.activation: [relu, tanh]
seeds: 2
figures:
  - kind: metric_by_axis
    axis: penalty.l2
    metrics: [gap]
    at: {batch_norm: true, model.activation: relu}
claims:
  - id: "001"
    says: A sparse network has a smaller gap.
    test:
      difference: gap
      of: none
      minus: nan
      at: {batch_norm: true, penalty.l2: 0, model.activation: tanh}
      expect: below
      margin: 0.1
"""


@pytest.fixture(scope="module")
def outcome():
    return overfit.run(TEXT)


def test_an_experiment_as_text_gives_tables_and_verdicts(outcome):
    assert list(outcome.claims["claim"]) == ["small-weights"]
    assert outcome.claims["verdict"][0] in ("supported", "inconclusive")
    assert set(outcome.summary["variant"]) == {"baseline", "l2"}
    assert set(outcome.metrics["seed"]) == {0, 1, 2}
    assert {"train_accuracy", "gap", "weights.l2_norm.all"} <= set(outcome.metrics["metric"])
    assert set(outcome.history["split"]) == {"train", "validation", "test"}


def test_its_figures_show_themselves(outcome, tmp_path):
    assert outcome.figures == ["learning_curves"]
    drawing = outcome.figure("learning_curves")
    shown = drawing._repr_mimebundle_()
    assert shown["image/png"].startswith(b"\x89PNG")
    assert shown["text/plain"] == drawing.alt
    assert "3 seeds" in drawing.caption
    drawing.save(tmp_path / "a")
    assert (tmp_path / "a.svg").exists()
    with pytest.raises(KeyError, match="no figure 'pie'; there are learning_curves"):
        outcome.figure("pie")


def test_a_mapping_and_a_file_give_the_same_numbers(outcome, tmp_path):
    file = tmp_path / "small.yaml"
    file.write_text(TEXT)
    for same in (yaml.safe_load(TEXT), file):
        again = overfit.run(same, folder=tmp_path / "kept")
        columns = ["variant", "metric", "seed", "value"]
        pd.testing.assert_frame_equal(again.metrics[columns], outcome.metrics[columns])
    assert list((tmp_path / "kept/results/runs").glob("*/0000-0002.parquet"))


def test_seeds_and_settings_can_be_others(outcome):
    less = overfit.run(TEXT, seeds=2, override={"train": {"epochs": 1}})
    assert less.history["epoch"].max() == 1
    assert set(less.metrics["seed"]) == {0, 1}


def test_mistakes_are_told_with_their_line():
    with pytest.raises(KeyError, match="unknown experiment 'droput'; did you mean dropout"):
        overfit.run("droput")
    with pytest.raises(ConfigurationError) as caught:
        overfit.run(TEXT.replace("l2: 0.1", "l3: 0.1"))
    assert "config/experiments/notebook.yaml:9: variants.l2.penalty.l3: unknown key" in str(
        caught.value
    )


def test_a_search_of_an_experiment_that_extends_another_one(tmp_path, repository):
    (tmp_path / "config/experiments").mkdir(parents=True)
    for name in ("config.yaml", "datasets.yaml"):
        (tmp_path / "config" / name).write_bytes((repository / "config" / name).read_bytes())
    (tmp_path / "config/experiments/parent.yaml").write_text(TEXT)
    found = overfit.run(SEARCHED, seeds=2, project=tmp_path)
    assert set(found.summary["variant"]) == {"baseline", "l2", "searched"}
    (best,) = (found.results / "searches").glob("*/random/best.yaml")
    lr = yaml.safe_load(best.read_text())["train"]["optimizer"]["lr"]
    assert 1e-3 < lr < 1


def test_fit_trains_as_an_experiment_does(outcome):
    """The same images, weights and batches, so the same bits."""
    root_seed = 20160924  # of config.yaml
    network = overfit.nn.mlp(64, [12], 10)
    fitted = overfit.fit(
        network, overfit.dataset("digits"), train=40, validation=30, batch_size=20, epochs=4,
        penalties=[overfit.nn.L2(0.1)], seeds=3, probes=["weights"], root_seed=root_seed,
    )  # fmt: skip
    theirs = outcome.history[outcome.history["variant"] == "l2"]
    for column in ("seed", "update", "loss", "accuracy"):
        np.testing.assert_array_equal(fitted.history[column], theirs[column])
    norms = fitted.probes.query("quantity == 'l2_norm' and layer == 0 and update == 8")["value"]
    metrics = outcome.metrics.query("variant == 'l2' and metric == 'weights.l2_norm.all'")["value"]
    np.testing.assert_allclose(norms, metrics, rtol=1e-5)


def test_datasets_by_name_and_by_entry():
    digits = overfit.dataset("digits")
    assert (digits.images.shape, digits.pool, digits.classes) == ((1797, 64), 1200, 10)
    made = overfit.dataset(
        {"source": "synthetic", "generator": "spirals", "title": "Spirals", "classes": 2,
         "pool": 40, "test": 20, "seed": 1, "origin": "here", "licence": "none"}
    )  # fmt: skip
    assert made.images.shape == (60, 2)
    with pytest.raises(ValueError, match="classes: is missing"):
        overfit.dataset({"source": "synthetic", "generator": "spirals"})
    with pytest.raises(KeyError, match="unknown dataset 'digit'; did you mean digits"):
        overfit.dataset("digit")


def test_points_of_a_grid_keep_their_types_from_yaml_to_claims_and_figures():
    outcome = overfit.run(GRID)
    points = {"batch_norm": [True, False], "penalty.l2": [0, 1e-05, 2e-05]}
    for axis, expected in points.items():
        found = list(dict.fromkeys(outcome.metrics[axis]))
        assert [(type(one), one) for one in found] == [(type(one), one) for one in expected]
    (claim,) = outcome.claims.to_dict("records")
    place = {"batch_norm": True, "penalty.l2": 0, "model.activation": "tanh", "metric": "gap"}
    rows = outcome.metrics
    for column, value in place.items():
        rows = rows[rows[column] == value]
    means = rows.groupby("variant")["value"].mean()
    assert (claim["claim"], claim["n"]) == ("001", 2)
    assert claim["estimate"] == pytest.approx(means["none"] - means["nan"])
    figure = outcome.figure("metric_by_axis").figure
    assert [text.get_text() for text in figure.axes[0].get_xticklabels()] == ["0", "10⁻⁵", "2×10⁻⁵"]

"""In what order a file names variants, keys and points decides nothing."""

import random

import pytest
import yaml

from overfit import run
from overfit.config.study import load_study
from tests.written import shipped

FILES = ("config/config.yaml", "config/datasets.yaml")
LISTS = {"claims", "figures", "reported", "probes", "keep"}
"""Keys of lists whose order means nothing."""
SMALL = """
title: Small
question: Does the order matter?
base:
  data: {train: 60, validation: 40}
  model: {hidden: [16, 16], activation: relu, init: he}
  train: {optimizer: {name: sgd, lr: 0.1}, batch_size: 20, epochs: 10}
  evaluation: {points: 3}
variants:
  plain: {}
  norm: {batch_norm: true}
  dropout: {dropout: {rate: 0.3}, penalty: {l2: 0.01, l1: 0.0001}}
grid:
  train.optimizer.lr: [0.01, 0.1, 0.5]
  data.label_noise: [0.0, 0.2]
seeds: 6
claims:
  - id: tests-better
    says: Batch normalization raises test accuracy.
    test:
      {difference: test_accuracy, of: norm, minus: plain, over: data.label_noise,
       at: {train.optimizer.lr: {highest: validation_accuracy}}, expect: above, margin: 0.02}
  - id: falls-with-noise
    says: The gain falls with noise.
    test:
      {interaction: gap, of: norm, minus: plain, at: {data.label_noise: 0.2}, expect: above,
       versus: {minus: dropout, at: {data.label_noise: 0.0}}, over: train.optimizer.lr,
       margin: 0.01}
  - id: rises-with-the-rate
    says: Test accuracy rises with the rate.
    test:
      {trend: test_accuracy, of: plain, along: train.optimizer.lr, expect: increasing,
       over: data.label_noise, margin: 0.2}
  - id: best-rate
    says: The best rate is larger.
    test:
      {location: test_accuracy, of: norm, minus: plain, along: train.optimizer.lr, scale: log,
       optimum: highest, expect: above, over: all, margin: 0.2}
  - id: learns
    says: It learns.
    test:
      {level: train_accuracy, of: plain, over: all, value: 0.5, expect: above, margin: 0.05}
"""


def shuffled(value, rng, key=""):
    """The same content in another order of keys, claims, figures and points of axes."""
    if isinstance(value, dict):
        keys = rng.sample([*value], len(value))
        return {
            one: rng.sample(value[one], len(value[one]))
            if key == "grid" and isinstance(value[one], list)
            else shuffled(value[one], rng, one)
            for one in keys
        }
    if isinstance(value, list) and key in LISTS:
        return [shuffled(one, rng) for one in rng.sample(value, len(value))]
    return [shuffled(one, rng) for one in value] if isinstance(value, list) else value


def plan(study):
    """What is trained, compared and drawn, by names."""
    return {
        name: (
            {(cell.variant, *sorted(cell.at.items())): cell.run.id for cell in one.cells},
            one.members,
            dict(sorted(one.blocks.items())),
            {variant: search.id for variant, search in one.searches.items()},
            {claim.id: (claim, one.design(claim)) for claim in one.claims},
            {figure.key: {**figure.model_dump(), "probes": None} for figure in one.figures},
        )
        for name, one in study.experiments.items()
    }, {name: study.recordings[name] for name in sorted(study.runs)}


@pytest.mark.parametrize("stream", range(2))
def test_the_order_in_the_files_of_the_atlas_changes_nothing_in_the_plan(
    repository, tmp_path, stream
):
    rng = random.Random(stream)  # noqa: S311, not for secrets
    (tmp_path / "config/experiments").mkdir(parents=True)
    files = [*FILES, *(f"config/experiments/{p.name}" for p in experiments(repository))]
    for file in files:
        content = yaml.safe_load((repository / file).read_text(encoding="utf-8"))
        text = yaml.safe_dump(shuffled(content, rng), sort_keys=False, allow_unicode=True)
        (tmp_path / file).write_text(text, encoding="utf-8")
    config = yaml.safe_load((repository / FILES[0]).read_text(encoding="utf-8"))
    assert plan(load_study(config, root=tmp_path)) == plan(shipped(repository))


def experiments(repository):
    return sorted((repository / "config/experiments").glob("*.yaml"))


@pytest.mark.parametrize("stream", range(2))
def test_the_order_in_a_file_changes_no_verdict(repository, tmp_path, small, stream):
    content = shuffled(yaml.safe_load(SMALL), random.Random(stream))  # noqa: S311
    assert verdicts(repository, tmp_path, content) == small


@pytest.fixture(scope="module")
def small(repository, tmp_path_factory):
    return verdicts(repository, tmp_path_factory.mktemp("small"), yaml.safe_load(SMALL))


def verdicts(repository, folder, content):
    """The rows of claims.csv of a small experiment, by claim."""
    file = folder / "small.yaml"
    file.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
    rows = run(file, folder=folder, project=repository).claims
    columns = ["claim", "estimate", "ci_low", "ci_high", "n", "p", "verdict", "fragile"]
    return rows[columns].sort_values("claim").to_csv(index=False, float_format="%.9g")

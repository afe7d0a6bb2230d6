"""What a job computes, on real digits."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from overfit.config.merging import merged, nested
from overfit.config.resolving import CONVENTIONS
from overfit.config.settings import Settings
from overfit.config.specs import Recording, RunSpec
from overfit.data import draw_subsets
from overfit.jobs import training as jobs
from overfit.metrics.histories import at_points
from overfit.streams import Purpose, stream
from overfit.trainers.numpy import stackable
from overfit.training.examples import with_label_noise

BASE = {
    "data": {"dataset": "mnist-5k", "train": 200, "validation": 100},
    "model": {"hidden": [32, 32], "activation": "relu", "init": "he"},
    "train": {"optimizer": {"name": "sgd", "lr": 0.1}, "batch_size": 20, "epochs": 20},
    "evaluation": {"points": 4},
}


def run(differences=None):
    settings = Settings.model_validate(merged(BASE, nested(differences or {})))
    return RunSpec(root_seed=1, settings=settings)


def train(spec, digits, seeds=(0, 1), **recorded):
    data = spec.settings.data
    subsets = draw_subsets(
        digits.pool_labels,
        data.train,
        data.validation,
        draw=data.draw,
        root_seed=1,
        seeds=seeds,
    )
    recording = Recording(**{"points": (spec.settings.evaluation.points,), **recorded})
    return jobs.train_block(spec, recording, digits, subsets)


def last(history, split="test", column="accuracy"):
    """The value of each seed at its last evaluation."""
    frame = history.to_pandas()
    return frame[frame["split"] == split].groupby("seed")[column].last().to_numpy()


WAYS = {
    "plain": {},
    "leaky relu, He uniform": {"model.activation": "leaky_relu", "model.init": "he_uniform"},
    "sigmoid, Glorot, Adam": {
        "model.activation": "sigmoid", "model.init": "glorot",
        "train.optimizer": {"name": "adam", "lr": 0.01},
    },
    "tanh, Xavier uniform, momentum, cosine": {
        "model.activation": "tanh", "model.init": "xavier_uniform",
        "train.optimizer": {"name": "momentum", "lr": 0.02}, "train.lr_schedule": "cosine",
        "train.warm_up": 20,
    },
    "GELU, orthogonal, AdamW, steps": {
        "model.activation": "gelu", "model.init": "orthogonal",
        "train.optimizer": {"name": "adamw", "lr": 0.003, "weight_decay": 0.1},
        "train.lr_schedule": {"name": "step", "every": 100, "gamma": 0.5},
    },
    "batch norm after, Nesterov": {
        "batch_norm": {"place": "after", "scalar": True},
        "train.optimizer": {"name": "nesterov", "lr": 0.02},
    },
    "frozen batch norm, AdaGrad": {
        "batch_norm": {"learned": False}, "train.optimizer": {"name": "adagrad", "lr": 0.02},
    },
    "layer norm, RMSProp, clip": {
        "layer_norm": True, "train.optimizer": {"name": "rmsprop", "lr": 0.002}, "train.clip": 1.0,
    },
    "dropout on inputs and units, label smoothing": {
        "dropout": {"rate": 0.1, "input": 0.1}, "train.label_smoothing": 0.1,
    },
    "elastic net, max norm, updates, replacement": {
        "penalty": {"l1": 1e-4, "l2": 1e-3, "max_norm": 3.0},
        "train.epochs": None, "train.updates": 200, "train.sampling": "replacement",
    },
    "the book's conventions": {**CONVENTIONS["book"], "dropout.rate": 0.1},
    "proximal L1": {"penalty": {"l1": 1e-3, "l1_method": "proximal"}},
    "Lp, early stopping": {
        "penalty": {"lp": 1e-4, "p": 0.5, "smoothing": 0.01},
        "train.early_stopping": {"patience": 2, "metric": "validation_accuracy"},
    },
}  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
def test_every_way_to_train_learns(digits, way):
    block = train(run(WAYS[way]), digits)
    accuracy = last(block.history)
    assert accuracy.shape == (2,)
    assert (accuracy > 0.6).all()  # chance is 0.1


def test_label_noise_is_in_the_training_labels_alone(digits):
    """Learning wrong labels by heart: right on the training set as given, wrong elsewhere."""
    noisy = train(run({"data.label_noise": 0.4, "train.epochs": 60}), digits).history
    clean = train(run({"train.epochs": 60}), digits).history
    assert (last(noisy, "train") > 0.95).all()
    assert (last(noisy) < last(clean) - 0.1).all()
    assert (last(noisy, "validation") < last(clean, "validation") - 0.1).all()


def test_label_noise_has_its_own_stream_and_keeps_the_subset(digits):
    clean, noisy = run(), run({"data.label_noise": 0.25})
    assert noisy.subset_id == clean.subset_id
    rows = np.arange(40)
    made = [jobs._replicate(digits, 1, 7, rows, rows, spec.settings) for spec in (clean, noisy)]
    right, wrong = (one.train.labels for one in made)
    assert (right == digits.labels[rows]).all()
    assert (wrong != right).sum() == 10
    assert (wrong == with_label_noise(right, 10, 0.25, stream(1, Purpose.NOISE, 7))).all()
    assert (made[1].validation.labels == right).all()


def test_without_probes_and_kept_arrays_there_is_only_a_history(digits):
    spec = run({"train.epochs": 1})
    block = train(spec, digits)
    assert block.probes.num_rows == 0
    assert list(block.kept) == ["seeds"]


@pytest.mark.parametrize("monte_carlo", [None, 2])
def test_what_a_run_records_changes_no_number(digits, monte_carlo):
    dropout = {"rate": 0.2, "monte_carlo": monte_carlo}
    spec = run({"train.epochs": 3, "batch_norm": True, "dropout": dropout})
    more = {
        "points": (3, 4, 7),
        "probes": ("activations", "effective_lr", "gradients", "weights"),
        "keep": ("parameters", "predictions"),
    }
    alone, watched = train(spec, digits), train(spec, digits, **more)
    assert len(watched.history) > len(alone.history)
    asked = at_points(watched.history.to_pandas(), 4).reset_index(drop=True)
    pd.testing.assert_frame_equal(asked, alone.history.to_pandas(), check_exact=True)
    table = watched.probes.to_pandas()
    assert set(table["run"]) == {spec.id}
    assert set(table["seed"]) == {0, 1}
    assert set(table["update"]) == set(watched.history.column("update").to_pylist())
    assert table["quantity"].nunique() > 10
    assert watched.kept["predictions"].shape == (2, 2000, 10)
    assert watched.kept["0.W"].shape == (2, 784, 32)
    hits = watched.kept["predictions"].argmax(axis=-1) == digits.labels[digits.pool :]
    assert hits.mean(axis=1) == pytest.approx(last(watched.history))


def test_trials_of_different_kinds_are_stepped_apart(digits):
    chosen = [
        {},
        {"penalty.l2": 0.1},
        {"train.optimizer.lr": 0.5},
        {"penalty.l2": 0.2},
        {"train.optimizer": {"name": "adam", "lr": 0.1}},
        {"penalty.l1": 0.1},
        {"penalty": {"l1": 0.1, "l1_method": "proximal"}},
        {"train.optimizer.name": "adam"},
        {"train.clip": 1.0},
    ]
    settings = [run(differences).settings for differences in chosen]
    rows = np.arange(200)
    tasks = [jobs._task(digits, None, 1, 0, (rows, rows), one) for one in settings]
    groups = [group for _, group in stackable(tasks)]
    assert groups == [[0, 2], [1, 3], [4, 7], [5], [6], [8]]

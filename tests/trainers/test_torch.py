"""PyTorch trains what the core trains, from the same weights, batches and masks."""

import numpy as np
import pytest

from overfit.config.specs import Recording
from overfit.data import draw_subsets
from overfit.jobs import training
from overfit.trainers import trainers, unused
from tests.peers import required_torch
from tests.trainers.agreeing import block, histories
from tests.written import shipped

required_torch()

WAYS = {
    "plain": {},
    "batch norm": {"batch_norm": {}},
    "batch norm after, not learned, momentum": {
        "batch_norm": {"place": "after", "learned": False, "momentum": 0.3},
        "train.optimizer": {"name": "momentum", "lr": 0.05},
    },
    "dropout, also of inputs": {"dropout": {"rate": 0.3, "input": 0.1}},
    "dropout at test time, after batch norm": {
        "batch_norm": {}, "dropout": {"rate": 0.3, "scaling": "test_time", "layers": "last"},
    },
    "layer norm, tanh, adam": {
        "layer_norm": {}, "model.activation": "tanh",
        "train.optimizer": {"name": "adam", "lr": 0.01},
    },
    "weight norm, nesterov": {
        "weight_norm": {}, "train.optimizer": {"name": "nesterov", "lr": 0.05},
    },
    "group norm, gelu, adamw": {
        "group_norm": {"groups": 4}, "model.activation": "gelu",
        "train.optimizer": {"name": "adamw", "lr": 0.01},
    },
    "rms norm, sigmoid, rmsprop": {
        "rms_norm": {}, "model.activation": "sigmoid",
        "train.optimizer": {"name": "rmsprop", "lr": 0.003},
    },
    "L1, L2 and a largest norm, adagrad": {
        "penalty": {"l1": 0.001, "l2": 0.01, "max_norm": 1.0},
        "train.optimizer": {"name": "adagrad", "lr": 0.02},
    },
    "clipped, smoothed, cosine, warm-up": {
        "train.clip": 0.5, "train.label_smoothing": 0.1, "train.lr_schedule": {"name": "cosine"},
        "train.warm_up": 5,
    },
    "batch norm after, adamw": {
        "batch_norm": {"place": "after"},
        "train.optimizer": {"name": "adamw", "lr": 0.01, "eps": 1e-4},
    },
    "weighted classes, leaky relu": {
        "train.class_weights": {"1": 5.0}, "model.activation": {"name": "leaky_relu", "leak": 0.1},
    },
    "stopped early": {
        "train.early_stopping": {"patience": 1}, "train.optimizer": {"name": "momentum", "lr": 0.5},
    },
}  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
def test_curves_agree_with_those_of_the_core(digits, way):
    core, other = histories(digits, WAYS[way], "torch")
    assert (core["accuracy"] - other["accuracy"]).abs().max() < 1e-4
    np.testing.assert_allclose(other["loss"], core["loss"], rtol=1e-4)
    assert core["loss"].iloc[-1] != core["loss"].iloc[0]


def test_curves_of_the_smoke_preset_agree_with_those_of_the_core(digits, repository):
    """All runs of the preset, but those whose settings a search finds, and what torch can't do."""
    runs = shipped(repository, "presets/smoke.yaml").runs.values()
    torch, compared = trainers()["torch"].model_validate({}), 0
    for run in runs:
        settings = run.settings.model_copy(update={"trainer": torch})
        if run.search or any(unused(settings, None)):
            continue
        data, root, compared = settings.data, run.root_seed, compared + 1
        subsets = draw_subsets(
            digits.pool_labels,
            data.train,
            data.validation,
            draw=data.draw,
            root_seed=root,
            seeds=(0,),
        )
        core, other = (
            training.train_block(one, Recording(points=(10,)), digits, subsets).history.to_pandas()
            for one in (run, run.model_copy(update={"settings": settings}))
        )
        assert (core["accuracy"] - other["accuracy"]).abs().max() < 1e-4, run.id
        np.testing.assert_allclose(other["loss"], core["loss"], rtol=1e-4, err_msg=run.id)
    assert compared >= 4


def test_adam_makes_steps_of_the_rounding_of_a_gradient_that_is_0(digits):
    """The bias of a unit that is active in the whole batch, before batch normalization."""
    way = {
        "batch_norm": {"place": "after"}, "train.optimizer": {"name": "adamw", "lr": 0.01},
        "train.epochs": None, "train.updates": 1,
    }  # fmt: skip
    core, other = (block(digits, way, one, keep=("parameters",)).kept for one in ("numpy", "torch"))
    far = {name: np.abs(core[name] - other[name]) for name in core if name != "seeds"}
    biases = far.pop("0.b")
    assert all(array.max() < 1e-6 for array in far.values())
    assert 0 < (biases > 1e-6).mean() < 0.5
    assert biases.max() <= 0.02 + 1e-6


def test_a_network_that_diverges_is_told_like_the_core_s(digits):
    huge = {"train.optimizer.lr": 1e3, "model.init": {"name": "normal", "std": 100.0}}
    core, other = histories(digits, huge, "torch")
    assert core["diverged"].all()
    assert other["loss"].isna().equals(core["loss"].isna())


@pytest.mark.parametrize("stopping", [{}, {"train.early_stopping": {"patience": 1}}], ids=str)
def test_probes_and_kept_arrays_are_those_of_the_core(digits, stopping):
    asked = {
        "probes": ("weights", "gradients", "activations", "calibration", "running_statistics"),
        "keep": ("predictions", "parameters"),
    }
    way = {"batch_norm": {}, "dropout.rate": 0.2, **stopping}
    core, other = (block(digits, way, trainer, **asked) for trainer in ("numpy", "torch"))
    own, theirs = core.probes.to_pandas(), other.probes.to_pandas()
    labels = ["seed", "update", "layer", "quantity"]
    assert own[labels].equals(theirs[labels])
    assert len(own) > 100
    np.testing.assert_allclose(theirs["value"], own["value"], rtol=1e-3, atol=1e-5)
    assert core.kept.keys() == other.kept.keys() > {"predictions", "0.W", "1.mean"}
    for name, array in core.kept.items():
        np.testing.assert_allclose(other.kept[name], array, rtol=1e-3, atol=1e-5)

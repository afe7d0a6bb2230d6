"""scikit-learn trains what the core trains, from the same weights and batches."""

import numpy as np
import pytest

from overfit.config.settings import Settings
from overfit.data.checked import DataError
from overfit.trainers import TrainerError, unused
from tests.trainers.agreeing import block, histories, spec

WAYS = {
    "plain": {},
    "tanh, momentum": {
        "model.activation": "tanh", "train.optimizer": {"name": "momentum", "lr": 0.05},
    },
    "sigmoid, nesterov, L2": {
        "model.activation": "sigmoid", "penalty.l2": 0.05,
        "train.optimizer": {"name": "nesterov", "lr": 0.05},
    },
    "an incomplete batch, with replacement": {"train.batch_size": 25, "penalty.l2": 0.02},
    "scaled, with noise": {"data.standardize": "per_feature", "data.label_noise": 0.2},
    "stopped early": {
        "train.early_stopping": {"patience": 1}, "train.optimizer": {"name": "momentum", "lr": 0.5},
    },
}  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
def test_scores_agree_with_those_of_the_core(digits, way):
    core, other = histories(digits, WAYS[way], "sklearn")
    assert (core["accuracy"] - other["accuracy"]).abs().max() < 1e-4
    np.testing.assert_allclose(other["loss"], core["loss"], rtol=1e-4)
    assert core["loss"].iloc[-1] != core["loss"].iloc[0]


def test_probes_and_kept_arrays_are_those_of_the_core(digits):
    asked = {
        "probes": ("weights", "gradients", "calibration"),
        "keep": ("predictions", "parameters"),
    }
    core, other = (block(digits, {}, trainer, **asked) for trainer in ("numpy", "sklearn"))
    own, theirs = core.probes.to_pandas(), other.probes.to_pandas()
    labels = ["seed", "update", "layer", "quantity"]
    assert own[labels].equals(theirs[labels])
    np.testing.assert_allclose(theirs["value"], own["value"], rtol=1e-3, atol=1e-5)
    assert core.kept.keys() == other.kept.keys() > {"predictions", "0.W"}
    for name, array in core.kept.items():
        np.testing.assert_allclose(other.kept[name], array, rtol=1e-3, atol=1e-5)


def test_adam_is_another_by_its_eps_alone(digits):
    adam = {"name": "adam", "lr": 0.01, "eps": 1e-14}
    core, other = histories(digits, {"train.optimizer": adam}, "sklearn")
    np.testing.assert_allclose(other["loss"], core["loss"], rtol=1e-3)


def test_a_network_that_diverges_is_told_like_the_core_s(digits):
    huge = {"train.optimizer.lr": 1e3, "model.init": {"name": "normal", "std": 100.0}}
    core, other = histories(digits, huge, "sklearn")
    assert core["diverged"].all()
    assert other["loss"].isna().any()


def test_two_classes_are_refused_before_and_while_training(digits):
    class Two:
        classes = 2

    settings = spec({}, "sklearn").settings
    assert [path for path, _ in unused(settings, Two)] == [("data", "dataset")]
    assert not list(unused(settings, None))


def test_the_core_s_layers_are_refused():
    settings = Settings.model_validate(
        spec({"batch_norm": {}, "model.activation": "gelu"}, "sklearn").settings.model_dump()
    )
    found = {".".join(path): message for path, message in unused(settings, None)}
    assert found.keys() == {"batch_norm", "model.activation"}
    assert "has no gelu; it has relu, tanh, sigmoid" in found["model.activation"]


@pytest.mark.parametrize("error", [TrainerError("no"), None])
def test_what_a_trainer_does_wrong_is_one_line(digits, monkeypatch, error):
    from overfit.trainers import trainers

    def train(self, task):
        if error:
            raise error
        yield from list(task.scored(0, lambda inputs: np.zeros((len(inputs), 10))))[:2]

    monkeypatch.setattr(trainers()["sklearn"].__mro__[1], "train", train)
    with pytest.raises(DataError, match="no" if error else "yielded .*'validation'. of 0, not"):
        block(digits, {}, "sklearn")

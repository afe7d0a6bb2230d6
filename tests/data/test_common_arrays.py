"""Arrays in the shapes that people have them are read by keys alone, as NumPy reads them.

Sources of the values: scikit-learn's digits, Fashion-MNIST's layout, and random numbers.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from sklearn.datasets import load_digits

from overfit.data.catalogue import checked
from overfit.data.checked import DataError
from overfit.data.prepare import prepare
from tests.data.writing import prepared, write_idx

X, Y = load_digits(return_X_y=True)
X, Y = X[:300], Y[:300]
RNG = np.random.default_rng(7)
COLOUR = RNG.integers(0, 256, (60, 5, 4, 3)).astype(np.uint8)
THREE = np.arange(60) % 3
WORDS = np.array(["ant", "bee", "cow"])
SPLIT = {"source": "npz", "file": "a.npz", "test": 0.3}
TESTED = {"test_images": "x_test", "test_labels": "y_test"}
PARTS = {"images": "x", "labels": "y", **TESTED}


def npz(**arrays):
    return lambda: np.savez("a.npz", **arrays)


def idx(**arrays):
    def write():
        for name, array in arrays.items():
            write_idx(Path(name), array, ".gz" if name == "images" else "")

    return write


IDX = {"source": "idx", "folder": ".", "images": "images", "labels": "labels", "test": 0.3}
IDX |= {"test_images": None, "test_labels": None}
PARTED = {"x": X[:200], "y": Y[:200], "x_test": X[200:], "y_test": Y[200:]}

FILES = {
    # what writes the file, its entry, the expected inputs and labels before the split
    "rows of float64": (npz(images=X, labels=Y), SPLIT, X, Y),
    "rows of float16": (npz(images=X.astype("f2"), labels=Y), SPLIT, X, Y),
    "big-endian float32": (npz(images=X.astype(">f4"), labels=Y.astype(">i2")), SPLIT, X, Y),
    "int64": (npz(images=X.astype(int), labels=Y), {**SPLIT, "largest": 16}, X / 16, Y),
    "grey images": (npz(images=X.reshape(-1, 8, 8).astype("u1"), labels=Y), SPLIT, X / 255, Y),
    "channels last": (npz(images=COLOUR, labels=THREE), SPLIT, COLOUR / 255, THREE),
    "channels first": (
        npz(images=COLOUR.transpose(0, 3, 1, 2), labels=THREE),
        SPLIT,
        COLOUR.transpose(0, 3, 1, 2) / 255,
        THREE,
    ),
    "Fortran order": (
        npz(images=np.asfortranarray(X), labels=np.asfortranarray(np.eye(10)[Y])),
        SPLIT,
        X,
        Y,
    ),
    "colour images in Fortran order, labels in a column": (
        npz(images=np.asfortranarray(COLOUR), labels=THREE[:, None]),
        SPLIT,
        COLOUR / 255,
        THREE,
    ),
    "bool images": (npz(images=X > 8, labels=Y), SPLIT, X > 8, Y),
    "text labels": (npz(images=X[:60], labels=WORDS[THREE]), SPLIT, X[:60], WORDS[THREE]),
    "text labels as bytes": (
        npz(images=X[:60], labels=WORDS[THREE].astype("S")),
        SPLIT,
        X[:60],
        WORDS[THREE],
    ),
    "bool labels": (npz(images=X, labels=Y > 4), SPLIT, X, Y > 4),
    "labels as floats, from 1": (npz(images=X, labels=Y + 1.0), SPLIT, X, Y + 1),
    "labels with gaps, some negative": (npz(images=X, labels=3 * Y - 7), SPLIT, X, 3 * Y - 7),
    "whole numbers as text": (npz(images=X, labels=(Y - 5).astype(str)), SPLIT, X, Y - 5),
    "a validation part": (
        npz(
            x=X[:150], y=Y[:150], x_val=X[150:200], y_val=Y[150:200], x_test=X[200:], y_test=Y[200:]
        ),
        {
            "source": "npz",
            "file": "a.npz",
            **PARTS,
            "validation_images": "x_val",
            "validation_labels": "y_val",
        },
        X,
        Y,
    ),
    "bytes to learn from, floats up to 1 to test": (
        npz(**PARTED | {"x": X[:200].astype("u1"), "x_test": X[200:] / 255}),
        {"source": "npz", "file": "a.npz", **PARTS},
        X / 255,
        Y,
    ),
    "bytes to learn from, floats up to 16 to test": (
        npz(**PARTED | {"x": X[:200].astype("u1")}),
        {"source": "npz", "file": "a.npz", **PARTS},
        X / 255,
        Y,
    ),
    "IDX of unsigned bytes": (
        idx(images=X.reshape(-1, 8, 8).astype("u1"), labels=Y.astype("u1")),
        IDX,
        X / 255,
        Y,
    ),
    "IDX of colour images, labels from 1": (
        idx(images=COLOUR, labels=(THREE + 1).astype("u1")),
        IDX,
        COLOUR / 255,
        THREE + 1,
    ),
    "IDX of floats, one-hot labels": (
        idx(images=X.astype("f8"), labels=np.eye(10, dtype="f4")[Y]),
        IDX,
        X,
        Y,
    ),
}


def read(tmp_path, monkeypatch, write, entry):
    """Inputs, the names of the labels, and the card."""
    monkeypatch.chdir(tmp_path)
    write()
    prepare("mine", checked(entry), Path("prepared"))
    images, labels, card = prepared(Path("prepared"))
    return images * card["scale"], np.array(card["names"])[labels], card


@pytest.mark.parametrize(("write", "entry", "inputs", "labels"), FILES.values(), ids=FILES)
def test_common_files_are_read_by_keys_alone(tmp_path, monkeypatch, write, entry, inputs, labels):
    found, named, card = read(tmp_path, monkeypatch, write, entry)
    flat = np.asarray(inputs, float).reshape(len(inputs), -1)
    key = RNG.random(flat.shape[1])
    ours = sorted(zip(named.tolist(), found @ key, strict=True))
    theirs = sorted(zip(map(str, labels.tolist()), flat @ key, strict=True))
    assert [name for name, _ in ours] == [name for name, _ in theirs]
    np.testing.assert_allclose(
        [value for _, value in ours], [value for _, value in theirs], rtol=1e-5
    )
    if inputs.ndim > 2:
        assert card["shape"] == list(inputs.shape[1:])
    pool = card["splits"]["pool"][1]
    assert pool == (200 if entry.get("test_images") else
                    len(labels) - int(np.ceil(0.3 * len(labels))))  # fmt: skip
    low, high = np.min(inputs), np.max(inputs)
    np.testing.assert_allclose(
        [min(r[0] for r in card["inputs"].values()), max(r[1] for r in card["inputs"].values())],
        [low, high],
        rtol=1e-6,
    )
    for part, rows in (("pool", slice(pool)), ("test", slice(pool, None))):
        expected = [int((named[rows] == name).sum()) for name in card["names"]]
        assert card["class_counts"][part] == expected


def test_names_are_an_order_of_texts_or_words_for_numbers(tmp_path, monkeypatch):
    text = npz(images=X[:60], labels=WORDS[THREE])
    _, named, card = read(tmp_path, monkeypatch, text, {**SPLIT, "names": ["cow", "ant", "bee"]})
    assert card["names"] == ["cow", "ant", "bee"]
    assert sorted(named) == sorted(WORDS[THREE])
    numbers = npz(images=X[:60], labels=THREE + 1)
    _, named, card = read(tmp_path, monkeypatch, numbers, {**SPLIT, "names": [*WORDS]})
    assert sorted(named) == sorted(WORDS[THREE])
    _, named, card = read(tmp_path, monkeypatch, numbers, {**SPLIT, "names": ["3", "1", "2"]})
    assert card["names"] == ["3", "1", "2"]
    assert sorted(named) == sorted((THREE + 1).astype(str))


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        ({"test": 0.3}, (210, 90)),
        ({"test": 0.301}, (209, 91)),  # rounded up, as by scikit-learn
        ({"test": 100}, (200, 100)),
        ({"pool": 250}, (250, 50)),
        ({"pool": "rest", "test": 40}, (260, 40)),
        ({"pool": 210, "test": 0.3}, (210, 90)),
    ],
)
def test_pool_and_test_set_are_numbers_shares_or_the_rest(tmp_path, monkeypatch, sizes, expected):
    entry = {"source": "npz", "file": "a.npz", **sizes}
    _, _, card = read(tmp_path, monkeypatch, npz(images=X, labels=Y), entry)
    assert tuple(map(sum, card["class_counts"].values())) == expected
    assert card["classes"] == 10


def test_rows_in_both_parts_are_counted_and_told(tmp_path, monkeypatch, caplog):
    entry = {"source": "npz", "file": "a.npz", **PARTS}
    shared = npz(**PARTED | {"x_test": np.concatenate([X[:7], X[207:]])})
    _, _, card = read(tmp_path, monkeypatch, shared, entry)
    told = "7 of 100 test images are also in the pool, value for value"
    assert card["in_both"] == 7
    assert any(told in warning for warning in card["warnings"])
    assert told in caplog.text


@pytest.mark.parametrize(
    ("images", "told"),
    [
        (X * 15, "inputs run from 0 to 240, far beyond"),
        (X.astype(np.int64), "inputs run from 0 to 16, far beyond"),
    ],
)
def test_implausible_inputs_are_warned_of(tmp_path, monkeypatch, images, told):
    _, _, card = read(tmp_path, monkeypatch, npz(images=images, labels=Y), SPLIT)
    assert [told in warning for warning in card["warnings"]] == [True]
    _, _, card = read(
        tmp_path, monkeypatch, npz(images=images, labels=Y), {**SPLIT, "largest": 240}
    )
    assert card["warnings"] == []


def test_parts_in_different_units_are_warned_of(tmp_path, monkeypatch):
    entry = {"source": "npz", "file": "a.npz", **PARTS}
    _, _, card = read(tmp_path, monkeypatch, npz(**PARTED | {"x_test": X[200:] / 255}), entry)
    assert any("if they have different units" in warning for warning in card["warnings"])


def test_a_test_set_that_is_the_pool_in_another_order_is_refused(tmp_path, monkeypatch):
    entry = {"source": "npz", "file": "a.npz", **PARTS}
    same = npz(x=X, y=Y, x_test=X[::-1], y_test=Y[::-1])
    with pytest.raises(DataError, match="the images of the test set are those of the pool"):
        read(tmp_path, monkeypatch, same, entry)


@pytest.mark.parametrize(
    "entry",
    [
        {"source": "npz", "file": "a.npz", "test_images": "images", "test_labels": "labels"},
        {"source": "idx", "folder": ".", "images": "i", "labels": "l", "test_images": "i"},
    ],
)
def test_arrays_that_are_named_twice_are_refused(entry):
    with pytest.raises(ValueError, match="test_images: images is the same array"):
        checked(entry)


def test_what_must_be_said_of_the_split_is_asked_for():
    with pytest.raises(ValueError, match=r"test: is missing: .* test: 0\.3"):
        checked({"source": "npz", "file": "a.npz"})
    with pytest.raises(ValueError, match="pool: must be a whole number or rest; write test: 0.3"):
        checked({"source": "npz", "file": "a.npz", "pool": 0.7})
    for wrong in (1.5, 1, "all", True):
        with pytest.raises(
            ValueError, match="test: must be a whole number from 2 to 100000000, a share"
        ):
            checked({"source": "npz", "file": "a.npz", "test": wrong})

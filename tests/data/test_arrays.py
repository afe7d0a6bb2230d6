"""Arrays in IDX files and NumPy archives are read back as they were written, and never cut off."""

from __future__ import annotations

import gzip
import hashlib
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from overfit.data.catalogue import DATASET_ENTRY
from overfit.data.checked import DataError
from overfit.data.readers import idx
from tests.data.writing import (
    CODES,
    FILES,
    entry,
    idx_bytes,
    images,
    labels,
    prepare,
    prepared,
    write_idx,
)

SHAPES = st.tuples(st.integers(1, 40), st.integers(1, 5), st.integers(1, 5))
VALUES = st.sampled_from(sorted(CODES)).flatmap(lambda code: arrays(code, SHAPES))
IDX = "{source: idx, folder: %s, shape: [2, 3]}"


def blocks(path, shape):
    """All images of a file, read with labels that fit."""
    count = len(shape) and shape[0]
    write_idx(path.with_name("labels"), np.zeros(count, np.uint8))
    files = [path, path.with_name("labels")]
    (part,) = idx.read_idx(files, shape[1:], has_test=False, content_sha256={}).parts
    return np.concatenate(list(part.blocks))


@given(VALUES, st.booleans())
@settings(max_examples=150, deadline=None)
def test_what_is_written_is_read_back(array, gzipped):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "images")
        content = idx_bytes(array)
        path.write_bytes(gzip.compress(content) if gzipped else content)
        found = blocks(path, array.shape)
    np.testing.assert_array_equal(found, array.reshape(len(array), -1))


@given(VALUES, st.data())
@settings(max_examples=150, deadline=None)
def test_any_truncation_is_refused(array, data):
    gzipped = data.draw(st.booleans())
    content = gzip.compress(idx_bytes(array)) if gzipped else idx_bytes(array)
    kept = data.draw(st.integers(0, len(content) - 1))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "images")
        path.write_bytes(content[:kept])
        with pytest.raises(DataError, match="cut off|not an IDX file"):
            blocks(path, array.shape)


@pytest.mark.parametrize("packing", ["", ".gz", ".bz2", ".xz", ".zip", ".zst"])
def test_pool_and_test_set_keep_their_files_and_order(tmp_path, packing):
    found = {"images": images(6), "labels": labels(6), "test_images": images(4)}
    found["test_labels"] = labels(4)
    for name, array in found.items():
        write_idx(tmp_path / FILES[name], array, packing)
    hashed = hashlib.sha256(idx_bytes(found["labels"])).hexdigest()
    text = f"{IDX[:-1]}, content_sha256: {{{FILES['labels']}: '{hashed}'}}}}"
    prepare("mine", entry(text % tmp_path), tmp_path / "prepared")
    values, label, card = prepared(tmp_path / "prepared")
    np.testing.assert_array_equal(values[:6], found["images"].reshape(6, 6))
    np.testing.assert_array_equal(values[6:], found["test_images"].reshape(4, 6))
    assert label.tolist() == [0, 1, 0, 1, 0, 1, 0, 1, 0, 1]
    assert (values.dtype, card["dtype"], card["scale"]) == (np.uint8, "uint8", 1 / 255)
    assert card["files"] == [f"{name}{packing}" for name in FILES.values()]


CHECKSUMS = ", ".join(f"{name}%s: {64 * 'a'}" for name in FILES.values())


@pytest.mark.parametrize(
    "text",
    [
        "{source: table, file: ~/a.csv, test_file: ~/b.csv}",
        "{source: npz, file: ~/a.npz}",
        "{source: idx, folder: ~/kana}",
        "{source: download, folder: ~/kana, shape: [2, 3], mirrors: ['https://example.org/'],"
        f" sha256: {{{CHECKSUMS % (4 * ('.gz',))}}},"
        f" content_sha256: {{{CHECKSUMS % (4 * ('',))}}}}}",
    ],
)
def test_a_tilde_is_the_home_folder_wherever_a_path_is_given(tmp_path, monkeypatch, text):
    monkeypatch.setenv("HOME", str(tmp_path))
    found = DATASET_ENTRY.validate_python(entry(text))
    paths = [getattr(found, key, None) for key in ("file", "test_file", "folder")]
    assert all(path.startswith(f"{tmp_path}/") for path in paths if path)
    assert all(path.startswith(f"{tmp_path}/") for path in found.files())


def test_one_set_of_images_is_split(tmp_path):
    write_idx(tmp_path / "i", images(10, np.int16))
    write_idx(tmp_path / "l", labels(10))
    text = IDX[:-1] + ", images: i, labels: l, test_images: null, test_labels: null, largest: 50}"
    prepare("mine", entry(text % tmp_path), tmp_path / "prepared")
    values, label, card = prepared(tmp_path / "prepared")
    assert np.bincount(label[:6]).tolist() == [3, 3]
    assert (card["dtype"], card["scale"]) == ("float32", 1 / 50)
    rows = {tuple(row) for row in np.column_stack([images(10).reshape(10, 6), labels(10)]).tolist()}
    assert {tuple(row) for row in np.column_stack([values, label]).tolist()} == rows


NPZ = "{source: npz, file: %s/a.npz, shape: [2, 3]}"
KERAS = NPZ[:-1] + ", images: x_train, labels: y_train, test_images: x_test, test_labels: y_test}"


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
@pytest.mark.parametrize("dtype", [np.uint8, np.int32, np.float64, np.float16, bool])
def test_archives_with_their_own_test_set_keep_order_and_values(tmp_path, save, dtype):
    x, x_test = images(6, dtype), images(4, dtype)
    save(tmp_path / "a.npz", x_train=x, y_train=labels(6), x_test=x_test, y_test=labels(4))
    prepare("mine", entry(KERAS % tmp_path), tmp_path / "prepared")
    values, label, card = prepared(tmp_path / "prepared")
    np.testing.assert_array_equal(values, np.concatenate([x, x_test]).reshape(10, 6))
    assert values.dtype == (np.uint8 if dtype is np.uint8 else np.float32)
    assert card["scale"] == (1 / 255 if dtype is np.uint8 else 1)
    assert label.tolist() == [0, 1] * 5


def test_rows_of_values_are_split(tmp_path):
    x = np.arange(60, dtype=np.float32).reshape(10, 6)
    np.savez(tmp_path / "a.npz", images=x, labels=labels(10).astype(np.int64))
    prepare("mine", entry(NPZ % tmp_path), tmp_path / "prepared")
    values, label, _ = prepared(tmp_path / "prepared")
    order = (values[:, 0] / 6).astype(int)
    np.testing.assert_array_equal(values, x[order])
    np.testing.assert_array_equal(label, labels(10)[order])
    assert sorted(order) == list(range(10))
    assert np.bincount(label[:6]).tolist() == [3, 3]

"""NumPy archives, as NumPy writes them."""

import numpy as np
import pytest

from overfit.data.prepare import prepare
from tests.data.writing import entry, images, labels, prepared

ENTRY = "{source: npz, file: %s/a.npz, shape: [2, 3]}"
KERAS = ENTRY[:-1] + ", images: x_train, labels: y_train, test_images: x_test, test_labels: y_test}"


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
    prepare("mine", entry(ENTRY % tmp_path), tmp_path / "prepared")
    values, label, _ = prepared(tmp_path / "prepared")
    order = (values[:, 0] / 6).astype(int)
    np.testing.assert_array_equal(values, x[order])
    np.testing.assert_array_equal(label, labels(10)[order])
    assert sorted(order) == list(range(10))
    assert np.bincount(label[:6]).tolist() == [3, 3]

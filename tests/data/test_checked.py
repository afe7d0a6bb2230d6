"""A file that was cut off or altered is noticed when it is read, and the message names it."""

import re
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from overfit.data.checked import DataError, check_array, read_arrays, read_table
from overfit.jobs.training import write_arrays, write_table


@pytest.fixture
def history(tmp_path):
    path = tmp_path / "0000-0009.parquet"
    rng = np.random.default_rng(0)
    table = pa.table({"loss": rng.random(2000), "seed": np.arange(2000)})
    write_table(path, table, SimpleNamespace(to_yaml=lambda: "settings: {}"))
    return path


@pytest.fixture
def subset(tmp_path):
    path = tmp_path / "0000-0009.npz"
    write_arrays(path, {"train": np.arange(3000), "seeds": np.arange(10)})
    return path


def test_what_was_written_is_read_back(history, subset):
    assert read_table(history)["seed"].tolist() == list(range(2000))
    assert read_arrays(subset)["train"].tolist() == list(range(3000))


@pytest.mark.parametrize(("name", "read"), [("history", read_table), ("subset", read_arrays)])
def test_every_truncation_is_noticed(request, name, read):
    path = request.getfixturevalue(name)
    whole = path.read_bytes()
    for kept in [0, 1, 10, *range(100, len(whole), 997), len(whole) - 1]:
        path.write_bytes(whole[:kept])
        with pytest.raises(DataError, match=re.escape(f"{path} is damaged")):
            read(path)


@pytest.mark.parametrize(("name", "read"), [("history", read_table), ("subset", read_arrays)])
def test_an_altered_byte_never_gives_other_numbers(request, name, read):
    """A few bytes of both formats say nothing, such as a time stamp: then the numbers are right."""
    path = request.getfixturevalue(name)
    whole, right = path.read_bytes(), read(path)
    noticed = 0
    places = range(0, len(whole), max(1, len(whole) // 300))
    for place in places:
        altered = bytearray(whole)
        altered[place] ^= 0x10
        path.write_bytes(altered)
        try:
            found = read(path)
        except DataError:
            noticed += 1
        else:
            for key in right:
                pd.testing.assert_series_equal(pd.Series(found[key]), pd.Series(right[key]))
    assert noticed > 0.9 * len(places)


def test_an_altered_image_is_noticed():
    images = np.zeros((3, 4), np.uint8)
    right = "15ec7bf0b50732b49f8228e07d24365338f9e3ab994b00af08e5a3bffe55fd8b"
    check_array("images.npy", images, right)
    images[2, 3] = 1
    with pytest.raises(DataError, match=r"images\.npy is damaged"):
        check_array("images.npy", images, right)


def test_a_missing_file_is_not_a_damaged_one(tmp_path):
    for read in (read_table, read_arrays):
        with pytest.raises(FileNotFoundError):
            read(tmp_path / "none")

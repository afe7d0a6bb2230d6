"""CSV and Parquet tables: one content, read the same from both."""

import csv
import gzip
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from overfit.data import columns, parquet_table
from overfit.data.catalogue import DATASET_ENTRY, checked
from overfit.data.checked import DataError
from overfit.data.csv_table import CsvTable
from overfit.data.parquet_table import ColumnTable
from overfit.data.table_keys import TableKeys
from tests.data.writing import entry, prepare, prepared

FRAME = pd.DataFrame(
    {
        "x": np.arange(10) / 3,
        "count": np.arange(10, dtype=np.int64) - 5,
        "class": ["yes", "no", "no, but", "yes", "no", "no, but", "yes", "no", "no, but", "no"],
        "wide": np.float64(1) / np.arange(1, 11),
    }
)
ENTRY = "{source: table, file: %s/a.%s, label: class, classes: 3}"


def write(folder, suffix, frame=FRAME, name="a"):
    path = folder / f"{name}.{suffix}"
    if suffix == "parquet":
        frame.to_parquet(path, row_group_size=max(4, len(frame) // 5))
    elif suffix == "tsv":
        frame.to_csv(path, index=False, sep="\t", encoding="utf-8-sig", lineterminator="\r\n")
    elif suffix == "csv.gz":
        path.write_bytes(gzip.compress(frame.to_csv(index=False).encode()))
    else:
        frame.to_csv(path, index=False)


@pytest.mark.parametrize("suffix", ["csv", "csv.gz", "tsv", "parquet"])
def test_names_of_classes_become_labels_in_sorted_order_and_stand_in_the_card(tmp_path, suffix):
    write(tmp_path, suffix)
    delimiter = ', delimiter: "\\t"}' if suffix == "tsv" else "}"
    prepare("mine", entry((ENTRY % (tmp_path, suffix))[:-1] + delimiter), tmp_path / "prepared")
    values, labels, card = prepared(tmp_path / "prepared")
    assert card["names"] == ["no", "no, but", "yes"]
    assert (values.dtype, card["scale"], card["values"]) == (np.float32, 1, 3)
    order = (values[:, 1] + 5).astype(int)
    assert sorted(order) == list(range(10))
    expected = FRAME.loc[order, ["x", "count", "wide"]].to_numpy(np.float32)
    np.testing.assert_array_equal(values, expected)
    assert [card["names"][n] for n in labels] == FRAME.loc[order, "class"].tolist()


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_named_columns_and_classes_have_the_order_in_which_they_are_named(tmp_path, suffix):
    write(tmp_path, suffix)
    text = ENTRY[:-1] + ", features: [wide, x], names: ['yes', 'no', 'no, but']}"
    prepare("mine", entry(text % (tmp_path, suffix)), tmp_path / "prepared")
    values, labels, card = prepared(tmp_path / "prepared")
    order = np.round(values[:, 1] * 3).astype(int)
    np.testing.assert_array_equal(values, FRAME.loc[order, ["wide", "x"]].to_numpy(np.float32))
    names = ["yes", "no", "no, but"]
    assert card["names"] == names
    assert [names[n] for n in labels] == FRAME.loc[order, "class"].tolist()


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_whole_numbers_are_labels_and_a_test_table_stays_apart(tmp_path, suffix):
    frame = FRAME.assign(**{"class": [2, 0, 1] * 3 + [0]})
    write(tmp_path, suffix, frame[:6])
    write(tmp_path, suffix, frame[6:][["wide", "class", "count", "x"]], name="b")
    text = (ENTRY % (tmp_path, suffix))[:-1] + f", test_file: {tmp_path}/b.{suffix}, largest: 2}}"
    prepare("mine", entry(text), tmp_path / "prepared")
    values, labels, card = prepared(tmp_path / "prepared")
    assert labels.tolist() == frame["class"].tolist()
    np.testing.assert_array_equal(values, frame[["x", "count", "wide"]].to_numpy(np.float32))
    assert card["names"] == ["0", "1", "2"]
    assert card["scale"] == 0.5


def test_numbers_are_classes_by_name_where_names_are_given(tmp_path):
    frame = FRAME.assign(**{"class": [3, 5, 9, 3, 5, 9, 3, 5, 9, 5]})
    write(tmp_path, "csv", frame)
    text = ENTRY[:-1] + ", names: ['3', '5', '9']}"
    prepare("mine", entry(text % (tmp_path, "csv")), tmp_path / "prepared")
    values, labels, _ = prepared(tmp_path / "prepared")
    order = (values[:, 1] + 5).astype(int)
    assert [[3, 5, 9][n] for n in labels] == frame.loc[order, "class"].tolist()


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_tables_longer_than_a_block_are_read_whole(tmp_path, suffix):
    rows = 300_000
    frame = pd.DataFrame({"x": np.arange(rows), "class": np.arange(rows) % 3})
    write(tmp_path, suffix, frame)
    about = {"pool": rows - 1000, "test": 1000}
    prepare("mine", {**entry(ENTRY % (tmp_path, suffix)), **about}, tmp_path / "prepared")
    values, labels, _ = prepared(tmp_path / "prepared")
    np.testing.assert_array_equal(np.sort(values[:, 0]), np.arange(rows))
    np.testing.assert_array_equal(labels, values[:, 0] % 3)


def test_a_large_text_that_repeats_is_held_once(tmp_path):
    """A file of 100 kB, which is 200 MB if each row has a text of its own."""
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"label": pa.array(["a" * 100_000] * 2000)}), path)
    assert path.stat().st_size < 200_000
    before = pa.total_allocated_bytes()
    cells = next(ColumnTable(path).batches([0]))[0]
    assert cells.dictionary.to_pylist() == ["a" * 100_000]
    assert pa.total_allocated_bytes() - before < 10_000_000


def test_more_text_than_labels_can_be_is_refused_unread(tmp_path, monkeypatch):
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"label": pa.array([str(i) for i in range(100)])}), path)
    monkeypatch.setattr(parquet_table, "TEXTS", 100)
    with pytest.raises(DataError, match=r"column 'label' contains \d+ bytes of text"):
        next(ColumnTable(path).batches([0]))


def test_a_file_that_ends_the_process_that_reads_it_is_a_line(tmp_path, monkeypatch):
    path = tmp_path / "a.parquet"
    write(tmp_path, "parquet")
    monkeypatch.setattr(parquet_table, "READ_ALL", "import os\nos.abort()")
    with pytest.raises(DataError, match=r"a.parquet is damaged: .* ends the process \(SIGABRT\)"):
        prepare("mine", entry(ENTRY % (tmp_path, "parquet")), tmp_path / "prepared")
    assert path.exists()


LOADED = """
import sys
from pathlib import Path
from overfit.data.prepare import prepare
from overfit.data.readers.table import TableDataset

path, folder = sys.argv[1:]
keys = {"source": "table", "file": path, "label": "class", "test": 0.3}
entry = TableDataset.model_validate(keys)
prepare("a", entry, Path(folder))
print([name for name in ("pandas", "pyarrow.pandas_compat") if name in sys.modules])
"""


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_a_table_without_gaps_is_read_without_loading_pandas(repository, tmp_path, suffix):
    write(tmp_path, suffix)
    ran = subprocess.run(
        [sys.executable, "-c", LOADED, str(tmp_path / f"a.{suffix}"), str(tmp_path / "prepared")],
        env={"PYTHONPATH": str(repository / "workflow")},
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout == "[]\n"


def test_a_table_inside_a_package_is_what_the_package_loads(repository, tmp_path):
    from sklearn.datasets import load_breast_cancer

    catalogue = yaml.safe_load((repository / "config/datasets.yaml").read_text())
    prepare("mine", catalogue["breast-cancer"], tmp_path)
    values, labels, _ = prepared(tmp_path)
    loaded = load_breast_cancer()
    order = np.lexsort(values.T), np.lexsort(loaded.data.astype(np.float32).T)
    np.testing.assert_array_equal(values[order[0]], loaded.data[order[1]].astype(np.float32))
    np.testing.assert_array_equal(labels[order[0]], loaded.target[order[1]])


def test_a_package_that_is_not_installed_is_told():
    asked = {"source": "table", "package": "sklearm", "file": "a.csv", "test": 0.3}
    with pytest.raises(ValueError, match="package: no package 'sklearm' is installed"):
        checked(asked)


def test_the_log_tells_how_far_the_reading_is(tmp_path, monkeypatch, caplog):
    write(tmp_path, "csv")
    monkeypatch.setattr(columns, "SECONDS", 0)
    with caplog.at_level("INFO", "overfit"):
        prepare("mine", entry(ENTRY % (tmp_path, "csv")), tmp_path / "prepared")
    assert f"{tmp_path}/a.csv: 10 rows are read" in caplog.messages


def test_time_is_linear_in_columns(tmp_path):
    seconds = []
    for count in (1000, 8000):
        rows = np.random.default_rng(1).normal(size=(20, count))
        frame = pd.DataFrame(rows, columns=[f"x{i}" for i in range(count)])
        write(tmp_path, "csv", frame.assign(**{"class": [0, 1] * 10}))
        asked = DATASET_ENTRY.validate_python(entry(ENTRY % (tmp_path, "csv")))
        started = time.process_time()
        assert asked.load().parts[0].values == count
        seconds.append(time.process_time() - started)
    assert seconds[1] < 30 * seconds[0]  # 64 times as long if it were quadratic


CELLS = st.one_of(
    st.floats(allow_nan=False, allow_infinity=False).map(repr),
    st.integers(-999, 999).map(str),
    st.sampled_from(["", "red", " 5", "a,b", 'say "so"', "two\nlines", "é"]),
)


@settings(max_examples=60, deadline=None)
@given(
    rows=st.lists(st.tuples(CELLS, CELLS, st.sampled_from("ab")), min_size=2, max_size=40),
    plain=st.integers(0, 90),
    end=st.sampled_from(["\n", "\r\n"]),
    texts=st.sets(st.integers(0, 1)),
)
def test_rows_parsed_side_by_side_are_those_that_pandas_reads(rows, plain, end, texts):
    """The first rows are numbers alone, so that blocks of them come before quoted cells."""
    rows = [(str(i), f"{i}.5", "a") for i in range(plain)] + rows
    with TemporaryDirectory() as folder:
        path = Path(folder, "a.csv")
        with open(path, "w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator=end)
            writer.writerows([("x", "y", "label"), *rows])
        table = CsvTable(path, TableKeys(label="label"))
        with patch.object(CsvTable, "block", 200):
            batches = list(table.batches([0, 1, 2], {*texts, 2}))
        frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    found = [[value.as_py() for batch in batches for value in batch[i]] for i in range(3)]
    for column, read in zip(found, frame.columns, strict=True):
        assert len(column) == len(frame)
        for ours, theirs in zip(column, frame[read], strict=True):
            if isinstance(ours, float):
                assert ours == float(theirs)
            else:
                assert (ours or "") == theirs
    for batch in batches:
        assert all(batch.schema.types[i] == pa.string() for i in {*texts, 2})
    if plain > 50:
        assert batches[0].schema.types.count(pa.float64()) == 2 - len(texts)

"""A file that is not what its job wrote is refused when it is read, and the message names it."""

import re
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from overfit.data.checked import DataError, content, read_arrays, read_table
from overfit.jobs.training import write_arrays, write_table
from overfit.metrics import tables
from overfit.results import MADE_BY, altered, records, sha256


@pytest.fixture(autouse=True)
def job():
    """As in a job, whose digest is `made`."""
    token = MADE_BY.set("made")
    yield
    MADE_BY.reset(token)


@pytest.fixture
def history(tmp_path):
    path = tmp_path / "0000-0009.parquet"
    table = pa.table({"loss": np.random.default_rng(0).random(100), "seed": np.arange(100)})
    write_table(path, table, SimpleNamespace(to_yaml=lambda: "settings: {l2: 0.1}"))
    return path


@pytest.fixture
def subset(tmp_path):
    path = tmp_path / "0000-0009.npz"
    write_arrays(path, {"train": np.arange(300), "seeds": np.arange(10)})
    return path


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "claims.csv"
    tables.write_table(pd.DataFrame({"claim": ["001", "NA"], "estimate": [0.1, 2 / 3]}), path)
    return path


KINDS = [("history", read_table), ("subset", read_arrays), ("table", content)]
every_kind = pytest.mark.parametrize(("name", "read"), KINDS)


def test_what_was_written_is_read_back(history, subset, table):
    assert read_table(history)["seed"].tolist() == list(range(100))
    assert read_arrays(subset)["train"].tolist() == list(range(300))
    assert content(table) == b"claim,estimate\n001,0.1\nNA,0.6666666667\n"


@every_kind
def test_a_flipped_bit_of_any_byte_is_refused(request, name, read):
    """Also in the footer of Parquet, and in the names of the members of an .npz file."""
    path = request.getfixturevalue(name)
    whole = path.read_bytes()
    for place in range(len(whole)):
        flipped = bytearray(whole)
        flipped[place] ^= 1 << place % 8
        path.write_bytes(flipped)
        with pytest.raises(DataError, match=re.escape(f"{path} is damaged")):
            read(path)


@every_kind
def test_every_truncation_is_refused_with_the_command_that_makes_it_again(request, name, read):
    path = request.getfixturevalue(name)
    whole = path.read_bytes()
    for kept in range(len(whole)):
        path.write_bytes(whole[:kept])
        with pytest.raises(DataError, match=re.escape(f"make it again: rm -r {path} && snakemake")):
            read(path)


@every_kind
def test_a_flipped_bit_of_the_record_is_refused_or_harmless(request, name, read):
    path = request.getfixturevalue(name)
    [record] = records(path)
    whole, right = record.read_bytes(), read(path)
    refused = 0
    for place in range(len(whole)):
        flipped = bytearray(whole)
        flipped[place] ^= 1 << place % 8
        record.write_bytes(flipped)
        try:
            found = read(path)
        except DataError:
            refused += 1
        else:
            assert str(found) == str(right)
    assert refused > len(whole) / 2


@every_kind
def test_a_job_refuses_what_nobody_vouches_for(request, name, read):
    path = request.getfixturevalue(name)
    records(path)[0].unlink()
    with pytest.raises(DataError, match="its record is missing"):
        read(path)


@every_kind
def test_outside_of_jobs_results_without_records_are_read(request, name, read):
    """A notebook's own run writes no records."""
    path = request.getfixturevalue(name)
    records(path)[0].unlink()
    MADE_BY.set(None)
    read(path)


@every_kind
def test_only_what_a_job_writes_is_recorded(request, name, read):
    path = request.getfixturevalue(name)
    again = path.with_name("again" + path.suffix)
    MADE_BY.set(None)
    tables.write_table(pd.DataFrame({"a": [1]}), again)
    assert records(path)[0].is_file()
    assert not records(again)[0].exists()


@every_kind
def test_what_differs_from_its_record_is_found_without_reading_what_is_older(request, name, read):
    path = request.getfixturevalue(name)
    assert altered([path]) == []
    path.touch()
    assert altered([path]) == []
    path.write_bytes(path.read_bytes()[:-1] + b"!")
    assert altered([path]) == [path]
    path.write_bytes(b"")
    assert altered([path]) == [path]
    path.unlink()
    assert altered([path]) == []


def test_a_record_holds_the_rows_and_columns_of_a_table(history):
    [record] = records(history)
    assert f'"sha256": "{sha256(history)}"' in record.read_text()
    assert '"rows": 100' in record.read_text()
    record.write_text(record.read_text().replace('"rows": 100', '"rows": 99'))
    with pytest.raises(DataError, match="rows or columns"):
        read_table(history)


def test_a_missing_file_is_not_a_damaged_one(tmp_path):
    for _, read in KINDS:
        with pytest.raises(FileNotFoundError):
            read(tmp_path / "none")

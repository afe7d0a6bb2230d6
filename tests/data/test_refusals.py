"""Bad input to every loader: the exact message, and nothing written."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from overfit.data.checked import DataError
from tests.data.bad_arrays import ARRAY_REFUSALS, IDX, NPZ, idx, npz
from tests.data.bad_tables import CSV, PARQUET, TABLE, TABLE_REFUSALS, parquet, table
from tests.data.writing import entry, prepare, replaced

REFUSALS = ARRAY_REFUSALS | TABLE_REFUSALS


@pytest.mark.parametrize(("text", "files", "message"), REFUSALS.values(), ids=REFUSALS)
def test_bad_input_is_refused_and_nothing_written(text, files, message, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, content in files.items():
        Path(name).write_bytes(content)
    with pytest.raises(DataError) as caught:
        prepare("mine", entry(text), Path("prepared"))
    begin, dots, end = message.partition("...")
    said = str(caught.value)
    assert said.startswith(f"dataset mine: {begin}")
    assert said.endswith(end) if dots else said == f"dataset mine: {begin}"
    assert set(os.listdir()) - {"prepared"} == set(files)
    assert not Path("prepared").exists() or os.listdir("prepared") == []
    for name, content in files.items():  # a user's own files stay what and where they are
        assert Path(name).read_bytes() == content


@pytest.mark.parametrize("text", [IDX, NPZ, TABLE, PARQUET])
def test_the_files_that_are_spoilt_here_are_good(text, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, content in {**idx(), **npz(), **table(CSV), **parquet()}.items():
        Path(name).write_bytes(content)
    prepare("mine", entry(text), Path("prepared"))
    assert sorted(os.listdir("prepared")) == ["card.json", "images.npy", "labels.npy"]


def test_what_was_prepared_before_stays_when_the_file_has_become_bad(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("a.csv").write_text(CSV)
    prepare("mine", entry(TABLE), Path("prepared"))
    before = {file.name: file.read_bytes() for file in Path("prepared").iterdir()}
    Path("a.csv").write_text(replaced(CSV, "3,4", "3,four"))
    with pytest.raises(DataError):
        prepare("mine", entry(TABLE), Path("prepared"))
    assert {file.name: file.read_bytes() for file in Path("prepared").iterdir()} == before

"""`python -m overfit.data FILE` prints an entry that reads the file when it is pasted."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from sklearn.datasets import load_iris, load_wine

from overfit.data.__main__ import proposed
from overfit.data.catalogue import checked
from overfit.data.checked import DataError
from overfit.data.prepare import prepare
from tests.data.test_common_arrays import FILES, RNG
from tests.data.writing import images, labels, prepared, write_idx


def pasted(text, folder="prepared"):
    """Inputs, the names of the labels and the card, with the printed entry."""
    ((name, entry),) = yaml.safe_load(text).items()
    prepare(name, checked(entry), Path(folder))
    values, found, card = prepared(Path(folder))
    return values * card["scale"], np.array(card["names"])[found], card


@pytest.mark.parametrize(("write", "entry", "inputs", "labels"), FILES.values(), ids=FILES)
def test_the_entry_for_common_arrays_reads_them(
    tmp_path, monkeypatch, write, entry, inputs, labels
):
    monkeypatch.chdir(tmp_path)
    write()
    if "largest" in entry:
        inputs = inputs * entry["largest"]
    found, named, _ = pasted(proposed(Path(entry.get("file", "."))))
    flat = np.asarray(inputs, float).reshape(len(inputs), -1)
    key = RNG.random(flat.shape[1])
    ours = sorted(zip(named.tolist(), found @ key, strict=True))
    theirs = sorted(zip(map(str, labels.tolist()), flat @ key, strict=True))
    assert [name for name, _ in ours] == [name for name, _ in theirs]
    np.testing.assert_allclose([v for _, v in ours], [v for _, v in theirs], rtol=1e-5)


@pytest.mark.parametrize("column", ["Class", "species", "cultivar"])
@pytest.mark.parametrize("load", [load_iris, load_wine])
def test_the_entry_for_a_table_reads_it_and_says_what_was_a_guess(
    tmp_path, monkeypatch, load, column
):
    monkeypatch.chdir(tmp_path)
    found = load(as_frame=True)
    frame = found.frame.rename(columns={"target": column})
    frame[column] = found.target_names[frame[column]]
    frame.to_csv("My flowers.csv", index=False)
    text = proposed(Path("My flowers.csv"))
    values, named, _ = pasted(text)
    assert list(yaml.safe_load(text)) == ["my-flowers"]
    assert values.shape == (len(frame), len(frame.columns) - 1)
    assert sorted(named) == sorted(frame[column])
    assert (f"unsure: label: '{column}' is a guess" in text) == (column == "cultivar")
    assert "unsure: test: 0.3" in text


def test_a_table_without_header_and_with_missing_values_is_seen_through(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    rows = [f"{n % 7}.5,{'?' if n == 4 else n % 5},{'ab'[n % 2]}\n" for n in range(20)]
    Path("bare.data").write_text("".join(rows))
    text = proposed(Path("bare.data"))
    entry = yaml.safe_load(text)["bare"]
    assert (entry["header"], entry["missing"], entry["label"]) == (False, "median", "3")
    for said in ("header: false, as", "missing: median fills", "label: '3' is a guess"):
        assert f"unsure: {said}" in text
    values, named, _ = pasted(text)
    assert values.shape == (20, 2)
    assert np.isnan(values).sum() == 1
    assert sorted(named) == ["a"] * 10 + ["b"] * 10


def test_a_folder_like_that_of_mnist_needs_no_names_of_files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, array in {
        "train-images-idx3-ubyte": images(6),
        "train-labels-idx1-ubyte": labels(6),
        "t10k-images-idx3-ubyte": images(4),
        "t10k-labels-idx1-ubyte": labels(4),
    }.items():
        write_idx(tmp_path / name, array, ".gz")
    text = proposed(Path())
    values, _, card = pasted(text)
    np.testing.assert_allclose(values[:6] * 255, images(6).reshape(6, 6), rtol=1e-12)
    assert card["class_counts"] == {"pool": [3, 3], "test": [2, 2]}
    assert "unsure" not in text


def test_arrays_that_no_key_names_are_said(tmp_path):
    arrays = {"images": images(10), "labels": labels(10), "more": images(3), "weights": labels(9)}
    np.savez(tmp_path / "a.npz", **arrays)
    assert "unsure: not used: more, weights" in proposed(tmp_path / "a.npz")


def test_the_command_prints_an_entry_or_one_line(tmp_path):
    pd.DataFrame({"x": np.arange(20.0), "class": ["a", "b"] * 10}).to_csv(
        tmp_path / "t.csv", index=False
    )

    def run(file):
        command = [sys.executable, "-m", "overfit.data", file]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    good = run("t.csv")
    assert (good.returncode, good.stderr) == (0, "")
    assert yaml.safe_load(good.stdout)["t"]["label"] == "class"
    bad = run("u.csv")
    assert (bad.returncode, bad.stdout) == (1, "")
    assert re.fullmatch(r"Error: u\.csv cannot be read: [^\n]*\n", bad.stderr)


def test_what_has_no_labels_is_refused(tmp_path):
    np.savez(tmp_path / "a.npz", x=np.zeros((4, 2)))
    with pytest.raises(DataError, match="contains no images or rows with labels"):
        proposed(tmp_path / "a.npz")

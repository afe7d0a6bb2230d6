"""The CSV tables: what is written is read, with its type, whatever it is called."""

from __future__ import annotations

import csv

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from overfit.claims.table import read_claims
from overfit.data.checked import DamagedError, printable
from overfit.metrics.tables import (
    CLAIMS,
    METRICS,
    SUMMARY,
    read_metrics,
    read_summary,
    read_table,
    write_metrics,
    write_table,
)
from tests.metrics.tables import metric_table
from tests.report.study import write_summary
from tests.written import experiment

CLAIM = {
    "experiment": "01",
    "claim": "007",
    "says": "NA",
    "kind": "difference",
    "metric": "gap",
    "estimate": -0.0432,
    "ci_low": np.nan,
    "ci_high": 1 / 3,
    "margin": 0.02,
    "n": 10,
    "p": 0.001,
    "p_adjusted": 1.0,
    "verdict": "inconclusive",
    "basis": "95% interval",
    "cites": "001",
    "status": "exploratory",
    "decides_at": np.nan,
    "fragile": 3.0,
    "look": 1,
    "straight": np.nan,
    "family": "all",
}
FORMULAS = ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\tx", "'=x", "''", "'"]


def there_and_back(path, **changed):
    write_table(pd.DataFrame([CLAIM | changed]), path)
    (row,) = read_claims(path).to_dict("records")
    return row


@pytest.mark.parametrize(
    "text", ["NA", "None", "null", "nan", "", "007", "1e5", "True", 'a "b", c', "x\ny", *FORMULAS]
)
def test_text_stays_text(tmp_path, text):
    row = there_and_back(tmp_path / "claims.csv", says=text)
    assert row["says"] == text
    assert (row["experiment"], row["claim"], row["n"]) == ("01", "007", 10)
    assert np.isnan(row["ci_low"])


@given(st.text().map(printable))
def test_any_text_is_read_as_it_was_written(tmp_path_factory, text):
    path = tmp_path_factory.mktemp("table") / "claims.csv"
    assert there_and_back(path, says=text)["says"] == text


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_is_a_formula(tmp_path, text):
    path = tmp_path / "claims.csv"
    write_table(pd.DataFrame([CLAIM | {"says": text}]), path)
    with open(path, encoding="utf-8", newline="") as lines:
        (row,) = csv.DictReader(lines)
    assert row["says"].startswith("'")
    assert row["estimate"] == "-0.0432"  # a number is no formula


def test_measured_numbers_have_ten_digits_and_points_all_of_theirs(tmp_path):
    point = 0.06309573444801933
    table = metric_table({"a": [1 / 3]}).assign(axis=point)
    write_table(table, tmp_path / "rounded.csv")
    write_metrics(table, tmp_path / "exact.csv")
    rounded, exact = (read_metrics(tmp_path / name, {"axis": [point]}).iloc[0]
                      for name in ("rounded.csv", "exact.csv"))  # fmt: skip
    assert (rounded["value"], exact["value"]) == (0.3333333333, 1 / 3)
    assert rounded["axis"] == exact["axis"] == point


def test_each_cell_has_its_rows_though_points_look_like_each_other(tmp_path):
    points = [0.123456789, 0.1234567891, 1.0, 0.0]
    made = experiment({"none": {}, "nan": {}}, grid={"penalty.l2": points})
    write_summary(made, tmp_path / "summary.csv")
    cells = read_summary(tmp_path / "summary.csv", made)
    assert len(cells) == len(made.cells) == 8
    for cell, rows in zip(made.cells, cells, strict=True):
        row = rows["gap"]
        assert (row["variant"], row["penalty.l2"]) == (cell.variant, cell.at["penalty.l2"])


def test_a_table_that_lacks_a_cell_says_so(tmp_path):
    made = experiment({"none": {}, "nan": {}})
    write_summary(made, tmp_path / "summary.csv")
    lines = (tmp_path / "summary.csv").read_text().splitlines(keepends=True)
    (tmp_path / "summary.csv").write_text("".join(one for one in lines if ",nan," not in one))
    with pytest.raises(DamagedError, match="it lacks 1 of 2 variants and points"):
        read_summary(tmp_path / "summary.csv", made)


def test_every_damage_is_one_line_with_the_file_and_the_command(tmp_path):
    path = tmp_path / "claims.csv"
    write_table(pd.DataFrame([CLAIM]), path)
    whole = path.read_bytes()
    damages = [whole[:length] for length in range(len(whole))]
    damages += [whole.replace(b"inconclusive", b"perhaps"), whole.replace(b",10,", b",ten,")]
    damages += [whole.replace(b"claim,", b"claims,"), whole + b"1,2\n", b"\xff\xfe" + whole]
    for damage in damages:
        path.write_bytes(damage)
        if damage == whole[: whole.index(b"\n") + 1]:
            assert read_claims(path).empty  # a table without claims is one
            continue
        with pytest.raises(DamagedError) as caught:
            read_claims(path)
        message = str(caught.value)
        assert message.startswith(f"{path} is damaged (")
        assert message.endswith(f"); make it again: rm -r {path} && snakemake")
        assert "\n" not in message


def test_no_control_character_is_written(tmp_path):
    assert there_and_back(tmp_path / "claims.csv", says="a\x00\r\x1b")["says"] == "a" + 3 * "\ufffd"


def test_the_columns_of_every_table_are_known():
    assert METRICS.keys() & SUMMARY.keys() == {
        "experiment", "variant", "metric", "straight", "diverged", "censored",
    }  # fmt: skip
    assert CLAIMS.keys() == CLAIM.keys()


def test_an_empty_table_has_its_columns(tmp_path):
    write_table(pd.DataFrame(columns=list(CLAIMS)), tmp_path / "claims.csv")
    assert list(read_table(tmp_path / "claims.csv", CLAIMS)) == list(CLAIMS)

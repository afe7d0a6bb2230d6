"""Tables of the kinds that people have, each read by keys alone and compared with pandas.

Those of packages are read from where they are installed; the others have the shapes of well-known
public tables.
"""

from __future__ import annotations

import bz2
import gzip
import importlib.util
import io
import lzma
import re
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from overfit.data.catalogue import DATASET_ENTRY
from overfit.data.checked import DataError
from tests.data.writing import entry


def read(file, keys=""):
    """Features as a table with their names, labels, and what was read."""
    loaded = DATASET_ENTRY.validate_python(
        entry(f"{{source: table, file: '{file}', {keys}}}") | {"classes": None}
    ).load()
    (part,) = loaded.parts
    names = [feature.name for feature in loaded.record.features]
    values = np.concatenate([np.empty((0, part.values), np.float32), *part.blocks])
    return pd.DataFrame(values, columns=names), part.labels, loaded.record


def packaged(package, *path):
    return Path(importlib.util.find_spec(package).submodule_search_locations[0], *path)


def statsmodels(name):
    return packaged("statsmodels", "datasets", name, f"{name}.csv")


def column(name, **options):
    """What pandas reads, and the column of labels."""
    return lambda path: (lambda frame: (frame.drop(columns=name), frame[name]))(
        pd.read_csv(path, **options)
    )


def last(skip=0, **options):
    def of(path):
        frame = pd.read_csv(path, header=None, skiprows=skip, **options)
        frame.columns = [str(i + 1) for i in range(frame.shape[1])]
        return frame.iloc[:, :-1], frame.iloc[:, -1]

    return of


PACKAGED = {
    "iris of scikit-learn": (
        lambda: packaged("sklearn", "datasets/data/iris.csv"),
        "skip: 1, header: false, label: '5'",
        last(skip=1),
    ),
    "wine of scikit-learn": (
        lambda: packaged("sklearn", "datasets/data/wine_data.csv"),
        "skip: 1, header: false, label: '14'",
        last(skip=1),
    ),
    "breast cancer of scikit-learn": (
        lambda: packaged("sklearn", "datasets/data/breast_cancer.csv"),
        "skip: 1, header: false, label: '31'",
        last(skip=1),
    ),
    "digits of scikit-learn": (
        lambda: packaged("sklearn", "datasets/data/digits.csv.gz"),
        "header: false, label: '65'",
        last(),
    ),
    "iris of mlxtend": (
        lambda: packaged("mlxtend", "data/data/iris.csv.gz"),
        "header: false, label: '5'",
        last(),
    ),
    "wine of mlxtend": (
        lambda: packaged("mlxtend", "data/data/wine.csv"),
        "header: false, label: '14'",
        last(),
    ),
    "blobs of mlxtend": (
        lambda: packaged("mlxtend", "data/data/three_blobs.csv.gz"),
        "header: false, label: '3'",
        last(),
    ),
    "cars of mlxtend": (
        lambda: packaged("mlxtend", "data/data/autompg.csv.gz"),
        "header: false, label: '7', exclude: ['8'], missing: drop",
        lambda path: (
            lambda f: (f.drop(columns=[6, 7]).rename(columns=lambda i: str(i + 1)), f[6])
        )(pd.read_csv(path, header=None, na_values="?").dropna()),
    ),
    "grades of statsmodels": (
        lambda: statsmodels("spector"),
        "label: \"'GRADE'\"",
        column("'GRADE'", sep=r"\s+"),
    ),
    "marriages of statsmodels": (
        lambda: statsmodels("fair"),
        "label: rate_marriage",
        column("rate_marriage"),
    ),
    "votes of statsmodels": (
        lambda: statsmodels("anes96"),
        "label: \"'vote'\"",
        column("'vote'", sep="\t"),
    ),
    "transplants of statsmodels": (
        lambda: statsmodels("heart"),
        "label: censors",
        column("censors"),
    ),
    "travel of statsmodels": (
        lambda: statsmodels("modechoice"),
        "label: mode",
        column("mode", sep=";"),
    ),
    "houses of statsmodels": (
        lambda: statsmodels("ccard"),
        "label: OWNRENT",
        column("OWNRENT"),
    ),
    "visits of statsmodels": (
        lambda: statsmodels("randhie"),
        "label: mdvis",
        column("mdvis"),
    ),
}


@pytest.mark.parametrize(("file", "keys", "expected"), PACKAGED.values(), ids=PACKAGED)
def test_a_table_of_a_package_is_read_as_pandas_reads_it(file, keys, expected):
    values, labels, _ = read(file(), keys)
    features, label = expected(file())
    assert list(values.columns) == list(features.columns)
    np.testing.assert_array_equal(values.to_numpy(), features.to_numpy(np.float32))
    np.testing.assert_array_equal(labels, label.to_numpy())


FRAME = pd.DataFrame(
    {
        "age": [22.0, 38.5, 26.25, 35.0, 54.125, 2.0],
        "fare": [7, 71, 8, 53, 51, 21],
        "label": ["no", "yes", "yes", "yes", "no", "no"],
    }
)
CSV = FRAME.to_csv(index=False)
NUMBERS = FRAME.drop(columns="label")


def zipped(text):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("folder/a.csv", text)
        archive.writestr("__MACOSX/folder/._a.csv", "x")
    return file.getvalue()


def parquet(frame, **options):
    file = io.BytesIO()
    frame.to_parquet(file, **options)
    return file.getvalue()


def feather(frame, **options):
    file = io.BytesIO()
    frame.to_feather(file, **options)
    return file.getvalue()


LINES = CSV.splitlines()
SAME = {
    "gzip": ("a.csv", gzip.compress(CSV.encode()), ""),
    "bzip2": ("a.csv", bz2.compress(CSV.encode()), ""),
    "xz": ("a.dat", lzma.compress(CSV.encode()), ""),
    "zip": ("a.zip", zipped(CSV), ""),
    "zstd": ("a.csv.zst", pa.compress(CSV.encode(), codec="zstd", asbytes=True), ""),
    "Latin-1": ("a.csv", CSV.encode("latin-1"), ""),
    "UTF-8 of a spreadsheet": ("a.csv", CSV.encode("utf-8-sig"), ""),
    "UTF-16": ("a.csv", CSV.encode("utf-16"), ""),
    "UTF-16 without a mark": ("a.csv", CSV.encode("utf-16-le"), ""),
    "lines of Windows": ("a.csv", CSV.replace("\n", "\r\n").encode(), ""),
    "lines of an old Macintosh": ("a.csv", CSV.replace("\n", "\r").encode(), ""),
    "no line end at the end": ("a.csv", CSV.rstrip().encode(), ""),
    "semicolons": ("a.csv", CSV.replace(",", ";").encode(), ""),
    "tabs": ("a.tsv", CSV.replace(",", "\t").encode(), ""),
    "bars": ("a.csv", CSV.replace(",", "|").encode(), ""),
    "blanks": ("a.txt", "\n".join("  " + x.replace(",", "   ") for x in LINES).encode(), ""),
    "a separator that must be named": ("a.csv", CSV.replace(",", ":").encode(), "delimiter: ':'"),
    "quoted cells": (
        "a.csv",
        "\n".join(",".join(f'"{c}"' for c in x.split(",")) for x in LINES).encode(),
        "",
    ),
    "blanks after commas": ("a.csv", CSV.replace(",", ", ").encode(), ""),
    "blanks and quotes after commas": (
        "a.csv",
        "\n".join(", ".join(f'"{c}"' for c in x.split(",")) for x in LINES).encode(),
        "",
    ),
    "a trailing comma": ("a.csv", "".join(f"{x},\n" for x in LINES).encode(), ""),
    "a trailing comma below the header": (
        "a.csv",
        f"{LINES[0]}\n{''.join(f'{x},' + chr(10) for x in LINES[1:])}".encode(),
        "",
    ),
    "an index as pandas writes it": ("a.csv", FRAME.to_csv().encode(), ""),
    "an index written twice": (
        "a.csv",
        pd.read_csv(io.StringIO(FRAME.to_csv())).to_csv(index=False).encode(),
        "",
    ),
    "row names as R writes them": (
        "a.txt",
        ("age fare label\n" + "".join(f'"r{i}" {x.replace(",", " ")}\n' for i, x in
                                      enumerate(LINES[1:]))).encode(),
        "",
    ),
    "title lines": ("a.csv", f"Passengers, 1912\n\n{CSV}".encode(), "skip: 2"),
    "comments": ("a.csv", f"# from a ship\n{CSV}# the end\n".encode(), "comment: '#'"),
    "no header": (
        "a.csv",
        "\n".join(LINES[1:]).encode(),
        "header: false, columns: [age, fare, label]",
    ),
    "empty lines": ("a.csv", CSV.replace("\n", "\n\n").encode(), ""),
    "a column twice that is not used": (
        "a.csv",
        FRAME.assign(x=1, y=2).rename(columns={"y": "x"}).to_csv(index=False).encode(),
        "features: [age, fare]",
    ),
    "columns of no use": (
        "a.csv",
        FRAME.assign(Id=range(6), name=list("abcdef")).to_csv(index=False).encode(),
        "exclude: [Id, name]",
    ),
    "decimal commas and thousands": (
        "a.csv",
        b"age;fare;label\n22,0;7;no\n38,5;71;yes\n26,25;8;yes\n35;53;yes\n54,125;51;no\n2,0;21;no\n",
        "decimal: ',', thousands: '.'",
    ),
    "Parquet": ("a.pq", parquet(FRAME), ""),
    "Parquet with an index": ("a.parquet", parquet(FRAME.set_axis(list("abcdef"))), ""),
    "shuffled Parquet": ("a.parquet", parquet(FRAME.sample(frac=1).loc[list(range(6))]), ""),
    "Parquet with a named index": (
        "a.parquet",
        parquet(FRAME.assign(k=[5, 3, 1, 0, 2, 4]).set_index("k")),
        "",
    ),
    "Parquet with categories": (
        "a.parquet",
        parquet(FRAME.astype({"label": "category", "fare": "category"})),
        "",
    ),
    "Feather": ("a.feather", feather(FRAME), ""),
    "Feather without compression": ("a.arrow", feather(FRAME, compression="uncompressed"), ""),
}  # fmt: skip


@pytest.mark.parametrize(("name", "content", "keys"), SAME.values(), ids=SAME)
def test_a_table_is_the_same_in_whatever_form_it_comes(tmp_path, name, content, keys):
    (tmp_path / name).write_bytes(content)
    values, labels, record = read(tmp_path / name, keys)
    pd.testing.assert_frame_equal(values, NUMBERS.astype(np.float32))
    assert labels.tolist() == FRAME["label"].tolist()
    assert record.warnings == ()


def test_true_and_yes_are_1_and_other_text_is_one_hot(tmp_path):
    frame = pd.DataFrame(
        {
            "sex": ["male", "female", "female", "male"] * 3,
            "alone": [True, False, True, True] * 3,
            "paid": ["yes", "no", "no", "yes"] * 3,
            "cut": ["12%", "50%", "0.5%", "100%"] * 3,
            "town": ["Rouen", "Łódź", "Åbo", None] * 3,
            "label": [0, 1, 1, 0] * 3,
        }
    )
    path = tmp_path / "a.csv"
    frame.to_csv(path, index=False, encoding="utf-8")
    values, labels, record = read(path, "missing: mean")
    town = pd.get_dummies(frame["town"], dtype=float)
    town[frame["town"].isna()] = np.nan
    expected = pd.concat(
        [
            pd.get_dummies(frame["sex"], prefix="sex", prefix_sep="=", dtype=float),
            frame["alone"].astype(float),
            (frame["paid"] == "yes").astype(float).rename("paid"),
            pd.Series([0.12, 0.5, 0.005, 1.0] * 3, name="cut"),
            town.add_prefix("town="),
        ],
        axis=1,
    )
    pd.testing.assert_frame_equal(values, expected.astype(np.float32))
    assert labels.tolist() == frame["label"].tolist()
    types = {feature.name: (feature.type, feature.missing) for feature in record.features}
    assert types["sex=male"] == ("level of sex", 0)
    assert types["alone"] == ("1 for True, else 0", 0)
    assert types["cut"] == ("share, 12% is 0.12", 0)
    assert types["town=Rouen"] == ("level of town", 0.25)
    path = tmp_path / "a.parquet"
    frame.drop(columns="cut").to_parquet(path)
    again, _, _ = read(path, "missing: mean")
    pd.testing.assert_frame_equal(again, values.drop(columns="cut"))


def test_numbers_that_are_codes_are_one_hot_where_asked_for(tmp_path):
    frame = pd.DataFrame({"region": [3, 1, 2, 1] * 3, "x": range(12), "label": [0, 1] * 6})
    frame.to_csv(tmp_path / "a.csv", index=False)
    frame.to_parquet(tmp_path / "a.parquet")
    expected = pd.get_dummies(frame["region"], prefix="region", prefix_sep="=", dtype=np.float32)
    for name in ("a.csv", "a.parquet"):
        values, _, _ = read(tmp_path / name, "one_hot: [region], exclude: [x]")
        pd.testing.assert_frame_equal(values, expected)
    with pytest.raises(DataError, match=r"has no column 'regoin'; did you mean region\?"):
        read(tmp_path / "a.csv", "one_hot: [regoin]")


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_a_number_may_mean_that_a_value_is_missing(tmp_path, suffix):
    frame = pd.DataFrame(
        {"x": [-999, 1.5, 3, -999], "y": [1, 2, -999, 4], "t": ["a", "b"] * 2, "label": [0, 1] * 2}
    )
    path = tmp_path / f"a.{suffix}"
    getattr(frame, f"to_{suffix}")(path, index=False)
    values, _, record = read(path, "missing_words: ['-999', '77'], missing: mean")
    expected = frame[["x", "y"]].replace(-999, np.nan).astype(np.float32)
    pd.testing.assert_frame_equal(values[["x", "y"]], expected)
    assert [feature.missing for feature in record.features[:2]] == [0.5, 0.25]
    assert values["t=a"].tolist() == [1, 0, 1, 0]


def test_a_column_of_percentages_and_others_is_refused(tmp_path):
    (tmp_path / "a.csv").write_text("x,label\n12%,0\n13,1\n14%,0\n")
    with pytest.raises(
        DataError, match="column 'x': 2 of 3 values are percentages, others are not"
    ):
        read(tmp_path / "a.csv")


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_missing_values_stay_until_a_seed_replaces_them_or_their_rows_are_dropped(tmp_path, suffix):
    frame = pd.DataFrame(
        {
            "x": [1.5, None, 3, 4, 5, 6.0],
            "y": [None, 2, 3, None, 5, 6.0],
            "label": ["a", "b", "a", "b", None, "a"],
        }
    )
    path = tmp_path / f"a.{suffix}"
    getattr(frame, f"to_{suffix}")(path, index=False)
    values, labels, record = read(path, "missing: drop")
    kept = frame.dropna()
    np.testing.assert_array_equal(values, kept[["x", "y"]])
    assert labels.tolist() == kept["label"].tolist()
    assert dict(record.left_out) == {"a value is missing": 4}
    assert [feature.missing for feature in record.features] == [1 / 6, 2 / 6]
    frame = frame.fillna({"label": "a"})
    getattr(frame, f"to_{suffix}")(path, index=False)
    values, labels, record = read(path, "missing: median")
    np.testing.assert_array_equal(values, frame[["x", "y"]])
    assert labels.tolist() == frame["label"].tolist()


@pytest.mark.parametrize(
    "ids", [range(1, 41), np.random.default_rng(1).permutation(40), range(3, 400, 10)]
)
def test_a_column_that_counts_rows_is_warned_of(tmp_path, ids):
    rng = np.random.default_rng(1)
    frame = pd.DataFrame({"Id": ids, "x": rng.integers(0, 40, 40), "label": [0, 1] * 20})
    frame.to_csv(tmp_path / "a.csv", index=False)
    _, _, record = read(tmp_path / "a.csv")
    assert [warning.split("'")[1] for warning in record.warnings] == ["Id"]
    assert record.warnings[0].endswith('exclude: ["Id"]')


def test_what_a_message_says_to_write_can_be_written(tmp_path):
    """Names that YAML would read as numbers, and texts that it would read as escapes."""
    rows = [f"{n},{n * 7 % 5 + 0.5},{n % 2}\n" for n in range(20)]
    (tmp_path / "a.csv").write_text("".join(rows))
    _, _, record = read(tmp_path / "a.csv", "header: false, label: '3'")
    (advice,) = re.findall(r"exclude: \[.*?\]", record.warnings[0])
    values, _, record = read(tmp_path / "a.csv", f"header: false, label: '3', {advice}")
    assert (list(values), record.warnings) == (["2"], ())
    (tmp_path / "b.csv").write_text("x,label\n" + "1,0\n\\N,1\n2,1\n\\N,0\n3,0\n")
    with pytest.raises(DataError, match="value is missing") as error:
        read(tmp_path / "b.csv")
    (advice,) = re.findall(r"missing_words: \[.*?\]", str(error.value))
    values, _, _ = read(tmp_path / "b.csv", f"missing: mean, {advice}")
    np.testing.assert_array_equal(values["x"], [1, np.nan, 2, np.nan, 3])


def test_a_header_of_numbers_is_warned_of(tmp_path):
    (tmp_path / "a.csv").write_text("1.5,2,0\n" + "3,4,1\n5,6,0\n" * 5)
    _, _, record = read(tmp_path / "a.csv", "label: '0'")
    assert record.warnings[0] == (
        "line 1 of a.csv names the columns, but all names are numbers; if it is a row, set header: "
        "false"
    )


def test_what_is_found_by_itself_is_told(tmp_path):
    text = FRAME.assign(label="é").to_csv(sep=";")
    (tmp_path / "a.csv").write_bytes(text.encode("cp1252"))
    _, labels, record = read(tmp_path / "a.csv")
    assert set(labels) == {"é"}
    assert record.notes == (
        "a.csv is read as cp1252; set encoding if this is wrong",
        "cells of a.csv are separated by semicolons",
        "the first column has no name: it is taken for row names; it is left out",
    )


def test_levels_are_those_of_pool_and_test_table_together(tmp_path):
    pool = pd.DataFrame({"town": ["a", "b"] * 3, "label": [0, 1] * 3})
    test = pd.DataFrame({"label": [1, 0] * 2, "town": ["c", "a"] * 2})
    pool.to_csv(tmp_path / "a.csv", index=False)
    test.to_csv(tmp_path / "b.csv", index=False)
    keys = f"{{source: table, file: {tmp_path}/a.csv, test_file: {tmp_path}/b.csv}}"
    loaded = DATASET_ENTRY.validate_python(entry(keys)).load()
    found = [np.concatenate(list(part.blocks)) for part in loaded.parts]
    np.testing.assert_array_equal(found[0], [[1, 0, 0], [0, 1, 0]] * 3)
    np.testing.assert_array_equal(found[1], [[0, 0, 1], [1, 0, 0]] * 2)


def test_a_column_read_as_parquet_texts_is_read_as_its_numbers(tmp_path):
    table = pa.table({"x": ["1", "2.5", None, "4"] * 2, "label": [True, False] * 4})
    pq.write_table(table, tmp_path / "a.parquet")
    values, labels, _ = read(tmp_path / "a.parquet", "missing: mean")
    np.testing.assert_array_equal(values["x"], np.array([1, 2.5, np.nan, 4] * 2, np.float32))
    assert labels.tolist() == [True, False] * 4

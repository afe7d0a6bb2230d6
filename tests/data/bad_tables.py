"""Bad tables, and the message that each must give; `...` stands for any text."""

from __future__ import annotations

import gzip
import io
import lzma
import zipfile

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from tests.data.writing import replaced

TABLE = "{source: table, file: a.csv}"
PARQUET = "{source: table, file: a.parquet}"
ZEROS = "0" * 64
LARGE = "infinite, or too large for float32, in which networks compute"
WAYS = "set missing to drop, mean or median"
DROP = "set missing: drop to leave such rows out"
CSV = "x,y,label\n" + "1,2,0\n3,4,1\n" * 5


def table(text):
    return {"a.csv": text if isinstance(text, bytes) else text.encode()}


def parquet(**columns):
    file = io.BytesIO()
    pd.DataFrame({"x": [1.0] * 10, "label": [0, 1] * 5} | columns).to_parquet(file)
    return {"a.parquet": file.getvalue()}


def zipped(files):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return file.getvalue()


def twice():
    file = io.BytesIO()
    values = [pa.array([1.0] * 10), pa.array([2.0] * 10), pa.array([0, 1] * 5)]
    pq.write_table(pa.Table.from_arrays(values, names=["x", "x", "label"]), file)
    return file.getvalue()


TABLE_REFUSALS = {
    # CSV
    "missing table": (TABLE, {}, "a.csv cannot be read: No such file or directory"),
    "empty table": (TABLE, table(""), "a.csv is empty; its first line must name the columns"),
    "header alone": (
        TABLE,
        table("x,label\n"),
        "there are no labels",
    ),
    "more rows than the catalogue announces": (
        TABLE,
        table(CSV + "1,2,0\n"),
        "11 rows, but the catalogue says pool 6 and test 4; write pool: rest to use all",
    ),
    "a line that fills the memory": (
        TABLE,
        table(gzip.compress(CSV.encode() + b"0" * (1 << 22))),
        "a.csv, line 12: a row of 1048576 bytes or more",
    ),
    "a quoted row that fills the memory": (
        TABLE,
        table(gzip.compress(CSV.encode() + b'"\n",' * (1 << 20))),
        "a.csv, line 12: a row of 1048576 bytes or more",
    ),
    "a label that is no label": (
        TABLE,
        table(CSV.replace("1,2,0", f"1,2,{'0' * 1001}", 1)),
        "a.csv, column 'label': a label of 1001 characters; at most 1000 are allowed",
    ),
    "column named twice": (
        TABLE,
        table("x,x,label\n"),
        "a.csv names 2 columns 'x'",
    ),
    "column without a name": (
        TABLE,
        table("x,,label\n"),
        "a.csv: column 2 has no name; name it in the file or list the features",
    ),
    "no column of labels": (
        TABLE,
        table("x,y,class\n1,2,0\n"),
        "a.csv has no column 'label'; it has x, y, class",
    ),
    "no column of a feature": (
        TABLE[:-1] + ", features: [x, z]}",
        table(CSV),
        "a.csv has no column 'z'; it has x, y, label",
    ),
    "cell that is no number": (
        TABLE,
        table(replaced(CSV, "3,4", "3,four")),
        "a.csv, line 3, column 'y': 'four' is not a number",
    ),
    "cell that is no number after a quoted line break and an empty line": (
        TABLE,
        table(CSV.replace("1,2,0", '"1\n",2,0', 1).replace("3,4", "\n3,four", 1)),
        "a.csv, line 5, column 'y': 'four' is not a number",
    ),
    "number with an underscore": (
        TABLE,
        table(replaced(CSV, "3,4", "3,4_0")),
        "a.csv, line 3, column 'y': '4_0' is not a number",
    ),
    "NaN in a table": (
        TABLE,
        table(replaced(CSV, "3,4", "nan,4")),
        f"a.csv, line 3, column 'x': 'nan' means that the value is missing; {WAYS}",
    ),
    "number that float32 can't hold": (
        TABLE,
        table(replaced(CSV, "3,4", "1e39,4")),
        f"a.csv, line 3, column 'x': '1e39' is {LARGE}",
    ),
    "empty cell": (
        TABLE,
        table(replaced(CSV, "3,4", ",4")),
        f"a.csv, line 3, column 'x': the cell is empty; {WAYS}",
    ),
    "empty label": (
        TABLE,
        table(replaced(CSV, "3,4,1", "3,4,")),
        f"a.csv, line 3, column 'label': the cell is empty; {DROP}",
    ),
    "row too short": (
        TABLE,
        table(replaced(CSV, "3,4,1", "3,4")),
        "a.csv, line 3: 2 cells, but there are 3 columns",
    ),
    "quote that is not closed": (
        TABLE,
        table(replaced(CSV, "3,4", '3,"4')),
        "a.csv, line 11: a quoted cell ends in this line; 2 cells, but there are 3 columns",
    ),
    "text that is not UTF-8": (
        TABLE,
        table(("x,label\n" + "1,a\n" * (1 << 20) + "1,é\n").encode("latin-1")),
        "a.csv, line 1048578: not UTF-8 text; name its encoding, such as encoding: cp1252",
    ),
    "a byte that the encoding of its beginning lacks": (
        TABLE,
        table(b"x,label\n1,\xe9\n" + b"1,a\n" * (1 << 20) + b"1,\x81\n"),
        "a.csv, line 1048579: not cp1252 text; name its encoding, such as encoding: utf-8 or "
        "latin-1",
    ),
    "truncated gzip of a table": (
        TABLE,
        table(gzip.compress(CSV.encode())[:-12]),
        "a.csv is damaged or cut off: Compressed file ended before the end-of-stream "
        "marker was reached",
    ),
    "more numbers than classes": (
        TABLE,
        table(CSV.replace(",1\n", ",5\n", 1)),
        "the labels have 3 different values (0, 1, 5), but the catalogue has classes: 2",
    ),
    "more names than classes": (
        TABLE,
        table(CSV.replace(",1\n", ",b\n").replace(",0\n", ",a\n", 4).replace(",0\n", ",c\n")),
        "the labels have 3 different values ('a', 'b', 'c'), but the catalogue has classes: 2",
    ),
    "label that is not among the names": (
        TABLE[:-1] + ", names: ['1', '2']}",
        table(CSV),
        "a.csv, line 2, column 'label': the label 0 (and 4 more) is not one of the classes 1, 2",
    ),
    "test label that names no class": (
        TABLE[:-1] + ", test_file: b.csv}",
        {**table("x,label\n" + "1,cat\n2,dog\n" * 3), "b.csv": b"x,label\n1,cat\n1,cow\n"},
        "b.csv, line 3, column 'label': the label 'cow' is not one of the classes 'cat', 'dog'",
    ),
    "checksum of a table": (
        TABLE[:-1] + f", sha256: '{ZEROS}'}}",
        table(CSV),
        "a.csv has SHA-256 ..., but the catalogue says "
        f"{ZEROS}; the file is damaged, or it is another one",
    ),
    "a workbook": (
        TABLE,
        table(zipped({"[Content_Types].xml": "", "xl/workbook.xml": ""})),
        "a.csv is an Excel workbook; save the sheet as CSV",
    ),
    "an old workbook": (
        TABLE,
        table(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" * 9),
        "a.csv is an Excel workbook; save the sheet as CSV",
    ),
    "an archive of several files": (
        TABLE,
        table(zipped({"a.csv": CSV, "b.csv": CSV})),
        "a.csv is an archive of 2 files (a.csv, b.csv); unpack the right one",
    ),
    "a web page": (
        TABLE,
        table("\n<!DOCTYPE html><html></html>"),
        "a.csv is a web page or XML; was the download of the file itself?",
    ),
    "truncated xz of a table": (
        TABLE,
        table(lzma.compress(CSV.encode())[:-12]),
        "a.csv is damaged or cut off: Compressed file ended before the end-of-stream "
        "marker was reached",
    ),
    "truncated zstd of a table": (
        TABLE,
        table(pa.compress(CSV.encode(), codec="zstd", asbytes=True)[:-3]),
        "a.csv is damaged or cut off: Truncated compressed stream",
    ),
    "a misspelt column among many": (
        TABLE[:-1] + ", label: clas}",
        table(",".join(f"x{i}" for i in range(5000)) + ",class\n"),
        "a.csv has no column 'clas'; did you mean class?",
    ),
    "an unknown column among many": (
        TABLE[:-1] + ", label: species}",
        table(",".join(f"x{i}" for i in range(5000)) + "\n"),
        "a.csv has no column 'species'; it has x0, x1, x2, x3, x4, x5, x6, x7, x8, x9, ... (5000 "
        "columns)",
    ),
    "no header": (
        TABLE,
        table("5.1,3.5,1.4,0.2,setosa\n4.9,3.0,1.4,0.2,setosa\n"),
        "a.csv has no column 'label'; it has 5.1, 3.5, 1.4, 0.2, setosa; if the first line is a "
        "row and names no columns, set header: false",
    ),
    "an unknown column to exclude": (
        TABLE[:-1] + ", exclude: [z]}",
        table(CSV),
        "a.csv has no column 'z'; it has x, y, label",
    ),
    "all troubles of a table at once": (
        TABLE,
        table(
            "a,b,c,d,e,label\n1,2020-01-31,1,x1,7,0\n2,2020-02-01,?,x2,1e39,1\nthree,2020-02-02,3,x3,"
            "8,0\n4,2020-02-03,,x4,9,\nfive,2020-02-04,5,x5,inf,1\n6,2020\n"
        ),
        "a.csv, line 7: 2 cells, but there are 6 columns\n"
        f"a.csv, line 5, column 'label': the cell is empty; {DROP}\n"
        "a.csv, line 4, column 'a': 'three' is not a number (and 1 more)\n"
        "a.csv, line 2, column 'b': '2020-01-31' is a date or time; exclude the column or turn it "
        "into numbers\n"
        f"a.csv, line 3, column 'c': '?' means that the value is missing (and 1 more); {WAYS}\n"
        "a.csv, line 2, column 'd': 'x1' is text of 5 kinds in 5 rows; exclude the column or list "
        "it in one_hot\n"
        f"a.csv, line 3, column 'e': '1e39' is {LARGE} (and 1 more)",
    ),
    "a decimal comma": (
        TABLE[:-1] + ", delimiter: ';'}",
        table("x;label\n" + "1,5;0\n2;1\n" * 5),
        "a.csv, line 2, column 'x': '1,5' is not a number (and 4 more); set decimal: \",\"",
    ),
    "thousands": (
        TABLE[:-1] + ", delimiter: ';'}",
        table("x;label\n" + "1,500;0\n2;1\n" * 5),
        "a.csv, line 2, column 'x': '1,500' is not a number (and 4 more); set thousands: \",\"",
    ),
    "a word of its own for missing values": (
        TABLE,
        table(CSV.replace("3,4", "-,4")),
        "a.csv, line 3, column 'x': '-' is not a number (and 4 more); if it means that the value "
        'is missing, set missing_words: ["-"]',
    ),
    "numbers that float32 merges": (
        TABLE,
        table("when,label\n" + "".join(f"{1704067200 + 60 * i},{i % 2}\n" for i in range(120))),
        "a.csv, column 'when': float32, in which networks compute, can't tell values from "
        "1704067200 to 1704074340 apart; subtract 1704067200 from them",
    ),
    # Parquet
    "two columns of one name": (
        PARQUET,
        {"a.parquet": twice()},
        "a.parquet names 2 columns 'x'",
    ),
    "a date of Parquet": (
        PARQUET,
        parquet(when=pd.date_range("2020", periods=10)),
        "a.parquet, row 1, column 'when': '2020-01-01 00:00:00' is a date or time; exclude the "
        "column or turn it into numbers",
    ),
    "missing Parquet": (PARQUET, {}, "a.parquet cannot be read: No such file or directory"),
    "no Parquet": (
        PARQUET,
        {"a.parquet": b"text, not Parquet"},
        "a.parquet is not a Parquet file: it begins with b'text'",
    ),
    "a label of Parquet that is no label": (
        PARQUET,
        parquet(label=["a"] * 5 + ["b" * 1001] * 5),
        "a.parquet, column 'label': a label of 1001 characters; at most 1000 are allowed",
    ),
    "more rows of Parquet than the catalogue announces": (
        PARQUET,
        parquet(x=list(np.arange(11.0)), label=[0, 1] * 5 + [0]),
        "11 rows, but the catalogue says pool 6 and test 4; write pool: rest to use all",
    ),
    "half a Parquet": (
        PARQUET,
        {"a.parquet": parquet()["a.parquet"][:-100]},
        "a.parquet is a damaged Parquet file: Parquet magic bytes not found in footer...",
    ),
    "lists for a feature": (
        PARQUET,
        parquet(x=[[1.0]] * 10),
        "a.parquet: column 'x' is list<...>; features must be numbers, text or true and false",
    ),
    "fractions for labels": (
        PARQUET,
        parquet(label=[0.5] * 10),
        "a.parquet, row 1, column 'label': the label 0.5 is not a whole number; classes are whole "
        "numbers below 2^63, or text",
    ),
    "empty cell of Parquet": (
        PARQUET,
        parquet(x=[1.0, None] * 5),
        f"a.parquet, row 2, column 'x': the cell is empty (and 4 more); {WAYS}",
    ),
    "infinite cell of Parquet": (
        PARQUET,
        parquet(x=[1.0] * 9 + [np.inf]),
        f"a.parquet, row 10, column 'x': 'inf' is {LARGE}",
    ),
    "empty label of Parquet": (
        PARQUET,
        parquet(label=["a", None] * 5),
        f"a.parquet, row 2, column 'label': the cell is empty (and 4 more); {DROP}",
    ),
    # synthetic
    "teacher without an answer": (
        "{source: synthetic, generator: {name: teacher, features: 1, hidden: []}, classes: 5, "
        "pool: 10, test: 5}",
        {},
        "the teacher gives class ... inputs; use another seed, more features, wider layers or "
        "fewer classes",
    ),
}

"""Bad tables, and the message that each must give; `...` stands for any text."""

from __future__ import annotations

import gzip
import io

import numpy as np
import pandas as pd

from tests.data.writing import replaced

TABLE = "{source: table, file: a.csv}"
PARQUET = "{source: table, file: a.parquet}"
ZEROS = "0" * 64
CSV = "x,y,label\n" + "1,2,0\n3,4,1\n" * 5


def table(text):
    return {"a.csv": text if isinstance(text, bytes) else text.encode()}


def parquet(**columns):
    file = io.BytesIO()
    pd.DataFrame({"x": [1.0] * 10, "label": [0, 1] * 5} | columns).to_parquet(file)
    return {"a.parquet": file.getvalue()}


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
        "a.csv, line 12: a row of 4194304 characters or more",
    ),
    "a quoted row that fills the memory": (
        TABLE,
        table(gzip.compress(CSV.encode() + b'"\n",' * (1 << 20))),
        "a.csv, line ...: a row of 4194304 characters or more",
    ),
    "a label that is no label": (
        TABLE,
        table(CSV.replace("1,2,0", f"1,2,{'0' * 1001}", 1)),
        "a.csv, line 2, column 'label': a label of 1001 characters; at most 1000 are allowed",
    ),
    "column named twice": (
        TABLE,
        table("x,x,label\n"),
        "a.csv, line 1: the header names 'x' twice",
    ),
    "column without a name": (
        TABLE,
        table("x,,label\n"),
        "a.csv, line 1: the header leaves a column without a name",
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
        "a.csv, line 3, column 'y': 'four' is not a finite number",
    ),
    "cell that is no number after a quoted line break and an empty line": (
        TABLE,
        table(CSV.replace("1,2,0", '"1\n",2,0', 1).replace("3,4", "\n3,four", 1)),
        "a.csv, line 5, column 'y': 'four' is not a finite number",
    ),
    "number with an underscore": (
        TABLE,
        table(replaced(CSV, "3,4", "3,4_0")),
        "a.csv, line 3, column 'y': '4_0' is not a finite number",
    ),
    "NaN in a table": (
        TABLE,
        table(replaced(CSV, "3,4", "nan,4")),
        "a.csv, line 3, column 'x': 'nan' is not a finite number",
    ),
    "number that float32 can't hold": (
        TABLE,
        table(replaced(CSV, "3,4", "1e39,4")),
        "a.csv, line 3, column 'x': '1e39' is not a finite number",
    ),
    "empty cell": (
        TABLE,
        table(replaced(CSV, "3,4", ",4")),
        "a.csv, line 3, column 'x': the cell is empty",
    ),
    "empty label": (
        TABLE,
        table(replaced(CSV, "3,4,1", "3,4,")),
        "a.csv, line 3, column 'label': the cell is empty",
    ),
    "row too short": (
        TABLE,
        table(replaced(CSV, "3,4,1", "3,4")),
        "a.csv, line 3: 2 cells, but the header names 3 columns",
    ),
    "quote that is not closed": (
        TABLE,
        table(replaced(CSV, "3,4", '3,"4')),
        "a.csv, line 11: unexpected end of data",
    ),
    "text that is not UTF-8": (
        TABLE,
        table("x,label\n1,é\n".encode("latin-1")),
        "a.csv is not UTF-8 text after line 0",
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
    # Parquet
    "missing Parquet": (PARQUET, {}, "a.parquet cannot be read: No such file or directory"),
    "no Parquet": (
        PARQUET,
        {"a.parquet": b"text, not Parquet"},
        "a.parquet is damaged or not a Parquet file: Parquet magic bytes not found in footer...",
    ),
    "a label of Parquet that is no label": (
        PARQUET,
        parquet(label=["a"] * 5 + ["b" * 1001] * 5),
        "a.parquet, row 6, column 'label': a label of 1001 characters; at most 1000 are allowed",
    ),
    "more rows of Parquet than the catalogue announces": (
        PARQUET,
        parquet(x=list(np.arange(11.0)), label=[0, 1] * 5 + [0]),
        "11 rows, but the catalogue says pool 6 and test 4; write pool: rest to use all",
    ),
    "half a Parquet": (
        PARQUET,
        {"a.parquet": parquet()["a.parquet"][:-100]},
        "a.parquet is damaged or not a Parquet file: Parquet magic bytes not found in footer...",
    ),
    "text for a feature": (
        PARQUET,
        parquet(x=["a"] * 10),
        "a.parquet: column 'x' is ...; features must be numbers",
    ),
    "fractions for labels": (
        PARQUET,
        parquet(label=[0.5] * 10),
        "a.parquet: column 'label' is double; labels must be text or whole numbers",
    ),
    "empty cell of Parquet": (
        PARQUET,
        parquet(x=[1.0, None] * 5),
        "a.parquet, row 2, column 'x': the cell is empty",
    ),
    "infinite cell of Parquet": (
        PARQUET,
        parquet(x=[1.0] * 9 + [np.inf]),
        "a.parquet, row 10, column 'x': inf is not a finite number",
    ),
    "empty label of Parquet": (
        PARQUET,
        parquet(label=["a", None] * 5),
        "a.parquet, row 2, column 'label': the cell is empty",
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

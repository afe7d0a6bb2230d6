"""Mutated and odd tables: each is read, or refused by a line that names the file.

`make fuzz` runs it for ten minutes; the tests run a short part with fixed seeds.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import time
import zipfile

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from overfit.data.catalogue import DATASET_ENTRY
from overfit.data.checked import DataError
from tests.data.writing import entry

SECONDS = float(os.environ.get("FUZZ_SECONDS", "0"))
"""How long to look; by default at a fixed number of examples."""
FRAME = pd.DataFrame(
    {
        "x": [1.5, 2, 3, 4, 5, 6] * 3,
        "count": range(18),
        "town": ["Rouen", "Łódź", "a, b"] * 6,
        "paid": [True, False] * 9,
        "label": ["no", "yes"] * 9,
    }
)
CSV = FRAME.to_csv(index=False).encode()


def written(write, **options):
    file = io.BytesIO()
    write(file, **options)
    return file.getvalue()


def zipped():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", CSV)
    return file.getvalue()


TEXTS = {
    "csv": CSV,
    "tsv": FRAME.to_csv(index=False, sep="\t").encode("utf-16"),
    "txt": FRAME.drop(columns="town").to_csv(index=False, sep=" ").encode(),
    "csv.gz": gzip.compress(CSV),
    "csv.bz2": bz2.compress(CSV),
    "csv.xz": lzma.compress(CSV),
    "csv.zst": pa.compress(CSV, codec="zstd", asbytes=True),
    "zip": zipped(),
}
COLUMNS = {
    "parquet": written(FRAME.to_parquet),
    "small.parquet": written(FRAME.to_parquet, compression=None, row_group_size=5),
    "feather": written(FRAME.to_feather),
    "plain.feather": written(FRAME.to_feather, compression="uncompressed"),
}
PIECES = st.binary(max_size=6) | st.sampled_from([b'"', b",", b"\n", b"\r", b";", b"\0", b"1e999"])


@st.composite
def mutated(draw, content):
    """A content of which some bytes are others, missing or repeated."""
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(content)))
        length = draw(st.integers(0, 1) | st.integers(0, len(content)))
        piece = draw(PIECES | st.just(content[start : start + length] * 2))
        content = content[:start] + piece + content[start + length :]
    return content


def read_or_refused(folder, name, content, keys=""):
    path = folder / name
    path.write_bytes(content)
    asked = DATASET_ENTRY.validate_python(entry(f"{{source: table, file: '{path}'{keys}}}"))
    try:
        loaded = asked.load()
        (part,) = loaded.parts
        blocks = np.concatenate([np.empty((0, part.values)), *part.blocks])
    except DataError as error:
        if str(path) not in str(error):
            raise
        return
    assert blocks.shape == (len(part.labels), len(loaded.record.features))
    assert np.isfinite(blocks).all() or loaded.missing


KEYS = [
    "", ", header: false, label: '1'", ", delimiter: whitespace", ", comment: '#'", ", skip: 1",
    ", decimal: ','", ", thousands: ','", ", missing: drop", ", missing: median",
    ", one_hot: never",
]  # fmt: skip
LINES = st.text(st.sampled_from('1.5,;\t \n\r"ab-e?%#\ufeffé'), max_size=60)


@st.composite
def texts(draw):
    """A file name, its content and keys."""
    if draw(st.booleans()):
        name = draw(st.sampled_from(sorted(TEXTS)))
        return f"a.{name}", draw(mutated(TEXTS[name])), draw(st.sampled_from(KEYS))
    return "a.csv", f"label,1\n{draw(LINES)}".encode(), draw(st.sampled_from(KEYS))


@st.composite
def columns(draw):
    """A file name, its content and keys."""
    name = draw(st.sampled_from(sorted(COLUMNS)))
    return f"a.{name}", draw(mutated(COLUMNS[name])), ""


@pytest.mark.parametrize(
    ("tables", "examples"),
    [(texts, 400), (columns, 12)],  # each of columns is read once more, in a process of its own
    ids=["text", "columns"],
)
def test_mutated_tables_are_read_or_refused(tmp_path, tables, examples):
    started, number = time.monotonic(), 0
    while number == 0 or time.monotonic() - started < SECONDS / 2:

        @seed(number)
        @settings(
            max_examples=examples,
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(tables())
        def look(table):
            read_or_refused(tmp_path, *table)

        look()
        number += 1

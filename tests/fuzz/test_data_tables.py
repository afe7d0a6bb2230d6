"""Damaged and odd tables: each is read, or refused by a line that names the file.

`OVERFIT_FUZZ_EXAMPLES` sets how many are tried.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import zipfile

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from overfit.data.catalogue import DATASET_ENTRY
from overfit.data.checked import DataError
from tests.data.writing import entry

EXAMPLES = int(os.environ.get("OVERFIT_FUZZ_EXAMPLES", "30"))
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


def fuzzed(examples):
    return settings(
        max_examples=examples,
        deadline=None,
        derandomize="OVERFIT_FUZZ_EXAMPLES" not in os.environ,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("fuzz")


@pytest.mark.parametrize("name", TEXTS)
@fuzzed(EXAMPLES)
@given(data=st.data())
def test_mutated_texts_are_read_or_refused(folder, name, data):
    missing = data.draw(st.sampled_from(["", ", missing: drop", ", missing: median"]))
    read_or_refused(folder, f"a.{name}", data.draw(mutated(TEXTS[name])), missing)


@pytest.mark.parametrize("name", COLUMNS)
@fuzzed(max(2, EXAMPLES // 10))  # each is read once more, in a process of its own
@given(data=st.data())
def test_mutated_columns_are_read_or_refused(folder, name, data):
    read_or_refused(folder, f"a.{name}", data.draw(mutated(COLUMNS[name])))


@fuzzed(EXAMPLES * 5)
@given(
    text=st.text(st.sampled_from('1.5,;\t \n\r"ab-e?%#\ufeffé'), max_size=60),
    keys=st.sampled_from(
        [
            "",
            ", header: false",
            ", delimiter: whitespace",
            ", comment: '#'",
            ", skip: 1",
            ", decimal: ','",
            ", thousands: ','",
            ", missing: drop",
            ", one_hot: never",
        ]
    ),
)
def test_any_text_is_read_or_refused(folder, text, keys):
    label = ", label: '1'" if "header" in keys else ""
    head = "" if label else "label,1\n"
    read_or_refused(folder, "a.csv", (head + text).encode(), keys + label)

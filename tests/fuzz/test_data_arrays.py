"""Mutated archives and IDX files: they are read, or refused in one line that names the file.

`make fuzz` runs it for ten minutes; the tests run a short part with fixed seeds.
"""

from __future__ import annotations

import gzip
import io
import os
import tempfile
import time
import warnings
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from overfit.data.catalogue import checked
from overfit.data.checked import DataError
from overfit.data.prepare import prepare
from tests.data.writing import idx_bytes

SECONDS = float(os.environ.get("FUZZ_SECONDS", "0"))
"""How long to look; by default a fixed number of examples."""
EXAMPLES = 250
X = np.random.default_rng(1).integers(0, 9, (12, 3, 2))
Y = np.arange(12) % 2
NPZ = {"source": "npz", "file": "a.npz", "test": 0.5}
IDX = {"source": "idx", "folder": ".", "images": "i", "labels": "l", "test": 0.5}
IDX |= {"test_images": None, "test_labels": None}


def npz(compression=zipfile.ZIP_STORED, **arrays):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as archive:
        for name, array in arrays.items():
            member = io.BytesIO()
            np.save(member, array)
            archive.writestr(f"{name}.npy", member.getvalue())
    return {"a.npz": file.getvalue()}


COMPRESSIONS = (zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
SOURCES = [
    (NPZ, npz(images=X.astype("u1"), labels=Y)),
    (NPZ, npz(images=np.asfortranarray(X / 3), labels=np.array(["ant", "bee"])[Y])),
    (NPZ, npz(images=X.astype("f2"), labels=np.eye(2)[Y])),
    *((NPZ, npz(compression, images=X, labels=Y)) for compression in COMPRESSIONS),
    (IDX, {"i": idx_bytes(X.astype("u1")), "l": idx_bytes(Y.astype("u1"))}),
    (IDX, {"i": gzip.compress(idx_bytes(X.astype("f4"))), "l": idx_bytes(Y.astype("i2"))}),
]
HEADERS = [b"'<f8'", b"'|O'", b"'<U9999999'", b"{'descr': ", b"(12, 3, 2)", b"(-1, 3, 2)", b"True"]
HEADERS += [
    b"(99999999999, 3, 2)",
    b"((((((((",
    b"\n",
    b"'<m8[s]'",
    b"'|V0'",
    b"[('a','<f4')]",
    b"#",
]
MUTATION = st.tuples(
    st.sampled_from(("set", "flip", "insert", "remove", "cut", "header")),
    st.integers(0, 10_000),
    st.binary(min_size=1, max_size=8),
    st.sampled_from(HEADERS),
)


def mutated(content: bytes, mutations: list[tuple[str, int, bytes, bytes]]) -> bytes:
    """The content after some changes of its bytes."""
    for kind, at, some, header in mutations:
        place = at % max(1, len(content))
        if kind == "set":
            content = content[:place] + some + content[place + len(some) :]
        elif kind == "flip":
            flipped = content[place : place + 1] or b"\0"
            content = content[:place] + bytes([flipped[0] ^ 1 << at % 8]) + content[place + 1 :]
        elif kind == "insert":
            content = content[:place] + some + content[place:]
        elif kind == "remove":
            content = content[:place] + content[place + len(some) :]
        elif kind == "cut":
            content = content[:place]
        elif (start := content.find(b"{'descr'")) >= 0:
            start += at % 60
            content = content[:start] + header + content[start + len(header) :]
    return content


def repaired(content: bytes) -> bytes:
    """The archive with the checksums of what its members are now, so that they are looked at."""
    file = io.BytesIO()
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive, zipfile.ZipFile(file, "w") as other:
            for info in archive.infolist():
                stream = archive.open(info)
                stream._expected_crc = None
                other.writestr(info.filename, stream.read())
    except Exception:  # the mutation has hit the archive itself
        return content
    return file.getvalue()


@st.composite
def files(draw):
    """An entry, and its files of which one is changed."""
    entry, content = draw(st.sampled_from(SOURCES))
    name = draw(st.sampled_from(sorted(content)))
    changed = mutated(content[name], draw(st.lists(MUTATION, min_size=1, max_size=4)))
    if name.endswith(".npz") and draw(st.booleans()):
        changed = repaired(changed)
    return entry, {**content, name: changed}


def attempt(entry, content):
    """Prepare the files of an entry; every way to fail but a `DataError` is an error."""
    here, said = Path.cwd(), ""
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        try:
            for name, changed in content.items():
                Path(name).write_bytes(changed)
            before = set(os.listdir())
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                prepare("mine", checked(entry), Path("prepared"))
            assert sorted(os.listdir("prepared")) == ["card.json", "images.npy", "labels.npy"]
        except DataError as error:
            said = str(error)
        finally:
            assert not said or not Path("prepared").exists() or os.listdir("prepared") == []
            assert set(os.listdir()) - before <= {"prepared"}
            os.chdir(here)
    assert len(said.splitlines()) < 2
    assert len(said) < 1000


@given(files())
@seed(18)
@settings(
    max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), database=None
)
def test_mutated_files_are_read_or_refused_in_one_line(found):
    attempt(*found)


@pytest.mark.skipif(not SECONDS, reason="FUZZ_SECONDS is not set; `make fuzz` sets it")
def test_mutated_files_are_read_or_refused_for_minutes():
    stop = time.monotonic() + SECONDS

    @given(files())
    @settings(
        max_examples=500, deadline=None, suppress_health_check=list(HealthCheck), database=None
    )
    def look(found):
        if time.monotonic() < stop:
            attempt(*found)

    while time.monotonic() < stop:
        look()

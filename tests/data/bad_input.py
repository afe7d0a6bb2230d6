"""Bad input to every loader, and the message that each must give; `...` stands for any text."""

from __future__ import annotations

import gzip
import hashlib
import io
import pickle
import struct
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd

from tests.data.writing import idx_bytes, images, labels

IDX = (
    "{source: idx, folder: ., shape: [2, 3], images: i, labels: l, test_images: ti, "
    "test_labels: tl}"
)
NPZ = "{source: npz, file: a.npz, shape: [2, 3]}"
TABLE = "{source: table, file: a.csv}"
PARQUET = "{source: table, file: a.parquet}"
ZEROS = "0" * 64
CSV = "x,y,label\n" + "1,2,0\n3,4,1\n" * 5


def idx(**changed):
    """A good set of four files, some of them replaced by other bytes; None: missing."""
    files = {"i": images(6), "l": labels(6), "ti": images(4), "tl": labels(4)}
    content = {name: idx_bytes(array) for name, array in files.items()} | changed
    return {name: found for name, found in content.items() if found is not None}


def npz(**changed):
    arrays = {"images": images(10), "labels": labels(10)} | changed
    file = io.BytesIO()
    np.savez(file, **{name: array for name, array in arrays.items() if array is not None})
    return {"a.npz": file.getvalue()}


def archive(members):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        for name, content in members.items():
            made.writestr(name, content)
    return {"a.npz": file.getvalue()}


def table(text):
    return {"a.csv": text if isinstance(text, bytes) else text.encode()}


def parquet(**columns):
    file = io.BytesIO()
    pd.DataFrame({"x": [1.0] * 10, "label": [0, 1] * 5} | columns).to_parquet(file)
    return {"a.parquet": file.getvalue()}


def replaced(content, old, new):
    assert content.count(old) >= 1
    return content.replace(old, new, 1)


class Trap:
    """Unpickling it would leave a file behind."""

    def __reduce__(self):
        return Path.touch, (Path("unpickled"),)


def pickled():
    array = np.empty(10, object)
    array[:] = [Trap()] * 10
    return array


GZ = gzip.compress(idx_bytes(images(6)))
DAMAGED_GZ = GZ[:40] + bytes([GZ[40] ^ 255]) + GZ[41:]
NAN = np.where(np.arange(60).reshape(10, 2, 3) == 33, np.nan, 1.0)

REFUSALS = {
    # IDX: files
    "missing file": (IDX, idx(ti=None), "ti cannot be read: No such file or directory"),
    "truncated gzip": (
        IDX,
        idx(i=GZ[:-12]),
        "i is damaged or cut off: Compressed file ended before the end-of-stream "
        "marker was reached",
    ),
    "altered gzip": (
        IDX,
        idx(i=GZ[:-8] + b"0000" + GZ[-4:]),
        "i is damaged or cut off: CRC check failed...",
    ),
    "text that claims to be gzip": (
        IDX,
        idx(i=b"\x1f\x8bhello, this is text"),
        "i is damaged or cut off: Unknown compression method",
    ),
    "wrong magic number": (
        IDX,
        idx(l=b"\x89PNG\r\n\x1a\n"),
        "l is no IDX file: it begins with 89 50 4e 47, not with 00 00, a type "
        "(08, 09, 0b, 0c, 0d, 0e) and a number of axes",
    ),
    "empty file": (IDX, idx(l=b""), "l is no IDX file: it begins with nothing, not with 00 00..."),
    "no axes": (IDX, idx(l=b"\0\0\x08\0\x01"), "l is no IDX file: it begins with 00 00 08 00..."),
    "cut off within the header": (
        IDX,
        idx(l=idx_bytes(labels(6))[:7]),
        "l is cut off within its header",
    ),
    "fewer values than announced": (
        IDX,
        idx(i=idx_bytes(images(6))[:-1]),
        "i is cut off: its header announces 36 bytes of values, there are 35",
    ),
    "more values than announced": (
        IDX,
        idx(tl=idx_bytes(labels(4)) + b"\0"),
        "tl goes on after the 4 bytes of values that its header announces",
    ),
    "a header that announces more than memory": (
        IDX,
        idx(l=struct.pack(">HBBI", 0, 8, 1, 6), i=struct.pack(">HBBIII", 0, 8, 3, 2**32 - 1, 2, 3)),
        "i holds 4294967295 images, l 6 labels",
    ),
    "counts that disagree": (IDX, idx(l=idx_bytes(labels(7))), "i holds 6 images, l 7 labels"),
    "other counts than the catalogue's": (
        IDX,
        idx(i=idx_bytes(images(8)), l=idx_bytes(labels(8))),
        "8 images and 4 images, but the catalogue says pool 6 and test 4",
    ),
    "images of another shape": (
        IDX,
        idx(i=idx_bytes(images(6, shape=(4, 4)))),
        "i holds values of shape (6, 4, 4); the catalogue's shape [2, 3] needs (n, 2, 3)",
    ),
    "labels with two axes": (
        IDX,
        idx(l=idx_bytes(labels(6).reshape(3, 2))),
        "l holds values of shape (3, 2); labels have one axis",
    ),
    "labels that are fractions": (
        IDX,
        idx(l=idx_bytes(labels(6).astype(np.float32))),
        "l holds labels of type >f4; they must be whole numbers",
    ),
    "test images of another type": (
        IDX,
        idx(ti=idx_bytes(images(4, np.float32))),
        "images of the pool are uint8, those of the test set float32",
    ),
    "a declared checksum that differs": (
        IDX[:-1] + f", content_sha256: {{l: '{ZEROS}'}}}}",
        idx(),
        f"the content of l has SHA-256 {hashlib.sha256(idx_bytes(labels(6))).hexdigest()}, "
        f"but the catalogue says {ZEROS}; the file is damaged, or another one",
    ),
    # IDX: labels and values
    "labels from 1": (
        IDX,
        idx(l=idx_bytes(labels(6) + 1)),
        "labels run from 0 to 2; with 2 classes they must be whole numbers from 0 to 1",
    ),
    "negative labels": (
        IDX,
        idx(l=idx_bytes(labels(6).astype(np.int8) - 1)),
        "labels run from -1 to 1; with 2 classes they must be whole numbers from 0 to 1",
    ),
    "one class": (
        IDX,
        idx(l=idx_bytes(labels(6) * 0), tl=idx_bytes(labels(4) * 0)),
        "all labels are 0; at least two classes are needed",
    ),
    "a class that the pool lacks": (
        IDX,
        idx(l=idx_bytes(labels(6) * 0)),
        "the pool has no image of class 1, but the catalogue says 2 classes",
    ),
    "another rarest class": (
        IDX[:-1] + ", rarest: 2}",
        idx(),
        "the rarest class has 3 images in the pool, but the catalogue says rarest 2",
    ),
    "pixels above the largest": (
        IDX[:-1] + ", largest: 98}",
        idx(i=idx_bytes(np.full((6, 2, 3), 99, np.uint8))),
        "image 0, value 0 (both from 0) is 99; values must be at most 98",
    ),
    "numbers that float32 can't hold": (
        IDX,
        idx(i=idx_bytes(np.full((6, 2, 3), 1e300)), ti=idx_bytes(np.zeros((4, 2, 3)))),
        "image 0, value 0 (both from 0) is inf; values must be finite",
    ),
    # archives
    "missing archive": (NPZ, {}, "a.npz cannot be read: No such file or directory"),
    "no archive": (
        NPZ,
        {"a.npz": b"text"},
        "a.npz is damaged or no .npz archive: File is not a zip file",
    ),
    "half an archive": (
        NPZ,
        {"a.npz": npz()["a.npz"][:300]},
        "a.npz is damaged or no .npz archive: File is not a zip file",
    ),
    "altered archive": (
        NPZ,
        {"a.npz": replaced(npz()["a.npz"], images(10).tobytes()[:9], b"123456789")},
        "a.npz is damaged or no .npz archive: Bad CRC-32 for file 'images.npy'",
    ),
    "members that climb out": (
        NPZ,
        archive({"../../images.npy": b"", "labels.npy": b""}),
        "a.npz holds '../../images.npy', which climbs out of the archive",
    ),
    "absolute members": (
        NPZ,
        archive({"/etc/images.npy": b""}),
        "a.npz holds '/etc/images.npy', which climbs out of the archive",
    ),
    "members that climb out of Windows": (
        NPZ,
        archive({"C:\\images.npy": b""}),
        "a.npz holds 'C:\\\\images.npy', which climbs out of the archive",
    ),
    "missing array": (
        NPZ,
        npz(labels=None),
        "a.npz has no array 'labels'; it holds images",
    ),
    "member that is no array": (
        NPZ,
        archive({"images.npy": pickle.dumps([1])}),
        "a.npz: array 'images' is no NumPy array: ...",
    ),
    "object arrays": (
        NPZ,
        npz(labels=pickled()),
        "a.npz: array 'labels' holds Python objects, which are never unpickled; save numbers",
    ),
    "objects for images": (
        NPZ,
        npz(images=pickled()),
        "a.npz: array 'images' holds Python objects, which are never unpickled; save numbers",
    ),
    "images that are text": (
        NPZ,
        npz(images=np.full((10, 2, 3), "a")),
        "a.npz: array 'images' is <U1; images must be numbers",
    ),
    "array column by column": (
        NPZ,
        npz(images=np.asfortranarray(images(10))),
        "a.npz: array 'images' is stored column by column; save numpy.ascontiguousarray(array) "
        "instead",
    ),
    "images of another shape in an archive": (
        NPZ,
        npz(images=images(10, shape=(3, 3))),
        "a.npz: array 'images' has shape (10, 3, 3); the catalogue's shape [2, 3] needs "
        "(n, 2, 3) or (n, 6)",
    ),
    "counts that disagree in an archive": (
        NPZ,
        npz(labels=labels(9)),
        "a.npz: array 'labels' has shape (9,); with 10 images it must be (10,)",
    ),
    "one-hot labels": (
        NPZ,
        npz(labels=np.eye(2, dtype=int)[labels(10)]),
        "a.npz: array 'labels' has shape (10, 2); with 10 images it must be (10,)",
    ),
    "fractions for labels in an archive": (
        NPZ,
        npz(labels=labels(10) / 2),
        "a.npz: array 'labels' holds labels of type float64; they must be whole numbers",
    ),
    "labels beyond all bounds": (
        NPZ,
        npz(labels=np.full(10, 2**64 - 1, np.uint64)),
        "a.npz: array 'labels' holds the label 18446744073709551615",
    ),
    "NaN": (NPZ, npz(images=NAN), "image 5, value 3 (both from 0) is nan; values must be finite"),
    "checksum of an archive": (
        NPZ[:-1] + f", sha256: '{ZEROS}'}}",
        npz(),
        "a.npz has SHA-256 ..., but the catalogue says "
        f"{ZEROS}; the file is damaged, or another one",
    ),
    "fewer images of a class than both parts need": (
        NPZ,
        npz(labels=np.array([1] + [0] * 9)),
        "class 1 has 1 of 10 images, too few for a pool of 6 and a test set of 4 that both hold it",
    ),
    # CSV
    "missing table": (TABLE, {}, "a.csv cannot be read: No such file or directory"),
    "empty table": (TABLE, table(""), "a.csv is empty; its first line must name the columns"),
    "header alone": (
        TABLE,
        table("x,label\n"),
        "0 images, but the catalogue says pool 6 and test 4",
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
        "a.csv, line 3, column 'y': 'four' is no finite number",
    ),
    "cell that is no number after a quoted line break and an empty line": (
        TABLE,
        table(CSV.replace("1,2,0", '"1\n",2,0', 1).replace("3,4", "\n3,four", 1)),
        "a.csv, line 5, column 'y': 'four' is no finite number",
    ),
    "number with an underscore": (
        TABLE,
        table(replaced(CSV, "3,4", "3,4_0")),
        "a.csv, line 3, column 'y': '4_0' is no finite number",
    ),
    "NaN in a table": (
        TABLE,
        table(replaced(CSV, "3,4", "nan,4")),
        "a.csv, line 3, column 'x': 'nan' is no finite number",
    ),
    "number that float32 can't hold": (
        TABLE,
        table(replaced(CSV, "3,4", "1e39,4")),
        "a.csv, line 3, column 'x': '1e39' is no finite number",
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
        "a.csv is no UTF-8 text after line 0",
    ),
    "truncated gzip of a table": (
        TABLE,
        table(gzip.compress(CSV.encode())[:-12]),
        "a.csv is damaged or cut off: Compressed file ended before the end-of-stream "
        "marker was reached",
    ),
    "numbers for labels that are not from 0": (
        TABLE,
        table(CSV.replace(",1\n", ",5\n")),
        "labels run from 0 to 5; with 2 classes they must be whole numbers from 0 to 1",
    ),
    "more names than classes": (
        TABLE,
        table(CSV.replace(",1\n", ",b\n").replace(",0\n", ",a\n", 4).replace(",0\n", ",c\n")),
        "the labels in a.csv name 3 classes ('a', 'b', 'c'), but the catalogue says 2",
    ),
    "label that is not among the names": (
        TABLE[:-1] + ", names: ['1', '2']}",
        table(CSV),
        "a.csv, line 2, column 'label': the label '0' is none of the classes '1', '2'",
    ),
    "test label that names no class": (
        TABLE[:-1] + ", test_file: b.csv}",
        {**table("x,label\n" + "1,cat\n2,dog\n" * 3), "b.csv": b"x,label\n1,cat\n1,cow\n"},
        "b.csv, line 3, column 'label': the label 'cow' is none of the classes 'cat', 'dog'",
    ),
    "checksum of a table": (
        TABLE[:-1] + f", sha256: '{ZEROS}'}}",
        table(CSV),
        "a.csv has SHA-256 ..., but the catalogue says "
        f"{ZEROS}; the file is damaged, or another one",
    ),
    # Parquet
    "missing Parquet": (PARQUET, {}, "a.parquet cannot be read: No such file or directory"),
    "no Parquet": (
        PARQUET,
        {"a.parquet": b"text, not Parquet"},
        "a.parquet is damaged or no Parquet file: Parquet magic bytes not found in footer...",
    ),
    "half a Parquet": (
        PARQUET,
        {"a.parquet": parquet()["a.parquet"][:-100]},
        "a.parquet is damaged or no Parquet file: Parquet magic bytes not found in footer...",
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
        "a.parquet, row 10, column 'x': inf is no finite number",
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
        "the teacher gives class ... inputs; take another seed, more features, wider layers or "
        "fewer classes",
    ),
}

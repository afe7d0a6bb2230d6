"""Bad IDX files and archives, and the message that each must give; `...` stands for any text."""

from __future__ import annotations

import gzip
import hashlib
import io
import pickle
import struct
import zipfile
from pathlib import Path

import numpy as np

from tests.data.writing import idx_bytes, images, labels, replaced

IDX = (
    "{source: idx, folder: ., shape: [2, 3], images: i, labels: l, test_images: ti, "
    "test_labels: tl}"
)
NPZ = "{source: npz, file: a.npz, shape: [2, 3]}"
ZEROS = "0" * 64


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

ARRAY_REFUSALS = {
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
        "l is not an IDX file: it begins with 89 50 4e 47, not with 00 00, a type "
        "(08, 09, 0b, 0c, 0d, 0e) and a number of axes",
    ),
    "empty file": (
        IDX,
        idx(l=b""),
        "l is not an IDX file: it begins with nothing, not with 00 00...",
    ),
    "no axes": (
        IDX,
        idx(l=b"\0\0\x08\0\x01"),
        "l is not an IDX file: it begins with 00 00 08 00...",
    ),
    "cut off within the header": (
        IDX,
        idx(l=idx_bytes(labels(6))[:7]),
        "l is cut off within its header",
    ),
    "fewer values than announced": (
        IDX,
        idx(i=idx_bytes(images(6))[:-1]),
        "i is cut off: its header announces 36 bytes of values, but there are 35",
    ),
    "more values than announced": (
        IDX,
        idx(tl=idx_bytes(labels(4)) + b"\0"),
        "tl continues after the 4 bytes of values that its header announces",
    ),
    "a header that announces more than memory": (
        IDX,
        idx(l=struct.pack(">HBBI", 0, 8, 1, 6), i=struct.pack(">HBBIII", 0, 8, 3, 2**32 - 1, 2, 3)),
        "l has shape (6,); with 4294967295 images it must be (4294967295,), or (4294967295, "
        "classes) if it is one-hot",
    ),
    "counts that disagree": (
        IDX,
        idx(l=idx_bytes(labels(7))),
        "l has shape (7,); with 6 images it must be (6,), or (6, classes) if it is one-hot",
    ),
    "more images than the file can hold, before any is read": (
        IDX,
        idx(l=struct.pack(">HBBI", 0, 8, 1, 2**31), i=struct.pack(">HBBIII", 0, 8, 3, 2**31, 2, 3)),
        "l is cut off: its header announces 2147483648 bytes of values, but there are 0",
    ),
    "other counts than the catalogue's": (
        IDX,
        idx(i=idx_bytes(images(8)), l=idx_bytes(labels(8))),
        "8 images and 4 images, but the catalogue says pool 6 and test 4; leave both out "
        "to use all",
    ),
    "images of another shape": (
        IDX,
        idx(i=idx_bytes(images(6, shape=(4, 4)))),
        "i has shape (6, 4, 4); the catalogue's shape [2, 3] needs (n, 2, 3) or (n, 6)",
    ),
    "labels with two axes": (
        IDX,
        idx(l=idx_bytes(labels(6).reshape(3, 2))),
        "l has shape (3, 2); with 6 images it must be (6,), or (6, classes) if it is one-hot",
    ),
    "labels that are fractions": (
        IDX,
        idx(l=idx_bytes(labels(6) / np.float32(2))),
        "l, row 1 (from 0): the label 0.5 is not a whole number; classes are whole numbers below "
        "2^63, or text",
    ),
    "test images of another type": (
        IDX,
        idx(ti=idx_bytes(images(4, np.float32) * 9)),
        "one part has images of unsigned bytes, another >f4 from ...; save both in one unit, or "
        "set largest",
    ),
    "a declared checksum that differs": (
        IDX[:-1] + f", content_sha256: {{l: '{ZEROS}'}}}}",
        idx(),
        f"the content of l has SHA-256 {hashlib.sha256(idx_bytes(labels(6))).hexdigest()}, "
        f"but the catalogue says {ZEROS}; the file is damaged, or it is another one",
    ),
    # IDX: labels and values
    "labels of which only a part is from 1": (
        IDX,
        idx(l=idx_bytes(labels(6) + 1)),
        "tl, row 0 (from 0): the label 0 (and 1 more) is not one of the classes 1, 2",
    ),
    "labels of which only a part is negative": (
        IDX,
        idx(l=idx_bytes(labels(6).astype(np.int8) - 1)),
        "tl, row 1 (from 0): the label 1 (and 1 more) is not one of the classes -1, 0",
    ),
    "one class": (
        IDX,
        idx(l=idx_bytes(labels(6) * 0), tl=idx_bytes(labels(4) * 0)),
        "all labels are 0; at least two classes are needed",
    ),
    "a class that the pool lacks": (
        IDX[:-1] + ", classes: 3}",
        idx(l=idx_bytes(np.repeat([0, 2], 3).astype(np.uint8))),
        "the pool has no images of class 1, one of 3 classes",
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
        "image 0, value 0 (both from 0) is 1e+300; values must be finite in float32",
    ),
    # archives
    "missing archive": (NPZ, {}, "a.npz cannot be read: No such file or directory"),
    "more images in an archive than the catalogue announces": (
        NPZ,
        npz(images=images(11), labels=labels(11)),
        "11 images, but the catalogue says pool 6 and test 4; write pool: rest to use all",
    ),
    "no archive": (
        NPZ,
        {"a.npz": b"text"},
        "a.npz is damaged or not an .npz archive: File is not a zip file (while array 'images' was "
        "read)",
    ),
    "half an archive": (
        NPZ,
        {"a.npz": npz()["a.npz"][:300]},
        "a.npz is damaged or not an .npz archive: File is not a zip file (while array 'images' was "
        "read)",
    ),
    "altered archive": (
        NPZ,
        {"a.npz": replaced(npz()["a.npz"], images(10).tobytes()[:9], b"123456789")},
        "a.npz is damaged or not an .npz archive: Bad CRC-32 for file 'images.npy' (while array "
        "'images' was read)",
    ),
    "members that climb out": (
        NPZ,
        archive({"../../images.npy": b"", "labels.npy": b""}),
        "a.npz contains '../../images.npy', which points outside of the archive",
    ),
    "absolute members": (
        NPZ,
        archive({"/etc/images.npy": b""}),
        "a.npz contains '/etc/images.npy', which points outside of the archive",
    ),
    "members that climb out of Windows": (
        NPZ,
        archive({"C:\\images.npy": b""}),
        "a.npz contains 'C:\\\\images.npy', which points outside of the archive",
    ),
    "missing array": (
        NPZ,
        npz(labels=None),
        "a.npz has no array 'labels'; it contains images",
    ),
    "member that is no array": (
        NPZ,
        archive({"images.npy": pickle.dumps([1])}),
        "a.npz: array 'images' is not a NumPy array: ...",
    ),
    "object arrays": (
        NPZ,
        npz(labels=pickled()),
        "a.npz: array 'labels' contains Python objects, which are never unpickled; save numbers",
    ),
    "objects for images": (
        NPZ,
        npz(images=pickled()),
        "a.npz: array 'images' contains Python objects, which are never unpickled; save numbers",
    ),
    "images that are text": (
        NPZ,
        npz(images=np.full((10, 2, 3), "a")),
        "a.npz: array 'images' is <U1; images must be numbers",
    ),
    "complex numbers": (
        NPZ,
        npz(images=images(10, complex)),
        "a.npz: array 'images' is complex128; images must be numbers",
    ),
    "a test set that is the pool": (
        NPZ[:-1] + ", test_images: x, test_labels: y, pool: 10, test: 10}",
        npz(x=images(10), y=labels(10)),
        "the images of the test set are those of the pool",
    ),
    "numbers that float32 would merge": (
        NPZ,
        npz(images=1.7e9 + images(10) / 100),
        "feature 0 (from 0) runs from 1700000000... can't tell its values apart; subtract a "
        "constant or divide it into parts before saving",
    ),
    "more classes than can be": (
        "{source: npz, file: a.npz, classes: null, pool: rest, test: 0.5}",
        npz(images=np.zeros((600, 2)), labels=np.arange(600) // 2),
        "the labels have 300 different values, such as 0, 1, 2; at most 256 classes are possible, "
        "so they may not be what you want to predict",
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
        "a.npz: array 'labels' has shape (9,); with 10 images it must be (10,), or (10, "
        "classes) if it is one-hot",
    ),
    "labels in columns that are not one-hot": (
        NPZ,
        npz(labels=np.eye(2, dtype=int)[labels(10)] * 2),
        "a.npz: array 'labels', row 0 (from 0): of labels of shape (10, 2), each row must be "
        "one-hot, a single 1 among zeros",
    ),
    "fractions for labels in an archive": (
        NPZ,
        npz(labels=labels(10) / 2),
        "a.npz: array 'labels', row 1 (from 0): the label 0.5 is not a whole number; classes are "
        "whole numbers below 2^63, or text",
    ),
    "labels beyond all bounds": (
        NPZ,
        npz(labels=np.full(10, 2**64 - 1, np.uint64)),
        "a.npz: array 'labels', row 0 (from 0): the label 18446744073709551615 is not a whole "
        "number; classes are whole numbers below 2^63, or text",
    ),
    "NaN": (
        NPZ,
        npz(images=NAN),
        "image 5, value 3 (both from 0) is nan; values must be finite in float32",
    ),
    "checksum of an archive": (
        NPZ[:-1] + f", sha256: '{ZEROS}'}}",
        npz(),
        "a.npz has SHA-256 ..., but the catalogue says "
        f"{ZEROS}; the file is damaged, or it is another one",
    ),
    "fewer images of a class than both parts need": (
        NPZ,
        npz(labels=np.array([1] + [0] * 9)),
        "class 1 has 1 of 10 images, too few for a pool of 6 and a test set of 4 that both "
        "contain it",
    ),
}

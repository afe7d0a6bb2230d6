"""Prepares a dataset: from its source to the arrays that jobs memory-map."""

from __future__ import annotations

import hashlib
import logging
import math
import os
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from overfit.data.checked import DataError
from overfit.data.composition import composition_mistake
from overfit.data.labels import class_name, encoded
from overfit.data.readers import BYTES, Dataset, Loaded, Part, merged
from overfit.data.subsets import stratified_split
from overfit.results import DatasetFiles, atomic, write_json

log = logging.getLogger("overfit")
ROWS = 4096
"""Rows hashed at once."""
SECONDS = 5.0
"""Time between two lines in the log."""
PLAUSIBLE = 10.0
"""Inputs beyond plus or minus this number are worth a warning."""
UNITS = 20.0
"""The factor between the largest inputs of pool and test set that is worth a warning."""


def prepare(name: str, entry: Dataset, folder: Path) -> None:
    """Write `images.npy`, `labels.npy` and `card.json` of a dataset into `folder`.

    Images are (n, d), uint8 or float32, the pool before the test set; labels are uint8. Among
    others, the card has the source, the classes with their counts, the range of inputs, and the
    `scale` that converts values to inputs.

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
    parts, noun = loaded.parts, loaded.noun
    coded, names = encoded(parts, entry.names, entry.classes)
    pool, test = _sizes([len(part.labels) for part in parts], entry, noun)
    found = np.concatenate(coded)
    order = np.arange(len(found))
    if len(parts) == 1:
        order = stratified_split(found, pool, names=names, noun=noun)
    labels = found[order]
    counts = _counts(labels, pool, names, entry, noun)
    files = DatasetFiles(folder)
    images = _write_images(files.images, loaded, order, pool, labels)
    with atomic(files.labels) as temporary:
        np.save(temporary, labels)
    scale = 1.0 if loaded.largest is None else 1 / loaded.largest
    ranges = {part: [scale * low, scale * high] for part, (low, high) in images.ranges.items()}
    shape = parts[0].shape or getattr(entry, "shape", None)
    card = {
        "dataset": name,
        **entry.model_dump(mode="json", exclude_defaults=True),
        "files": list(loaded.files),
        "images": len(labels),
        "dtype": _stored(parts).name,
        "scale": scale,
        "values": parts[0].values,
        **({"shape": list(shape)} if shape else {}),
        "classes": len(names),
        "names": list(names),
        "class_counts": counts,
        "inputs": ranges,
        "in_both": images.in_both,
        "left_out": dict(loaded.record.left_out),
        "features": [asdict(feature) for feature in loaded.record.features],
        "notes": [*loaded.record.notes, *_notes({"names": names, "class_counts": counts})],
        "warnings": [*loaded.record.warnings, *_warnings(ranges, images.in_both, test, noun)],
        "images_sha256": images.sha256,
        "labels_sha256": hashlib.sha256(labels.tobytes()).hexdigest(),
        "splits": {"pool": [0, pool], "test": [pool, len(labels)]},
    }
    write_json(files.card, card)
    _tell(card, noun)


def _sizes(counts: Sequence[int], entry: Dataset, noun: str) -> tuple[int, int]:
    """The numbers of examples in the pool and the test set, from those in the source.

    Raises:
        DataError: the catalogue asks for others.
    """
    total = counts[0]
    test = math.ceil(entry.test * total) if isinstance(entry.test, float) else entry.test
    if len(counts) == 2:
        asked = [counts[0] if entry.pool == "rest" else entry.pool]
        asked += [counts[1] if test == "rest" else test]
    elif test == "rest":
        asked = [total if entry.pool == "rest" else entry.pool]
        asked += [total - asked[0]]
    else:
        asked = [total - test if entry.pool == "rest" else entry.pool, test]
    separate = len(counts) == 2
    if (asked != list(counts) if separate else sum(asked) != total) or min(asked) < 2:
        found = " and ".join(f"{count} {noun}" for count in counts)
        rest = "leave both out" if separate else "write pool: rest"
        raise DataError(
            f"{found}, but the catalogue says pool {entry.pool} and test {entry.test}; {rest} to "
            "use all"
        )
    return asked[0], asked[1]


def _counts(
    labels: NDArray[np.uint8], pool: int, names: Sequence[str], entry: Dataset, noun: str
) -> dict[str, list[int]]:
    """The numbers of examples of each class in the pool and in the test set."""
    in_pool, in_test = (
        np.bincount(part, minlength=len(names)) for part in (labels[:pool], labels[pool:])
    )
    if not in_pool.all():
        called = class_name(names, int(in_pool.argmin()))
        raise DataError(f"the pool has no {noun} of {called}, one of {len(names)} classes")
    if entry.rarest not in (None, in_pool.min()):
        raise DataError(
            f"the rarest class has {in_pool.min()} {noun} in the pool, but the catalogue says "
            f"rarest {entry.rarest}"
        )
    return {"pool": in_pool.tolist(), "test": in_test.tolist()}


def _stored(parts: Sequence[Part]) -> np.dtype[Any]:
    return BYTES if all(part.dtype == BYTES for part in parts) else np.dtype(np.float32)


@dataclass
class Written:
    """Statistics of the images, collected while they are written."""

    sha256: str = ""
    ranges: dict[str, tuple[float, float]] = field(default_factory=dict)
    """The lowest and the highest value of the pool and of the test set, as stored."""
    in_both: int = 0
    """Test examples that are also in the pool."""


def _write_images(
    path: Path, loaded: Loaded, order: NDArray[np.intp], pool: int, labels: NDArray[np.uint8]
) -> Written:
    """Write the images in `order`."""
    parts = loaded.parts
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    values, dtype = parts[0].values, _stored(parts)
    if {part.values for part in parts} != {values}:
        raise DataError(
            f"{loaded.noun} of the pool have {values} values, those of the test set "
            f"{parts[1].values}"
        )
    features = _Features(values)
    row, told = 0, time.monotonic()
    with atomic(path) as temporary:
        images = np.lib.format.open_memmap(temporary, "w+", dtype, (len(order), values))
        _reserve(temporary)
        for part in parts:
            for block in part.blocks:
                with np.errstate(over="ignore", invalid="ignore"):
                    stored = block.astype(dtype, copy=False)
                _check_values(block, stored, row, loaded)
                features.add(block, stored)
                _rows(images)[place[row : row + len(block)]] = _rows(stored)
                row += len(block)
                if time.monotonic() - told > SECONDS:
                    told = time.monotonic()
                    log.info("%d of %d %s are prepared", row, len(order), loaded.noun)
        features.check(loaded)
        images.flush()
        return _looked_at(images, pool, labels, loaded.noun)


def _rows(images: NDArray[Any]) -> NDArray[np.void]:
    """Images (n, d) as n items, which NumPy copies in half the time of n rows."""
    images = np.ascontiguousarray(images)
    return images.view(np.dtype((np.void, images.dtype.itemsize * images.shape[1])))[:, 0]


def _looked_at(images: NDArray[Any], pool: int, labels: NDArray[np.uint8], noun: str) -> Written:
    """The checksum and the ranges of all images, and those that are in both parts.

    Raises:
        DataError: the test set is the pool.
    """
    digest = hashlib.sha256()
    hashes = np.empty(len(images), np.uint64)
    found, parts = Written(), (slice(pool), slice(pool, None))
    for part, start, stop in (("pool", 0, pool), ("test", pool, len(images))):
        lows, highs = [], []
        for first in range(start, stop, ROWS):
            block = np.ascontiguousarray(images[first : min(first + ROWS, stop)])
            digest.update(block.data)
            hashes[first : first + len(block)] = _hashes(block)
            lows.append(float(np.fmin.reduce(block, axis=None)))
            highs.append(float(np.fmax.reduce(block, axis=None)))
        found.ranges[part] = min(lows), max(highs)
    known, asked = np.sort(hashes[:pool]), hashes[pool:]
    if len(known) == len(asked) and np.array_equal(known, np.sort(asked)):
        in_pool, in_test = (np.sort(hashes[part] + labels[part]) for part in parts)
        if np.array_equal(in_pool, in_test):
            raise DataError(f"the {noun} of the test set are those of the pool")
    nearest = np.minimum(np.searchsorted(known, asked), pool - 1)  # np.isin takes ten times longer
    found.in_both = int((known[nearest] == asked).sum())
    found.sha256 = digest.hexdigest()
    return found


def _hashes(rows: NDArray[Any]) -> NDArray[np.uint64]:
    """A number for each row (n, d) that equal rows share, and others hardly ever.

    Eight bytes at a time are mixed, and then added with random odd factors.

    Source: the mixing steps of SplitMix64, Steele, Lea and Flood (2014), Fast splittable
    pseudorandom number generators.
    """
    size = rows[0].nbytes
    words = np.zeros((len(rows), -(-size // 8)), np.uint64)
    words.view(np.uint8)[:, :size] = rows.view(np.uint8)
    words ^= words >> 30
    words *= np.uint64(0xBF58476D1CE4E5B9)
    words ^= words >> 27
    factors = np.random.default_rng(0).integers(0, 1 << 63, words.shape[1], np.uint64) * 2 + 1
    return np.asarray(np.einsum("ij,j->i", words, factors))


class _Features:
    """The range of each feature, to see whether float32 can tell its values apart."""

    def __init__(self, values: int) -> None:
        self.lowest = np.full(values, np.inf)
        self.highest = np.full(values, -np.inf)
        self.rounded = np.zeros(values, bool)

    def add(self, block: NDArray[Any], stored: NDArray[Any]) -> None:
        """Note the values of a block, if float32 is not their own type."""
        if block.dtype.itemsize <= 2 or block.dtype == stored.dtype:
            return
        np.fmin(self.lowest, np.fmin.reduce(block, axis=0), out=self.lowest)
        np.fmax(self.highest, np.fmax.reduce(block, axis=0), out=self.highest)
        self.rounded |= (stored != block).any(axis=0)

    def check(self, loaded: Loaded) -> None:
        """Refuse features whose values float32 would merge.

        Raises:
            DataError: there are such features.
        """
        bad = merged(self.lowest, self.highest, self.rounded)
        if bad.any():
            worst = int(np.argmax(bad))
            known = loaded.record.features
            called = repr(known[worst].name) if known else f"{worst} (from 0)"
            raise DataError(
                f"feature {called} runs from {self.lowest[worst]:.15g} to "
                f"{self.highest[worst]:.15g}: float32, in which networks compute, can't tell its "
                "values apart; subtract a constant or divide it into parts before saving"
            )


def _check_values(block: NDArray[Any], stored: NDArray[Any], row: int, loaded: Loaded) -> None:
    """Refuse values that can't be inputs; `row` is the number of the block's first image."""
    if stored.dtype == BYTES:
        bad = stored > (loaded.largest or 255)
        allowed = f"at most {loaded.largest:g}"
    else:
        bad = np.isinf(stored) if loaded.missing else ~np.isfinite(stored)
        allowed = "finite in float32"
    if bad.any():
        image, value = np.argwhere(bad)[0]
        raise DataError(
            f"{loaded.noun.removesuffix('s')} {row + image}, value {value} (both from 0) is "
            f"{block[image, value]}; values must be {allowed}"
        )


def _notes(card: dict[str, Any]) -> list[str]:
    """A warning if accuracies on training and test sets can't be compared."""
    return [
        f"{why}; gaps need sets of equal shares"
        for draw in ("balanced", "stratified")
        if (why := composition_mistake(card, draw))
    ]


def _warnings(ranges: dict[str, list[float]], in_both: int, test: int, noun: str) -> list[str]:
    """Probable mistakes."""
    found = []
    (low, high), (test_low, test_high) = ranges["pool"], ranges["test"]
    reach, test_reach = max(abs(low), abs(high)), max(abs(test_low), abs(test_high))
    if max(reach, test_reach) > UNITS * min(reach, test_reach):
        found.append(
            f"inputs run from {low:.4g} to {high:.4g} in the pool, but from {test_low:.4g} to "
            f"{test_high:.4g} in the test set; if they have different units, save both in one"
        )
    if reach > PLAUSIBLE:
        either = f"write largest: {max(reach, test_reach):.4g}, or " if noun == "images" else ""
        found.append(
            f"inputs run from {low:.4g} to {high:.4g}, far beyond the -1 to 1 that networks learn "
            f"well from; {either}write standardize: per_feature in the data of experiments"
        )
    if in_both:
        found.append(
            f"{in_both} of {test} test {noun} are also in the pool, value for value; a network "
            "that memorizes them classifies them correctly"
        )
    return found


def _tell(card: dict[str, Any], noun: str) -> None:
    """Log what was read."""
    pool, test = (sum(card["class_counts"][part]) for part in ("pool", "test"))
    low, high = card["inputs"]["pool"]
    log.info(
        "%d %s: pool %d, test %d, each with %d values, inputs from %.4g to %.4g",
        card["images"], noun, pool, test, card["values"], low, high,
    )  # fmt: skip
    for name, *counts in zip(card["names"], *card["class_counts"].values(), strict=True):
        log.info("class %s: %d in the pool, %d in the test set", name, *counts)
    for why, rows in card["left_out"].items():
        log.info("%d %s are left out: %s", rows, noun, why)
    for one in card["features"]:
        log.info(
            "feature %s: %s from %.6g to %.6g, %.3g%% missing",
            one["name"], one["type"], one["lowest"], one["highest"], 100 * one["missing"],
        )  # fmt: skip
    for note in card["notes"]:
        log.info("%s", note)
    for warning in card["warnings"]:
        log.warning("%s", warning)


def _reserve(path: Path) -> None:
    """Allocate the space of a file that so far only has its length.

    If the disk is full, this raises an error; writing to the memory map would kill the process.
    """
    if hasattr(os, "posix_fallocate"):
        with open(path, "r+b") as file:
            os.posix_fallocate(file.fileno(), 0, os.fstat(file.fileno()).st_size)

"""Looks at a file and prints an entry for config/datasets.yaml: python -m overfit.data FILE."""

from __future__ import annotations

import argparse
import json
import logging
import re
import sys
import tempfile
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from overfit.config.problems import listed
from overfit.data.catalogue import checked
from overfit.data.checked import DataError
from overfit.data.prepare import prepare
from overfit.data.readers.idx import idx_axes, unpacked_name
from overfit.data.readers.npz import array_axes
from overfit.data.readers.table import columns_of
from overfit.data.table_keys import MISSING_WORDS

Entry = dict[str, Any]
Axes = Mapping[str, tuple[int, ...]]
"""The shapes of arrays by name."""
LABELS = ("label", "labels", "class", "target", "y", "outcome", "species", "diagnosis", "category")
"""Common names of the column of labels."""
SHARE = 0.3
"""The share of the test set where there is none."""
NUMBER = re.compile(r"[-+.\d][-+.\deE]*")


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the entry, or why there is none and exit with status 1."""
    parser = argparse.ArgumentParser("overfit data", description=__doc__)
    parser.add_argument("file", type=Path, help="a table, a .npz archive or a folder of IDX files")
    logging.getLogger("overfit").addHandler(logging.NullHandler())
    try:
        print(proposed(parser.parse_args(arguments).file))
    except DataError as error:
        sys.exit(f"Error: {error}")


def proposed(path: Path) -> str:
    """The text of an entry that the file can be prepared with, with comments on what is unsure.

    Raises:
        DataError: no entry fits; the text says why not, for the one that comes closest.
    """
    failure = None
    for entry, unsure in _candidates(path):
        try:
            return _written(path, entry, unsure, _card(entry))
        except DataError as error:
            failure = failure or error
    raise failure or DataError(f"{path} contains no images or rows with labels")


def _card(entry: Entry) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="overfit-") as folder:
        try:
            prepare("mine", checked(entry), Path(folder))
        except ValueError as error:
            raise DataError(str(error)) from error
        card: dict[str, Any] = json.loads(Path(folder, "card.json").read_text(encoding="utf-8"))
    return card


def _candidates(path: Path) -> Iterator[tuple[Entry, list[str]]]:
    """Entries that may fit, likely ones first, each with sentences on what is a guess."""
    if path.is_dir():
        names = sorted({unpacked_name(file.name) for file in path.iterdir()})
        axes = {name: found for name in names if (found := idx_axes(path, name))}
        yield from _of_arrays({"source": "idx", "folder": str(path)}, axes)
    elif zipfile.is_zipfile(path) and path.suffix == ".npz":
        yield from _of_arrays({"source": "npz", "file": str(path)}, array_axes(path))
    else:
        yield from _of_table(path)


def _of_arrays(entry: Entry, axes: Axes) -> Iterator[tuple[Entry, list[str]]]:
    unsure: list[str] = []
    for part in ("", "validation_", "test_"):
        own = {name: shape for name, shape in axes.items() if _part(name) == part and shape}
        pairs = [
            (images, labels)
            for images, shape in own.items()
            for labels, other in own.items()
            if len(shape) > 1 and len(other) < 3 and shape[0] == other[0] and images != labels
        ]
        if not pairs:
            continue
        pairs.sort(key=lambda pair: (-len(axes[pair[0]]), len(axes[pair[1]]), -axes[pair[0]][-1]))
        entry |= dict(zip((f"{part}images", f"{part}labels"), pairs[0], strict=True))
        if len(pairs) > 1:
            unsure.append(f"{part}images and {part}labels: others of {', '.join(own)} would fit")
    if "images" not in entry:
        return
    if unused := [name for name in axes if name not in entry.values()]:
        unsure.append(f"not used: {', '.join(unused)}")
    if "test_images" not in entry:
        if entry["source"] == "idx":
            entry |= {"test_images": None, "test_labels": None}
        entry["test"] = SHARE
        unsure.append(f"test: {SHARE} of the images, as there are no others for testing")
    yield entry, unsure


def _part(name: str) -> str:
    """The part of a dataset that an array with this name belongs to."""
    words = name.lower()
    if "test" in words or words.startswith("t10k"):
        return "test_"
    return "validation_" if "val" in words else ""


def _of_table(path: Path) -> Iterator[tuple[Entry, list[str]]]:
    entry: Entry = {"source": "table", "file": str(path)}
    columns = columns_of(path, entry)
    unsure = [f"test: {SHARE} of the rows, as there is no other file for testing"]
    if 2 * sum(map(_is_value, columns)) >= len(columns):
        entry["header"] = False
        columns = columns_of(path, entry)
        unsure.append("header: false, as most cells of the first line are numbers")
    known = [name for name in columns if name.strip().lower() in LABELS]
    for label in dict.fromkeys([*known, columns[-1], columns[0]]):
        others = [name for name in columns if name != label]
        guess = (
            []
            if label in known
            else [f"label: {label!r} is a guess; others: {listed(map(repr, others), 8)}"]
        )
        found = {**entry, "label": label, "test": SHARE}
        yield found, [*guess, *unsure]
        said = "missing: median fills missing values; drop leaves out their rows"
        yield {**found, "missing": "median"}, [*guess, said, *unsure]


def _is_value(text: str) -> bool:
    """Whether what stands for the name of a column is rather a value."""
    return text in MISSING_WORDS or NUMBER.fullmatch(text.strip()) is not None


def _written(path: Path, entry: Entry, unsure: list[str], card: dict[str, Any]) -> str:
    name = re.sub(r"[^a-z0-9_-]+", "-", path.stem.lower()).strip("-")[:60] or "mine"
    pool, test = (sum(card["class_counts"][part]) for part in ("pool", "test"))
    counts = [sum(both) for both in zip(*card["class_counts"].values(), strict=True)]
    classes = [f"{of} ({count})" for of, count in zip(card["names"], counts, strict=True)]
    low, high = card["inputs"]["pool"]
    seen = [
        f"{pool} for training and validation, {test} for testing, {card['values']} inputs each",
        f"classes: {', '.join(classes[:10])}{', ...' if len(classes) > 10 else ''}",
        f"inputs from {low:.4g} to {high:.4g}",
        *card["notes"],
    ]
    body = yaml.safe_dump(entry, sort_keys=False, allow_unicode=True, width=1000)
    lines = [
        *(f"# {one}" for one in seen),
        *(f"# warning: {one}" for one in card["warnings"]),
        *(f"# unsure: {one}" for one in unsure),
        f"{name}:",
        *(f"  {line}" for line in body.splitlines()),
        "  # title: its name in the report",
        "  # origin: who made it, and where it is described",
        "  # licence: terms of use",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    main()

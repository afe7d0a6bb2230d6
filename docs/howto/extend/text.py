"""The reader `text`: workflow/overfit/data/readers/text.py."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import numpy as np

from overfit.config.model import Text
from overfit.data.checked import DataError
from overfit.data.readers import Dataset, Loaded, Part


class TextDataset(Dataset):
    """Numbers in a text file, separated by spaces: one line per example, its label last."""

    source: Literal["text"]
    file: Text
    """Path of the file, relative to where Snakemake runs."""

    def files(self) -> tuple[str, ...]:
        """The file."""
        return (self.file,)

    def load(self) -> Loaded:
        """All examples, to be split into pool and test set."""
        try:
            rows = np.loadtxt(self.file, ndmin=2)
        except (OSError, ValueError) as error:
            raise DataError(f"{self.file} cannot be read: {error}") from error
        part = Part.of(rows[:, :-1].astype(np.float32), rows[:, -1].astype(int))
        return Loaded((part,), files=(Path(self.file).name,))

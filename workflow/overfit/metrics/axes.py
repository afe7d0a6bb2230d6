"""Grid axes: what people call them, and which columns of a table they are."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

NOT_AXES = {"experiment", "variant", "run", "seed", "update", "epoch", "split"}
NOT_AXES |= {"loss", "accuracy", "diverged", "censored", "metric", "value", "straight", "edge"}
NOT_AXES |= {"layer", "quantity"}

AXES = {
    "data.train": "Training images",
    "data.validation": "Validation images",
    "data.label_noise": "Share of wrong labels",
    "model.depth": "Hidden layers",
    "model.width": "Units of a hidden layer",
    "model.init.std": "Standard deviation of the initial weights",
    "batch_norm": "Batch normalization",
    "dropout.rate": "Dropout rate",
    "penalty.l1": "L1 penalty",
    "penalty.l2": "L2 penalty",
    "penalty.lp": "Lp penalty",
    "penalty.max_norm": "Max norm",
    "train.optimizer.lr": "Learning rate",
    "train.optimizer.name": "Optimizer",
    "train.batch_size": "Batch size",
    "train.epochs": "Epochs",
    "train.updates": "Updates",
}


def axis_label(key: str) -> str:
    """The name of a grid axis; one that is not known is shown by its key."""
    return AXES.get(key, key)


def lowered(text: str) -> str:
    """A label inside a sentence: `test accuracy`, but `L2 penalty`."""
    return text if text[1:2].isupper() or text[1:2].isdigit() else text[:1].lower() + text[1:]


def grid_axes(columns: Iterable[Any]) -> list[str]:
    """The grid axes among the columns of a table of histories or of metrics."""
    return [str(column) for column in columns if column not in NOT_AXES]

"""Hyperparameters: their names for readers, and the columns of a table that are grid axes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

NOT_AXES = {"experiment", "variant", "run", "seed", "update", "epoch", "split"}
NOT_AXES |= {"loss", "accuracy", "diverged", "censored", "metric", "value", "straight", "edge"}
NOT_AXES |= {"layer", "quantity"}

AXES = {
    "data.dataset": "Dataset",
    "data.train": "Training images",
    "data.validation": "Validation images",
    "data.label_noise": "Share of wrong labels",
    "model.depth": "Hidden layers",
    "model.width": "Units per hidden layer",
    "model.hidden": "Hidden units",
    "model.activation": "Activation",
    "model.init.name": "Initial weights",
    "model.init.std": "Standard deviation of the initial weights",
    "batch_norm": "Batch normalization",
    "layer_norm": "Layer normalization",
    "dropout": "Dropout",
    "dropout.rate": "Dropout rate",
    "penalty.l1": "L1 penalty",
    "penalty.l2": "L2 penalty",
    "penalty.lp": "Lp penalty",
    "penalty.max_norm": "Max norm",
    "train.optimizer.lr": "Learning rate",
    "train.optimizer.momentum": "Momentum",
    "train.optimizer.name": "Optimizer",
    "train.batch_size": "Batch size",
    "train.epochs": "Epochs",
    "train.updates": "Updates",
    "train.label_smoothing": "Label smoothing",
    "evaluation.points": "Evaluation points",
}


def axis_label(key: str) -> str:
    """The name of a hyperparameter; its key if it has none."""
    return AXES.get(key, key)


def lowered(text: str) -> str:
    """A label inside a sentence: `test accuracy`, but `L2 penalty`."""
    return text if text[1:2].isupper() or text[1:2].isdigit() else text[:1].lower() + text[1:]


SHORT = {"model.init.std": "weight scale", "model.width": "units per layer"}
"""Shorter names for sentences."""


def axis_in_text(key: str) -> str:
    """The name of a hyperparameter inside a sentence."""
    return SHORT.get(key) or lowered(axis_label(key))


COUNTED = {
    "data.train",
    "data.validation",
    "model.depth",
    "model.width",
    "train.epochs",
    "train.updates",
    "evaluation.points",
}
"""The hyperparameters that are counts, whose names are the counted things."""


def point_in_text(key: str, value: str) -> str:
    """A hyperparameter and its value inside a sentence: `learning rate 0.1`, `3 hidden layers`."""
    if key not in COUNTED:
        return f"{axis_in_text(key)} {value}"
    name = axis_in_text(key)
    if value == "1":
        name = name.replace("layers", "layer").replace("units", "unit").replace("images", "image")
    return f"{value} {name}"


def quantity_in_text(key: str) -> str:
    """The name of a hyperparameter after `depends on the`: `number of training images`."""
    return f"number of {axis_in_text(key)}" if key in COUNTED else axis_in_text(key)


def key_in_words(key: str) -> str:
    """The name of any setting: `evaluation points` for a key without a name."""
    return AXES.get(key) or key.replace(".", " ").replace("_", " ")


def grid_axes(columns: Iterable[Any]) -> list[str]:
    """The grid axes among the columns of a table of histories or of metrics."""
    return [str(column) for column in columns if column not in NOT_AXES]

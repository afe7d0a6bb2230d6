"""Tables as files: the same bytes for the same numbers."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pandas as pd

from overfit.results import atomic

NOT_AXES = {"experiment", "variant", "run", "seed", "update", "epoch", "split"}
NOT_AXES |= {"loss", "accuracy", "diverged", "censored", "metric", "value", "layer", "quantity"}


def grid_axes(table: pd.DataFrame) -> list[str]:
    """The grid axes among the columns of a table of histories or of metrics."""
    return [str(column) for column in table.columns if column not in NOT_AXES]


def write_metrics(table: pd.DataFrame, path: Path | str) -> None:
    """Write metrics as CSV with every digit, so that `read_metrics` gives back the same numbers."""
    with atomic(path) as temporary:
        table.to_csv(temporary, index=False, lineterminator="\n")


def read_metrics(path: Path | str) -> pd.DataFrame:
    """Read what `write_metrics` wrote.

    Values of grid axes get back the types that YAML gave them. A variant or a grid point may be
    called `none` or `nan`: only an empty value is a missing one.
    """
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    # Python's own float, since not every version of pandas reads every number to the last bit.
    table["value"] = [float(text or "nan") for text in table["value"]]
    table["seed"] = table["seed"].astype(int)
    for flag in ("diverged", "censored"):
        table[flag] = table[flag] == "True"
    for axis in grid_axes(table):
        table[axis] = pd.Series([_point(text) for text in table[axis]], index=table.index)
    return table


def write_table(table: pd.DataFrame, path: Path | str) -> None:
    """Write a table for people as CSV, with six significant digits."""
    with atomic(path) as temporary:
        table.to_csv(temporary, index=False, float_format="%.6g", lineterminator="\n")


def _point(text: str) -> bool | int | float | str:
    """A value of a grid axis from its text. Finite numbers end with a digit; `nan` is a name."""
    if text in ("True", "False"):
        return text == "True"
    if text[-1:].isdigit():
        for number in (int, float):
            with suppress(ValueError):
                return number(text)
    return text

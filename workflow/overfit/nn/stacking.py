"""Hyperparameters of several replicates as one object."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import Any, TypeVar

import numpy as np
from numpy.typing import DTypeLike

T = TypeVar("T")


def stacked(members: Sequence[T], dtype: DTypeLike = np.float64) -> T:
    """One object for R replicates from a frozen dataclass each.

    Every number becomes a column (R, 1), so that the methods of the class, written for numbers,
    work on matrices with one row a replicate. Everything else must agree.

    Raises:
        ValueError: the members are of different classes or differ in what is not a number.
    """
    first = members[0]
    together = object.__new__(type(first))
    for field in fields(first):  # type: ignore[arg-type]
        values: list[Any] = [getattr(member, field.name, None) for member in members]
        if any(type(member) is not type(first) for member in members):
            raise ValueError("replicates that are stepped together need one kind of each part")
        if isinstance(values[0], float | int) and not isinstance(values[0], bool):
            value: Any = np.asarray(values, dtype)[:, None]
        elif all(value == values[0] for value in values):
            value = values[0]
        else:
            raise ValueError(
                f"{field.name} differs between replicates ({values[0]!r}, ...); only numbers may"
            )
        object.__setattr__(together, field.name, value)
    return together

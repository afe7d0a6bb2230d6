"""Checks of arguments: the argument, its value and what is allowed."""

from __future__ import annotations

import math
from numbers import Integral, Real
from typing import Any

import numpy as np
from numpy.typing import NDArray


def positive(name: str, value: float) -> None:
    """Refuse what is not a positive, finite number."""
    if not (isinstance(value, Real) and value > 0 and math.isfinite(value)):
        raise ValueError(f"{name} is {value!r}; it must be positive and finite")


def not_negative(name: str, value: float) -> None:
    """Refuse what is negative, not finite or not a number."""
    if not (isinstance(value, Real) and value >= 0 and math.isfinite(value)):
        raise ValueError(f"{name} is {value!r}; it must be at least 0 and finite")


def share(name: str, value: float) -> None:
    """Refuse what is not a number of at least 0 and below 1."""
    if not (isinstance(value, Real) and 0 <= value < 1):
        raise ValueError(f"{name} is {value!r}; it must be at least 0 and below 1")


def between_0_and_1(name: str, value: float) -> None:
    """Refuse what is not a number from 0 to 1, both allowed."""
    if not (isinstance(value, Real) and 0 <= value <= 1):
        raise ValueError(f"{name} is {value!r}; it must lie between 0 and 1")


def at_least_1(name: str, value: int) -> None:
    """Refuse what is not a whole number of at least 1."""
    if not (isinstance(value, Integral) and value >= 1):
        raise ValueError(f"{name} is {value!r}; it must be a whole number of at least 1")


def one_of(name: str, value: str, allowed: tuple[str, ...]) -> None:
    """Refuse what is not among the allowed words."""
    if value not in allowed:
        raise ValueError(f"{name} is {value!r}; it must be one of {', '.join(map(repr, allowed))}")


def last_axis(x: NDArray[Any], name: str, n: int) -> None:
    """Refuse x unless its last axis has length `n`, the layer's argument `name`."""
    if x.shape[-1] != n:
        raise ValueError(f"x has shape {x.shape}; its last axis must be {name} = {n}")


def class_labels(labels: NDArray[Any], classes: int) -> None:
    """Refuse labels that are not integers from 0 to `classes - 1`."""
    if not np.issubdtype(labels.dtype, np.integer):
        raise ValueError(f"labels are {labels.dtype}; they must be integers")
    if labels.size and not 0 <= labels.min() <= labels.max() < classes:
        raise ValueError(
            f"labels run from {labels.min()} to {labels.max()}; "
            f"{classes} classes allow 0 to {classes - 1}"
        )

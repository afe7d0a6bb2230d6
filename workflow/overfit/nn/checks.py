"""Checks of constructors' arguments: the argument, its value and what is allowed."""

from __future__ import annotations

import math


def positive(name: str, value: float) -> None:
    """Refuse what is not a positive, finite number."""
    if not (value > 0 and math.isfinite(value)):
        raise ValueError(f"{name} is {value}; it must be positive and finite")


def share(name: str, value: float) -> None:
    """Refuse what is not at least 0 and below 1."""
    if not 0 <= value < 1:
        raise ValueError(f"{name} is {value}; it must be at least 0 and below 1")


def not_negative(name: str, value: float) -> None:
    """Refuse what is negative or not finite."""
    if not (value >= 0 and math.isfinite(value)):
        raise ValueError(f"{name} is {value}; it must be at least 0 and finite")

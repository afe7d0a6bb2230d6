"""Checks of constructors' arguments: the argument, its value and what is allowed."""

from __future__ import annotations

import math


def positive(name: str, value: float) -> None:
    """Refuse what is not a positive, finite number."""
    if not (value > 0 and math.isfinite(value)):
        raise ValueError(f"{name} is {value}; it must be positive and finite")


def not_negative(name: str, value: float) -> None:
    """Refuse what is negative or not finite."""
    if not (value >= 0 and math.isfinite(value)):
        raise ValueError(f"{name} is {value}; it must be at least 0 and finite")


def share(name: str, value: float) -> None:
    """Refuse what is not at least 0 and below 1."""
    if not 0 <= value < 1:
        raise ValueError(f"{name} is {value}; it must be at least 0 and below 1")


def at_least_1(name: str, value: int) -> None:
    """Refuse what is not a whole number of at least 1."""
    if value != int(value) or value < 1:
        raise ValueError(f"{name} is {value}; it must be a whole number of at least 1")


def one_of(name: str, value: str, allowed: tuple[str, ...]) -> None:
    """Refuse what is not among the allowed words."""
    if value not in allowed:
        raise ValueError(f"{name} is {value!r}; it must be one of {', '.join(map(repr, allowed))}")

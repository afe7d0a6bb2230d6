"""Words and numbers as figures and captions print them; metrics are in `overfit.wording`."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

from overfit.wording import MINUS

SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def counted(n: int, noun: str) -> str:
    """`1 seed`, `10 seeds`."""
    return f"{n} {noun}" + ("" if n == 1 else "s")


def mean_and_range(seeds: int) -> str:
    """What a line and its band are."""
    return "1 seed" if seeds == 1 else f"mean and range of {seeds} seeds"


def listed(items: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"


def wrapped(text: str, width: int) -> str:
    """Text in as few lines of at most `width` characters as it needs, of about equal length."""
    lines = textwrap.wrap(text, width)
    for narrower in range(width // 2, width):
        balanced = textwrap.wrap(text, narrower, break_long_words=False)
        if len(balanced) == len(lines) and max(map(len, balanced), default=0) <= width:
            return "\n".join(balanced)
    return "\n".join(lines)


def label(plan: Mapping[str, Any], variant: str) -> str:
    """The label of a variant."""
    return str(plan["variants"][variant]["label"])


def point(key: str, value: Any) -> str:
    """A point on an axis, `std 0.0631` for `model.init.std`."""
    number = f"{value:.3g}".replace("-", MINUS) if isinstance(value, float) else str(value)
    return f"{last_name(key)} {number}"


def scientific(value: Any) -> str:
    """A number over many orders of magnitude, `8.3×10⁻³`; anything else as it is."""
    if not isinstance(value, float):
        return str(value)
    mantissa, exponent = f"{value:.1e}".split("e")
    return f"{mantissa}×10{str(int(exponent)).translate(SUPERSCRIPTS)}"


def last_name(key: str) -> str:
    """The last part of a dotted key."""
    return key.rsplit(".", 1)[-1]

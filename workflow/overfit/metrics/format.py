"""The format of numbers in figures, captions, the report, the terminal and the docs.

A measured number keeps the zeros that show its precision (`2.00`, `1.20×10⁻⁵`); a setting, such
as a point on an axis, is as short as it can be (`2`, `10⁻⁵`). Both have a real minus sign, powers
of ten below 0.0001 and from 100,000, and no negative zero. Files and error messages show numbers as
YAML and CSV need them instead.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

MINUS = "\N{MINUS SIGN}"
ABSENT = "\N{EN DASH}"
"""Replaces a number that does not exist."""
SMALLEST, LARGEST = 1e-4, 1e5
"""Numbers outside of these are written with powers of ten."""
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
EVERY = 17
"""Significant digits that tell any two numbers apart."""
FEW = 5
"""Up to this many significant digits of a setting are those of its author."""
WIDEST = 1e9
"""From here on, numbers with a fixed number of decimals have powers of ten, too."""
_MOST = 8
"""Longer lists are cut."""
DIGITS = 10
"""Significant digits of measured numbers in tables for people. A number is rounded to these before
it is rounded to what is shown, so that a page, which reads a table, and a figure, which does not,
show the same, and so that the last bit of a sum decides on no digit."""


def number(
    value: float, *, digits: int = 3, decimals: int | None = None, plus: bool = False
) -> str:
    """A measured number: `74.4`, `5,971`, `−0.0123`, `6.00×10⁷`; an en dash for NaN.

    Args:
        value: the number.
        digits: significant digits; all digits before the point are shown below 100,000.
        decimals: digits after the point, instead of significant digits.
        plus: whether positive numbers have a plus sign, as differences do.
    """
    if math.isnan(value):
        return ABSENT
    size = abs(float(f"{value:.{max(digits, DIGITS)}g}"))
    mantissa, exponent = _scientific(size, digits)
    if math.isinf(value):
        text = "\N{INFINITY}"
    elif decimals is not None and size < WIDEST:
        text = f"{size:,.{decimals}f}"
    elif _plain(float(f"{mantissa}e{exponent}")):
        text = f"{size:,.{max(0, digits - 1 - exponent)}f}"
    else:
        text = f"{mantissa}×{power_of_ten(exponent)}"
    if not any(digit in text for digit in "123456789\N{INFINITY}"):
        return text
    return (MINUS if value < 0 else "+" if plus else "") + text


def setting(value: Any, digits: int = 4) -> str:
    """A setting or a point of an axis: `0.1585`, `10⁻⁵`, `on`, `he`, `6 × 100`.

    Args:
        value: a number, text, true or false, None, or a list of these.
        digits: significant digits of numbers with a fraction.
    """
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, int):
        return str(value).replace("-", MINUS)
    if isinstance(value, float):
        return _shortest(value, digits)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return _listed(value, digits)
    return str(value)


def settings(values: Sequence[Any], digits: int = 4) -> list[str]:
    """The texts of several settings, with as many digits as tell different ones apart.

    No number is rounded by more than a twentieth of its distance from the next, and one that was
    written with few digits keeps them: 0.9999 is never 1.
    """
    numbers = sorted({float(v) for v in values if isinstance(v, int | float) and math.isfinite(v)})
    ends = [-math.inf, *numbers, math.inf]
    gaps = [min(b - a, c - b) for a, b, c in zip(ends, numbers, ends[2:], strict=False)]
    written = (len(Decimal(repr(number)).normalize().as_tuple().digits) for number in numbers)
    digits = max([digits, *(count for count in written if count <= FEW)])
    different = len({setting(value, EVERY) for value in values})
    while True:
        texts = [setting(value, digits) for value in values]
        errors = [abs(float(f"{number:.{digits}g}") - number) for number in numbers]
        near = all(20 * error <= gap for error, gap in zip(errors, gaps, strict=True))
        if near and len(set(texts)) == different:
            return texts
        digits += 1


def power_of_ten(exponent: int) -> str:
    """`10⁻⁵`."""
    return f"10{str(exponent).translate(_SUPERSCRIPTS)}"


def percent(share: float) -> str:
    """A share as a setting in percent, with a space that does not break: `95 %`."""
    return f"{setting(100.0 * share)}\N{NO-BREAK SPACE}%"


def p_value(p: float) -> str:
    """A p-value with two significant digits, never a bare zero."""
    if math.isnan(p):
        return ABSENT
    return "<0.001" if p < 0.001 else f"{p:.3f}" if p < 0.1 else f"{p:.2f}"


def duration(seconds: float) -> str:
    """A duration in its two largest units, for example "3 min 20 s"."""
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min"


def stamp(time: str) -> str:
    """A time such as "2026-03-01T10:00:00+00:00" to the minute, without its zone."""
    return time[:16].replace("T", " ")


def _shortest(value: float, digits: int) -> str:
    if not math.isfinite(value):
        return "none" if math.isnan(value) else "\N{INFINITY}"
    mantissa, exponent = _scientific(abs(value), digits)
    size = float(f"{mantissa}e{exponent}")
    if _plain(size):
        text = f"{size:.{max(0, digits - 1 - exponent)}f}"
        text = text.rstrip("0").rstrip(".") if "." in text else text
    else:
        short = mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa
        text = ("" if short == "1" else f"{short}×") + power_of_ten(exponent)
    return (MINUS if value < 0 and size else "") + text


def _scientific(size: float, digits: int) -> tuple[str, int]:
    """The mantissa and the exponent of a number after rounding; zeros are kept."""
    mantissa, _, exponent = f"{size:.{digits - 1}e}".partition("e")
    return mantissa, int(exponent or 0)


def _plain(size: float) -> bool:
    return size == 0 or SMALLEST <= size < LARGEST


def _listed(values: Sequence[Any], digits: int) -> str:
    if len(values) > 1 and all(value == values[0] for value in values):
        return f"{len(values)} × {setting(values[0], digits)}"
    texts = settings(values, digits)
    if len(texts) > _MOST:
        return f"{len(texts)} values: {', '.join(texts[:3])}, …, {texts[-1]}"
    return ", ".join(texts)

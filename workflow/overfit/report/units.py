"""How the report words numbers: metrics, p-values, durations, settings."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from overfit.metrics.wording import ABSENT, METRICS, Metric, metric

__all__ = ["ABSENT", "METRICS", "Metric", "duration", "metric", "p_value", "setting", "stamp"]


def p_value(p: float) -> str:
    """A p-value with two significant digits, never a bare zero."""
    if math.isnan(p):
        return ABSENT
    return "<0.001" if p < 0.001 else f"{p:.3f}" if p < 0.1 else f"{p:.2f}"


def duration(seconds: float) -> str:
    """A duration in its two largest units, for example "3 min 20 s"."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min"


def stamp(time: str) -> str:
    """A time such as "2026-03-01T10:00:00+00:00" to the minute, without its zone."""
    return time[:16].replace("T", " ")


def setting(value: Any) -> str:
    """A value of a specification as a person would write it."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, str):
        return value
    if isinstance(value, Sequence):
        return _sequence(value)
    return str(value)


def _sequence(values: Sequence[Any]) -> str:
    if len(values) > 1 and all(value == values[0] for value in values):
        return f"{len(values)} × {setting(values[0])}"
    texts = [setting(value) for value in values]
    if len(texts) > 8:
        return f"{len(texts)} values: {', '.join(texts[:3])}, …, {texts[-1]}"
    return ", ".join(texts)

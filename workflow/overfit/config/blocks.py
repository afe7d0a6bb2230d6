"""Blocks of seeds or trials, the unit of a job, and thinned axes."""

from __future__ import annotations

from collections.abc import Sequence


def blocks(count: int, per_job: int) -> list[str]:
    """Names of the blocks of 0..count-1, at multiples of `per_job`; the last may be short."""
    return [
        block_name(range(first, min(first + per_job, count))) for first in range(0, count, per_job)
    ]


def block_name(members: range) -> str:
    """`0010-0019` for range(10, 20)."""
    return f"{members[0]:04d}-{members[-1]:04d}"


def block_range(name: str) -> range:
    """range(10, 20) for `0010-0019`."""
    first, last = name.split("-")
    return range(int(first), int(last) + 1)


def thinned(count: int, keep: int | None, needed: Sequence[int] = ()) -> list[int]:
    """At most `keep` of 0..count-1, evenly spread with both ends, and the needed ones besides."""
    if keep is None or count <= keep:
        return list(range(count))
    spread = {round(step * (count - 1) / (keep - 1)) for step in range(keep)}
    return sorted(spread | set(needed))

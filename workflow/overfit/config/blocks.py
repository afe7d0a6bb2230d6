"""Blocks of seeds or trials, the unit of a job, and the division of a run's seeds into blocks.

If you raise the number of seeds, only the new seeds must be trained; if you lower it, none. No rule
that knows only the number can do that with more than one seed per block: going from n to n + 1
seeds adds seed n, which would need its own block, for every n. Therefore trained blocks stay as
they are, and new ones fill the gaps. If a block continues beyond the number of seeds, its readers
ignore the surplus seeds. Writing the blocks of a plan does not change the plan, so a process that
reads the configuration while jobs run finds the same plan.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping


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


def layout(seeds: range, per_job: int, present: Iterable[range] = ()) -> list[range]:
    """Blocks of some seeds: the present ones, and new ones between them.

    Only a present block may start before the seeds, as the first one, or continue beyond them, as
    the last one. Of present blocks that overlap, the one that starts first is used; of those that
    start together, the longest. New blocks end at multiples of `per_job`.

    Args:
        seeds: the seeds.
        per_job: the most seeds of a new block.
        present: the trained blocks.
    """
    stops: dict[int, int] = {}
    for block in present:
        if block.start < min(block.stop, seeds.stop) and block.stop > seeds.start:
            stops[block.start] = max(block.stop, stops.get(block.start, 0))
    found: list[range] = []
    start = min([seeds.start, *stops])
    while start < seeds.stop:
        aligned = start - start % per_job + per_job
        gap = min([seeds.stop, aligned, *(other for other in stops if other > start)])
        found.append(range(start, stops.get(start, gap)))
        start = found[-1].stop
    return found


def layouts(
    wanted: Mapping[str, Collection[range]], per_job: int, trained: Mapping[str, Iterable[range]]
) -> dict[tuple[str, range], list[str]]:
    """The names of the blocks for each run and each request for seeds.

    Experiments that share a run with different seeds share blocks: those with more seeds continue
    the blocks of those with fewer.

    Args:
        wanted: for each run the seeds that experiments request.
        per_job: the most seeds of a new block.
        trained: the existing blocks of each run.
    """
    found: dict[tuple[str, range], list[str]] = {}
    for run, asked in wanted.items():
        present = list(trained[run])
        for seeds in sorted(set(asked), key=lambda seeds: (seeds.start, seeds.stop)):
            planned = layout(seeds, per_job, present)
            found[run, seeds] = [block_name(block) for block in planned]
            present += planned
    return found

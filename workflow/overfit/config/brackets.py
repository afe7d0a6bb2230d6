"""Hyperband's brackets: how many configurations train for how long.

A bracket starts with n configurations and a share r of the whole budget R; each rung keeps the best
n / eta of them and gives them eta times as much, until the last rung has all of R. Brackets differ
in where they start: from many configurations with little to few with all. Here a rung trains from
scratch, so that what is spent is the sum over all rungs.

Source: Li, Jamieson, DeSalvo, Rostamizadeh, Talwalkar (2018), Hyperband, algorithm 1, eta = 3.
"""

from __future__ import annotations

from dataclasses import dataclass

ETA = 3


@dataclass(frozen=True)
class Rung:
    """So many configurations, each trained for so long; the first of a bracket draws new ones."""

    count: int
    budget: int
    """Epochs (or updates) of each."""
    first: bool


def depth(whole: int) -> int:
    """The largest s such that `whole` / eta^s is at least 1."""
    s = 0
    while ETA ** (s + 1) <= whole:
        s += 1
    return s


def bracket(count: int, s: int, whole: int) -> list[Rung]:
    """The rungs of a bracket of `count` configurations that starts s rungs below the top."""
    return [
        Rung(max(1, count // ETA**i), max(1, round(whole / ETA ** (s - i))), first=i == 0)
        for i in range(s + 1)
    ]


def brackets(trials: int, whole: int) -> list[Rung]:
    """All rungs that a budget of `trials` trainings of `whole` epochs pays for, in their order.

    The brackets are gone through again and again. One that is too dear gets as few configurations
    as fit, and one that not even fits with a single one is left out.
    """
    left, rungs = trials * whole, []
    while left >= whole:
        for s in reversed(range(depth(whole) + 1)):
            most = -(-(depth(whole) + 1) * ETA**s // (s + 1))
            for count in range(most, 0, -1):
                found = bracket(count, s, whole)
                if cost(found) <= left:
                    rungs += found
                    left -= cost(found)
                    break
    return rungs


def cost(rungs: list[Rung]) -> int:
    """The epochs (or updates) that rungs spend."""
    return sum(rung.count * rung.budget for rung in rungs)

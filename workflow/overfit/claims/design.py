"""The design of a claim, its registrations, and what they make of a verdict: its status."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from overfit.config.model import Items, Model
from overfit.results import read_record

REGISTERED = "config/registered.yaml"
CONFIRMED = "confirmed"
"""The status of a verdict on seeds that were trained after its design was registered."""
EXPLORATORY = "exploratory"
"""The status of a verdict on seeds that may have been seen before."""


class Design(Model):
    """What decides a verdict: settings and test as digests, margin and seeds as they are."""

    settings: str
    """A digest of the settings of the compared variants, and of their searches."""
    test: str
    """A digest of the test without its margin."""
    margin: float
    """The margin."""
    first_seed: int
    """The first seed."""
    seeds: Annotated[tuple[int, ...], Items]
    """How many seeds there are, or how many at each look."""

    @property
    def members(self) -> range:
        """Its seeds, with those of later looks."""
        return range(self.first_seed, self.first_seed + self.seeds[-1])

    def changes(self, other: Design) -> list[str]:
        """The parts in which another design differs."""
        return [name for name in Design.model_fields if getattr(self, name) != getattr(other, name)]


class Registration(Design):
    """A registered design, as `config/registered.yaml` has it."""

    date: Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")]
    """When it was registered, in UTC: `2026-11-30T09:00:00Z`."""
    commit: str | None = None
    """The commit that was checked out then; null without Git."""

    @property
    def told(self) -> str:
        """`on 2026-11-30 (commit 0123abc)`."""
        commit = f" (commit {self.commit[:7]})" if self.commit else ""
        return f"on {self.date[:10]}{commit}"


def digest(content: Any) -> str:
    """Twelve hexadecimal digits of what JSON can write."""
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:12]


def status(registered: str | None, histories: Sequence[Path]) -> str:
    """Whether a verdict is confirmed or exploratory.

    Args:
        registered: when its design was registered; None if it is not.
        histories: those of its seeds, whose records say when they were trained.
    """
    if registered is None:
        return EXPLORATORY
    found = [read_record(path) for path in histories]
    trained = [record.get("trained", "") if record else "" for record in found]
    return CONFIRMED if all(time > registered for time in trained) else EXPLORATORY


def told(known: Sequence[Registration], now: Design, found: str) -> str:
    """What the status of a verdict rests on, in sentences.

    Args:
        known: the registrations of its claim, the first one first.
        now: its design.
        found: its status.
    """
    if not known:
        return "Exploratory: its design was not registered before its seeds were trained."
    last = known[-1]
    changed = in_words(last.changes(now))
    if changed:
        text = f"Exploratory: its design was registered {last.told}, but then changed: {changed}."
    elif found == CONFIRMED:
        text = f"Confirmed: its design was registered {last.told}, before its seeds were trained."
    else:
        text = f"Exploratory: its design was registered {last.told}, but its seeds were known."
    for before, after in pairwise(known):
        changed = in_words(before.changes(after))
        text += f" On {after.date[:10]} it replaced the design of {before.date[:10]}: {changed}."
    return text


def in_words(names: Sequence[str]) -> str:
    """Parts of designs: `margin, first seed`."""
    return ", ".join(name.replace("_", " ") for name in names)

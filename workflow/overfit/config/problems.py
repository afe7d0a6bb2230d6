"""Mistakes in a configuration, for the person who wrote it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

Path = tuple[str | int, ...]
"""The way to a value in nested mappings and lists: keys and positions."""


def dotted(path: Path) -> str:
    """Write a path as people do: `claims[0].test.of`."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


@dataclass(frozen=True)
class Problem:
    """One mistake: the file as shown to the user, the line, the dotted path and a message."""

    file: str
    line: int | None
    path: str
    message: str

    def __str__(self) -> str:
        line = "" if self.line is None else f":{self.line}"
        path = f"{self.path}: " if self.path else ""
        return f"{self.file}{line}: {path}{self.message}"


class ConfigurationError(ValueError):
    """All mistakes of a configuration; `str()` has one line for each."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        unique = dict.fromkeys(problems)
        self.problems = sorted(unique, key=lambda p: (p.file, p.line or 0, p.path, p.message))
        super().__init__("\n".join(str(problem) for problem in self.problems))


class Source(Protocol):
    """A file or the command line, which knows the place of each value."""

    def problem(self, path: Path, message: str) -> Problem:
        """Blame the value at `path`, or the nearest written key above it."""


def did_you_mean(name: object, known: Iterable[str]) -> str:
    """`; did you mean X?` if a known name is near, else `; allowed: ...` with all of them."""
    known = list(known)
    near = difflib.get_close_matches(str(name), known, n=1, cutoff=0.65)
    if near:
        return f"; did you mean {near[0]}?"
    return f"; allowed: {', '.join(known)}" if known else ""


def say(value: Any) -> str:
    """A value in a sentence."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Mapping):
        return "a mapping"
    if isinstance(value, list | tuple):
        return "a list"
    if isinstance(value, str) and len(value) > 40:
        return f"{value[:37]!r}..."
    return repr(value)


def must_be(kind: str, value: Any) -> str:
    """The sentence for a value of the wrong kind: `must be text, but is 3`."""
    return f"must be {kind}, but is {say(value)}"

"""Mistakes in a configuration, for the person who wrote it."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

CONTROL = re.compile(r"[^\t\n\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that aren't text: they may disturb a terminal, and no SVG or page can contain them."""
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
        return _ON_ONE_LINE.sub(_escaped, f"{self.file}{line}: {path}{self.message}")


_ON_ONE_LINE = re.compile(rf"{CONTROL.pattern}|[\t\n]")


def _escaped(match: re.Match[str]) -> str:
    return match[0].encode("unicode_escape").decode()


def control_mistake(text: str) -> str | None:
    """The mistake in a text with a control character; None if it is right."""
    found = CONTROL.search(text)
    return found and f"contains the control character {code(found[0])}; remove it"


def code(character: str) -> str:
    """`U+00A0` for a no-break space."""
    return f"U+{ord(character):04X}"


def named(character: str) -> str:
    """`no-break space (U+00A0)`."""
    return f"{unicodedata.name(character, 'character').lower()} ({code(character)})"


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


def written_out(key: str, value: Any) -> str:
    """`data: {train: 60}` for the dotted key `data.train` and 60."""
    *above, last = key.split(".")
    text = f"{last}: {written(value)}"
    for step in reversed(above):
        text = f"{step}: {{{text}}}"
    return text


def written(value: Any) -> str:
    """A value as in a file; the values in mappings and lists are left out."""
    if isinstance(value, str):
        return value
    return "..." if isinstance(value, Mapping | list | tuple) else say(value)


def unknown_key(key: str, value: Any, known: Iterable[str]) -> str:
    """The sentence for an unknown key, which may be a dotted one."""
    known = list(known)
    if "." in key and key.partition(".")[0] in known:
        return f"keys are not dotted here; write {written_out(key, value)}"
    return f"unknown key{did_you_mean(key, known)}"


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


def listed(values: Iterable[object], most: int = 5) -> str:
    """The first of several values, and their number if some are left out: `3, 5, ... (12)`."""
    texts = list(map(str, values))
    return ", ".join(texts[:most]) + (f", ... ({len(texts)})" if len(texts) > most else "")


def and_more(count: int) -> str:
    """For the first of several mistakes: ` (and 3 more)`, or nothing if there is only one."""
    return f" (and {count - 1} more)" if count > 1 else ""


def must_be(kind: str, value: Any) -> str:
    """The sentence for a value of the wrong kind: `must be text, but is 3`."""
    return f"must be {kind}, but is {say(value)}"

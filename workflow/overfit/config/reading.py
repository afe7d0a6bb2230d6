"""YAML to plain data and the line of every key, without YAML's traps.

The text is read as a stream of events, so that limits apply before anything is built, no tag can
name a type, and values that YAML 1.1 reads differently from how they look are refused.
`yaml.compose` would give nodes with their lines, but it recurses in C before a limit can be
checked: a file of 900,000 brackets kills the process. With a check of events before it, it is slow.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Any

import yaml

from overfit.config.problems import (
    CONTROL,
    ConfigurationError,
    Path,
    Problem,
    control_mistake,
    dotted,
    named,
)

MAX_BYTES = 1_000_000
MAX_NODES = 20_000
MAX_DEPTH = 40

_Parser = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_RESOLVER: Any = yaml.resolver.Resolver()
_DECIMAL = re.compile(r"[-+]?(0|[1-9][0-9_]*)")
_MAX_DIGITS = 30
_LOOKALIKES = {"\uff1a": "colon", "\u201c": '"', "\u201d": '"', "\u2018": "'", "\u2019": "'"}
"""Characters that YAML takes for text, but that look like its own; spaces are recognized too."""


@dataclass(frozen=True)
class Document:
    """A file's plain data, the line of each key and item, the mistakes in reading it, its text."""

    file: str
    data: dict[str, Any] = field(default_factory=dict)
    lines: dict[Path, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    text: str = ""

    def problem(self, path: Path, message: str) -> Problem:
        """Blame the value at `path`, or the nearest written key above it."""
        written = path
        while written and written not in self.lines:
            written = written[:-1]
        return Problem(self.file, self.lines.get(written, 1), dotted(path), message)


def read(path: FilePath, file: str) -> Document:
    """Read the YAML mapping in `path`, which messages call `file`; problems are in the result."""
    try:
        if path.stat().st_size > MAX_BYTES:
            return _refused(file, None, f"the file is larger than {MAX_BYTES // 1000} kB")
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        return _refused(file, None, f"cannot be read: {error.strerror}")
    except UnicodeDecodeError as error:
        return _refused(file, None, f"is not UTF-8 text (byte {error.start})")
    if found := CONTROL.search(text.replace("\r", " ")):
        line = text.count("\n", 0, found.start()) + 1
        return _refused(file, line, str(control_mistake(found[0])))
    reader = _Reader(file, text)
    try:
        data = reader.document()
    except _RefusalError as refusal:
        return _refused(file, refusal.line, refusal.message, refusal.path)
    except yaml.YAMLError as error:
        return _refused(file, *_syntax(error, text))
    if data is None:
        return _refused(file, 1, "the file is empty")
    if not isinstance(data, dict):
        kind = "a list" if isinstance(data, list) else "text"
        return _refused(file, 1, f"the file must be a mapping, but is {kind}")
    return Document(file, data, reader.lines, reader.problems, text)


def check_readable(paths: Sequence[FilePath | str]) -> None:
    """Check that files contain YAML mappings, before Snakemake reads them with worse messages.

    Raises:
        ConfigurationError: with the mistakes of all of them, with file and line.
    """
    documents = [read(FilePath(path), str(path)) for path in paths]
    if problems := [problem for document in documents for problem in document.problems]:
        raise ConfigurationError(problems)


def _refused(file: str, line: int | None, message: str, path: Path = ()) -> Document:
    return Document(file, problems=[Problem(file, line, dotted(path), message)])


def _syntax(error: yaml.YAMLError, text: str) -> tuple[int | None, str]:
    """The line and a plain sentence for a text that is not YAML."""
    mark = getattr(error, "problem_mark", None)
    if mark is None:
        return None, "is not valid YAML"
    lines = text.split("\n")
    line = min(mark.line, len(text.splitlines()) - 1)
    content = lines[line]
    said = getattr(error, "problem", None) or "it cannot be read"
    if "\t" in content[: len(content) - len(content.lstrip())] or "'\\t'" in said:
        return line + 1, "the line is indented with a tab; use spaces"
    for number in (line, line - 1):
        if odd := next(filter(_is_lookalike, lines[number]), None):
            return number + 1, f"is not valid YAML: {_instead(odd)}"
    if "mapping values are not allowed" in said:
        if ":" not in content[: mark.column]:
            said = "the line is indented deeper than the one above, which has a value already"
        else:
            said = 'a second ": " in the line; put text that contains a colon in quotes'
    if said.endswith("expected key") or "expected <block end>" in said:
        said = "the line is not indented like the other keys of its mapping, or like any above it"
    said = said.removeprefix("did not find ").partition(", but")[0]  # one wording for both parsers
    return line + 1, f"is not valid YAML: {said}"


def _is_lookalike(character: str) -> bool:
    return character in _LOOKALIKES or (character.isspace() and character not in " \t\r\n")


def _instead(character: str) -> str:
    """A hint for a character that looks like one of YAML's."""
    return f"it contains a {named(character)}; write a plain {_LOOKALIKES.get(character, 'space')}"


class _RefusalError(Exception):
    """The rest of the file is not worth reading, or not safe to read."""

    def __init__(self, line: int, path: Path, message: str) -> None:
        super().__init__(message)
        self.line, self.path, self.message = line, path, message


class _Reader:
    """Builds plain data from the events of one text."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.lines: dict[Path, int] = {}
        self.problems: list[Problem] = []
        self._events: Iterator[Any] = yaml.parse(text, Loader=_Parser)
        self._anchors: dict[str, tuple[Any, int]] = {}
        self._nodes = 0

    def document(self) -> Any:
        """The value of the only document; None without one."""
        data = None
        seen = False
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                if seen:
                    raise _RefusalError(
                        _line(event),
                        (),
                        "the file contains a second document (---); only one is allowed",
                    )
                seen = True
                data = self._value(next(self._events), ())
        return data

    def _value(self, event: Any, path: Path) -> Any:
        line = _line(event)
        self.lines.setdefault(path, line)
        before = self._nodes
        self._count(1, line, path)
        if isinstance(event, yaml.AliasEvent):
            if event.anchor not in self._anchors:
                raise _RefusalError(line, path, f"*{event.anchor} is not defined above")
            value, nodes = self._anchors[event.anchor]
            self._count(nodes, line, path)
            return value
        if event.tag not in (None, "!"):
            raise _RefusalError(
                line, path, f"the tag {event.tag} is not allowed; write plain values"
            )
        if len(path) > MAX_DEPTH:
            raise _RefusalError(line, path[:3], f"is nested more than {MAX_DEPTH} levels deep")
        if isinstance(event, yaml.ScalarEvent):
            value = self._scalar(event, path)
        elif isinstance(event, yaml.SequenceStartEvent):
            value = self._sequence(path)
        else:
            value = self._mapping(path)
        if event.anchor:
            self._anchors[event.anchor] = (value, self._nodes - before)
        return value

    def _count(self, nodes: int, line: int, path: Path) -> None:
        self._nodes += nodes
        if self._nodes > MAX_NODES:
            raise _RefusalError(line, path, f"the file contains more than {MAX_NODES} values")

    def _sequence(self, path: Path) -> list[Any]:
        items: list[Any] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            items.append(self._value(event, (*path, len(items))))
        return items

    def _mapping(self, path: Path) -> dict[str, Any]:
        mapping: dict[str, Any] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            line = _line(event)
            if not isinstance(event, yaml.ScalarEvent):
                raise _RefusalError(line, path, "a key must be text")
            key = CONTROL.sub("", event.value)
            here = (*path, key)
            if wrong := control_mistake(event.value):
                self._blame(line, here, f"the key {wrong}")
            if odd := next(filter(_is_lookalike, (key[:1], key[-1:])), None):
                self._blame(line, here, f"the key is not what it looks like: {_instead(odd)}")
            if event.implicit[0] and key == "<<":
                raise _RefusalError(
                    line, path, "merge keys (<<) are not supported; write the keys out"
                )
            if _kind(event) != "str":
                self._blame(line, here, f'the key is not text in YAML; write "{key}"')
            if key in mapping:
                self._blame(line, here, f"appears twice; the first is in line {self.lines[here]}")
            else:
                self.lines[here] = line
            mapping[key] = self._value(next(self._events), here)
        return mapping

    def _scalar(self, event: Any, path: Path) -> Any:
        text: str = event.value
        kind = _kind(event)
        if kind == "null":
            return None
        if kind == "bool":
            value = text.lower() in ("true", "yes", "on")
            if text.lower() not in ("true", "false"):
                word = str(value).lower()
                self._blame(
                    _line(event), path, f'YAML reads {text} as {word}; write {word}, or "{text}"'
                )
            return value
        if kind in ("int", "float"):
            return self._number(text, kind, _line(event), path)
        if wrong := control_mistake(text):
            self._blame(_line(event), path, wrong)
        return CONTROL.sub("", text)

    def _number(self, text: str, kind: str, line: int, path: Path) -> float:
        number = _decimal(text, kind)
        if number is None:
            self._blame(
                line, path, f'{text[:40]} is not a decimal number; for text, write "{text[:40]}"'
            )
        return 0 if number is None else number

    def _blame(self, line: int, path: Path, message: str) -> None:
        self.problems.append(Problem(self.file, line, dotted(path), message))


def _decimal(text: str, kind: str) -> float | None:
    """The value of an `int` or `float`; None if it is to another base, or has too many digits."""
    plain = (kind == "float" and ":" not in text) or _DECIMAL.fullmatch(text)
    if not plain or len(text) > _MAX_DIGITS:
        return None
    digits = text.replace("_", "")
    if kind == "int":
        return int(digits)
    return float(digits.replace(".", "") if digits[-1] in "fFnN" else digits)


def typed(text: str) -> Any:
    """The value of a plain text in YAML: 5 for "5". What a file could not contain stays text."""
    kind = _plain_kind(text)
    if kind == "null":
        return None
    if text in ("true", "false"):
        return text == "true"
    number = _decimal(text, kind) if kind in ("int", "float") else None
    return text if number is None else number


def _kind(scalar: Any) -> str:
    """The type of a scalar in YAML 1.1: str, null, bool, int, float and rarer ones."""
    return _plain_kind(scalar.value) if scalar.implicit[0] else "str"


def _plain_kind(text: str) -> str:
    tag = _RESOLVER.resolve(yaml.ScalarNode, text, (True, False))
    return str(tag).rpartition(":")[2]


def _line(event: Any) -> int:
    return int(event.start_mark.line) + 1

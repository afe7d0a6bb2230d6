"""Mappings merged layer by layer, with a record of the source of each value.

Mappings merge, everything else replaces, null deletes. A problem that is found after merging is
blamed on the line that caused it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from overfit.config.problems import Path, Problem, Source

_DELETED = object()
"""The value of a key that a null has deleted. A null with nothing to delete stays a null."""


class _Nowhere:
    def problem(self, path: Path, message: str) -> Problem:
        raise AssertionError("values without a source are not blamed")


@dataclass(frozen=True, slots=True)
class Entry:
    """A value and the source that wrote it last."""

    value: Any
    """Entries by key for a mapping, else the value itself."""
    layer: int
    source: Source
    path: Path

    @property
    def absent(self) -> bool:
        """Whether a null deletes it."""
        return self.value is None or self.value is _DELETED


_Entries = Mapping[str, Entry]


@dataclass
class Draft:
    """A mapping that is being merged.

    Its contents are never changed in place, so copies share values until they are overwritten.
    """

    home: Source
    """The source to blame for missing values."""
    path: Path = ()
    """The path of the mapping in `home`."""
    entries: Mapping[str, Entry] = field(default_factory=dict)
    _layers: int = 0

    def copy(self) -> Draft:
        """An independent copy; what is put into it is one more layer."""
        return replace(self, _layers=self._layers + 1)

    def lay(self, values: Mapping[str, Any], source: Source, path: Path) -> None:
        """Merge a mapping, which is at `path` of `source`, over the draft."""
        self._layers += 1
        self.entries = self._laid(self.entries, values, source, path)

    def put(self, key: str, value: Any, source: Source, path: Path) -> None:
        """Set a dotted key, in the highest layer, to a value that is at `path` of `source`."""
        self.entries = self._put(self.entries, key.split("."), value, source, path)

    def without(self, key: str) -> Draft:
        """A copy without a key."""
        return replace(self, entries={k: v for k, v in self.entries.items() if k != key})

    def values(self) -> dict[str, Any]:
        """The values, including nulls that had nothing to delete."""
        return _plain(self.entries, without_nulls=False)

    def result(self) -> dict[str, Any]:
        """The values without nulls."""
        return _plain(self.entries, without_nulls=True)

    def problem(self, path: Path, message: str) -> Problem:
        """Blame the source of the value at `path`, or of the nearest key above it."""
        entry, rest = self._nearest(path)
        return entry.source.problem((*entry.path, *rest), message)

    def entry(self, path: Path) -> Entry | None:
        """The entry at `path`, even if it is deleted; None if it was never written."""
        entry, rest = self._nearest(path)
        return None if rest else entry

    def layer(self, path: Path) -> int:
        """The last layer that wrote or deleted the value at `path`; -1 without any."""
        entry = self.entry(path)
        return -1 if entry is None else entry.layer

    def latest(self, paths: list[Path]) -> Path:
        """The path that was written last; the first of them on a tie."""
        return max(paths, key=self.layer)

    def _nearest(self, path: Path) -> tuple[Entry, Path]:
        """The nearest entry on the way to `path`, and the rest of the way."""
        entry = Entry(self.entries, -1, self.home, self.path)
        for position, step in enumerate(path):
            if not isinstance(entry.value, dict) or step not in entry.value:
                return entry, path[position:]
            entry = entry.value[step]
        return entry, ()

    def _laid(
        self, lower: _Entries, upper: Mapping[str, Any], source: Source, at: Path
    ) -> dict[str, Entry]:
        found = dict(lower)
        for key, value in upper.items():
            where = (*at, key)
            below = found[key].value if key in found else _DELETED
            if below is _DELETED:
                found.pop(key, None)  # a new value comes last
            if isinstance(value, dict):
                value = self._laid(below if isinstance(below, dict) else {}, value, source, where)
            elif value is None and below is not _DELETED:
                value = _DELETED
            found[key] = Entry(value, self._layers, source, where)
        return found

    def _put(
        self, lower: _Entries, steps: list[str], value: Any, source: Source, at: Path
    ) -> dict[str, Entry]:
        """A copy with a value at nested keys; mappings on the way keep their sources."""
        step, *rest = steps
        if not rest:
            value = self._laid({}, value, source, at) if isinstance(value, dict) else value
            return {**lower, step: Entry(value, self._layers, source, at)}
        before = lower.get(step)
        if before is not None and isinstance(before.value, dict):
            inner = self._put(before.value, rest, value, source, at)
            return {**lower, step: replace(before, value=inner)}
        inner = self._put({}, rest, value, source, at)
        return {**lower, step: Entry(inner, self._layers, source, at)}


def _plain(entries: _Entries, *, without_nulls: bool) -> dict[str, Any]:
    return {
        key: _plain(entry.value, without_nulls=without_nulls)
        if isinstance(entry.value, dict)
        else entry.value
        for key, entry in entries.items()
        if entry.value is not _DELETED and not (without_nulls and entry.value is None)
    }


def merged(base: Mapping[str, Any], differences: Mapping[str, Any]) -> dict[str, Any]:
    """Differences merged over a base, both nested mappings; neither is changed."""
    draft = Draft(_Nowhere())
    draft.lay(base, _Nowhere(), ())
    draft.lay(differences, _Nowhere(), ())
    return draft.result()


def without(values: Mapping[str, Any], keys: Iterable[str]) -> dict[str, Any]:
    """A copy of nested values without some dotted keys."""
    found = merged(values, {})
    for *above, last in (key.split(".") for key in keys):
        part: Any = found
        for step in above:
            part = part.get(step) if isinstance(part, dict) else None
        if isinstance(part, dict):
            part.pop(last, None)
    return found


def nested(values: Mapping[str, Any]) -> dict[str, Any]:
    """{"train.optimizer.lr": 0.1} as {"train": {"optimizer": {"lr": 0.1}}}."""
    draft = Draft(_Nowhere())
    for key, value in values.items():
        draft.put(key, value, _Nowhere(), ())
    return draft.values()

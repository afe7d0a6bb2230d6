"""Mappings laid over each other, and who wrote what.

Mappings merge, everything else replaces, null deletes. A draft remembers for each key the source
that wrote it last, so that a problem found after merging is blamed on the line that caused it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from overfit.config.problems import Path, Problem, Source


class _Nowhere:
    def problem(self, path: Path, message: str) -> Problem:
        raise AssertionError("values without a source are not blamed")


@dataclass(frozen=True, slots=True)
class Writing:
    """Who wrote a value last, and who wrote what is below it."""

    layer: int
    source: Source
    path: Path
    below: Mapping[str, Writing] = field(default_factory=dict)


@dataclass
class Draft:
    """A mapping in the making.

    Nothing that it holds is changed in place: copies share all that is not written again.
    """

    home: Source
    """Where values that nobody wrote were to be written."""
    path: Path = ()
    """The path of the mapping in `home`."""
    values: Mapping[str, Any] = field(default_factory=dict)
    """What was laid; a null stands where there was nothing to delete."""
    _written: Mapping[str, Writing] = field(default_factory=dict)
    _layers: int = 0

    def copy(self) -> Draft:
        """An independent copy, to lay different things over."""
        return replace(self)

    def lay(self, values: Mapping[str, Any], source: Source, path: Path) -> None:
        """Lay a mapping, which stands at `path` of `source`, over the draft."""
        self._layers += 1
        self.values, self._written = self._laid(self.values, self._written, values, source, path)

    def put(self, key: str, value: Any, source: Source, path: Path) -> None:
        """Set a dotted key to a value that stands at `path` of `source`."""
        self._layers += 1
        writing = Writing(self._layers, source, path)
        self.values, self._written = _put(
            self.values, self._written, key.split("."), value, writing
        )

    def without(self, key: str) -> Draft:
        """A copy without a key."""
        return replace(self, values={k: value for k, value in self.values.items() if k != key})

    def problem(self, path: Path, message: str) -> Problem:
        """Blame whoever wrote the value at `path` of the mapping, or the nearest key above it."""
        written, below = Writing(-1, self.home, self.path), self._written
        rest = list(path)
        while rest and rest[0] in below:
            written = below[str(rest.pop(0))]
            below = written.below
        return written.source.problem((*written.path, *rest), message)

    def writing(self, path: Path) -> Writing:
        """Who wrote or deleted the value at `path` last; a layer of -1 if nobody did."""
        nobody = Writing(-1, self.home, self.path)
        written, below = nobody, self._written
        for step in path:
            if step not in below:
                return nobody
            written = below[str(step)]
            below = written.below
        return written

    def latest(self, paths: list[Path]) -> Path:
        """That of the paths which was written last; the first of them on a tie."""
        return max(paths, key=lambda path: self.writing(path).layer)

    def result(self) -> dict[str, Any]:
        """What came of it, without nulls."""
        return _without_nulls(self.values)

    def _laid(
        self,
        values: Mapping[str, Any],
        written: Mapping[str, Writing],
        upper: Mapping[str, Any],
        source: Source,
        at: Path,
    ) -> tuple[dict[str, Any], dict[str, Writing]]:
        values, written = dict(values), dict(written)
        for key, value in upper.items():
            where = (*at, key)
            below: Mapping[str, Writing] = {}
            if isinstance(value, dict):
                merges = isinstance(values.get(key), dict)
                lower = values[key] if merges else {}
                writers = written[key].below if merges else {}
                values[key], below = self._laid(lower, writers, value, source, where)
            elif value is None and key in values:
                del values[key]
            else:
                values[key] = value
            written[key] = Writing(self._layers, source, where, below)
        return values, written


def _put(
    values: Mapping[str, Any],
    written: Mapping[str, Writing],
    steps: list[str],
    value: Any,
    writing: Writing,
) -> tuple[dict[str, Any], dict[str, Writing]]:
    """With a value at nested keys; mappings on the way keep their writers."""
    step, *rest = steps
    if not rest:
        return {**values, step: value}, {**written, step: _all_by(writing, value)}
    lower = values.get(step)
    if isinstance(lower, dict):
        here = written[step]
        inner, below = _put(lower, here.below, rest, value, writing)
        return {**values, step: inner}, {**written, step: replace(here, below=below)}
    inner, below = _put({}, {}, rest, value, writing)
    return {**values, step: inner}, {**written, step: replace(writing, below=below)}


def _all_by(writing: Writing, value: Any) -> Writing:
    """The writing of a value and, if it is a mapping, of all that it holds."""
    if not isinstance(value, dict):
        return writing
    below = {
        key: _all_by(replace(writing, path=(*writing.path, key)), inner)
        for key, inner in value.items()
    }
    return replace(writing, below=below)


def merged(base: Mapping[str, Any], differences: Mapping[str, Any]) -> dict[str, Any]:
    """Differences over a base, both nested mappings; neither is changed."""
    draft = Draft(_Nowhere())
    draft.lay(base, _Nowhere(), ())
    draft.lay(differences, _Nowhere(), ())
    return draft.result()


def without(values: Mapping[str, Any], keys: Iterable[str]) -> dict[str, Any]:
    """Nested values without some dotted keys; they are not changed themselves."""
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
    return dict(draft.values)


def _without_nulls(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: _without_nulls(value) if isinstance(value, dict) else value
        for key, value in values.items()
        if value is not None
    }

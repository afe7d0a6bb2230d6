"""Mappings laid over each other, and who wrote what.

Mappings merge, everything else replaces, null deletes. A draft remembers for each key the source
that wrote it last, so that a problem found after merging is blamed on the line that caused it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from overfit.spec.problems import Path, Problem, Source


class _Nowhere:
    def problem(self, path: Path, message: str) -> Problem:
        raise AssertionError("values without a source are not blamed")


@dataclass(slots=True)
class Writing:
    """Who wrote a value last, and who wrote what is below it."""

    layer: int
    source: Source
    path: Path
    below: dict[str, Writing] = field(default_factory=dict)

    def copy(self) -> Writing:
        """An independent copy."""
        below = {key: writing.copy() for key, writing in self.below.items()}
        return Writing(self.layer, self.source, self.path, below)


@dataclass
class Draft:
    """A mapping in the making."""

    home: Source
    """Where values that nobody wrote were to be written."""
    path: Path = ()
    """The path of the mapping in `home`."""
    values: dict[str, Any] = field(default_factory=dict)
    """What was laid; a null stands where there was nothing to delete."""
    _written: Writing = field(default_factory=lambda: Writing(-1, _Nowhere(), ()))
    _layers: int = 0

    def copy(self) -> Draft:
        """An independent copy, to lay different things over."""
        return Draft(self.home, self.path, _copy(self.values), self._written.copy(), self._layers)

    def lay(self, values: Mapping[str, Any], source: Source, path: Path) -> None:
        """Lay a mapping, which stands at `path` of `source`, over the draft."""
        self._layers += 1
        self._lay(self.values, self._written, values, source, path)

    def put(self, key: str, value: Any, source: Source, path: Path) -> None:
        """Set a dotted key to a value that stands at `path` of `source`."""
        self._layers += 1
        *above, last = key.split(".")
        target, written = self.values, self._written
        for step in above:
            if not isinstance(target.get(step), dict):
                target[step] = {}
                written.below[step] = Writing(self._layers, source, path)
            target, written = target[step], written.below[step]
        target[last] = value
        written.below[last] = Writing(self._layers, source, path)

    def problem(self, path: Path, message: str) -> Problem:
        """Blame whoever wrote the value at `path` of the mapping, or the nearest key above it."""
        written, rest = self._written, list(path)
        while rest and rest[0] in written.below:
            written = written.below[str(rest.pop(0))]
        if written is self._written:
            return self.home.problem((*self.path, *path), message)
        return written.source.problem((*written.path, *rest), message)

    def writing(self, path: Path) -> Writing:
        """Who wrote or deleted the value at `path` last; a layer of -1 if nobody did."""
        written = self._written
        for step in path:
            if step not in written.below:
                return Writing(-1, self.home, self.path)
            written = written.below[str(step)]
        return written

    def latest(self, paths: list[Path]) -> Path:
        """That of the paths which was written last; the first of them on a tie."""
        return max(paths, key=lambda path: self.writing(path).layer)

    def result(self) -> dict[str, Any]:
        """What came of it, without nulls."""
        return _without_nulls(self.values)

    def _lay(
        self,
        target: dict[str, Any],
        written: Writing,
        values: Mapping[str, Any],
        source: Source,
        at: Path,
    ) -> None:
        for key, value in values.items():
            where = (*at, key)
            if isinstance(value, Mapping):
                if not isinstance(target.get(key), dict):
                    target[key], below = {}, {}
                else:
                    below = written.below[key].below
                written.below[key] = Writing(self._layers, source, where, below)
                self._lay(target[key], written.below[key], value, source, where)
                continue
            written.below[key] = Writing(self._layers, source, where)
            if value is None and key in target:
                del target[key]
            else:
                target[key] = value


def merged(base: Mapping[str, Any], differences: Mapping[str, Any]) -> dict[str, Any]:
    """Differences over a base, both nested mappings; neither is changed."""
    draft = Draft(_Nowhere())
    draft.lay(base, _Nowhere(), ())
    draft.lay(differences, _Nowhere(), ())
    return draft.result()


def nested(values: Mapping[str, Any]) -> dict[str, Any]:
    """{"train.optimizer.lr": 0.1} as {"train": {"optimizer": {"lr": 0.1}}}."""
    draft = Draft(_Nowhere())
    for key, value in values.items():
        draft.put(key, value, _Nowhere(), ())
    return draft.values


def _copy(values: dict[str, Any]) -> dict[str, Any]:
    return {
        key: _copy(value) if isinstance(value, dict) else value for key, value in values.items()
    }


def _without_nulls(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: _without_nulls(value) if isinstance(value, Mapping) else value
        for key, value in values.items()
        if value is not None
    }

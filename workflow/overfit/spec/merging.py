"""Settings laid over each other, and who wrote what.

Mappings merge, everything else replaces, null deletes. A draft remembers for each key the source
that wrote it last, so that a problem found after merging is blamed on the line that caused it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from overfit.spec.problems import Path, Problem, Source


class _Origin(NamedTuple):
    order: int
    source: Source
    path: Path


@dataclass
class Draft:
    """Settings in the making."""

    home: Source
    """Where settings that nobody wrote were to be written."""
    path: Path = ()
    """The path of the settings in `home`."""
    values: dict[str, Any] = field(default_factory=dict)
    _origins: dict[Path, _Origin] = field(default_factory=dict)
    _layers: int = 0

    def copy(self) -> Draft:
        """An independent copy, to lay different things over."""
        return Draft(self.home, self.path, _copy(self.values), dict(self._origins), self._layers)

    def lay(self, values: Mapping[str, Any], source: Source, path: Path) -> None:
        """Lay a mapping, which stands at `path` of `source`, over the draft."""
        self._layers += 1
        self._lay(self.values, (), values, source, path)

    def put(self, key: str, value: Any, source: Source, path: Path) -> None:
        """Set a dotted key to a value that stands at `path` of `source`."""
        self._layers += 1
        target, here = self.values, tuple(key.split("."))
        for depth, step in enumerate(here[:-1], start=1):
            if not isinstance(target.get(step), dict):
                target[step] = {}
                self._remember(here[:depth], source, path)
            target = target[step]
        target[here[-1]] = _copy(value) if isinstance(value, dict) else value
        self._remember(here, source, path)

    def problem(self, path: Path, message: str) -> Problem:
        """Blame whoever wrote the value at `path` of the settings, or the nearest key above it."""
        written = path
        while written and written not in self._origins:
            written = written[:-1]
        if not written:
            return self.home.problem((*self.path, *path), message)
        origin = self._origins[written]
        return origin.source.problem((*origin.path, *path[len(written) :]), message)

    def latest(self, paths: list[Path]) -> Path:
        """That of the paths which was written last; the first of them on a tie."""
        return max(
            paths, key=lambda path: self._origins[path].order if path in self._origins else -1
        )

    def _lay(
        self,
        target: dict[str, Any],
        here: Path,
        values: Mapping[str, Any],
        source: Source,
        at: Path,
    ) -> None:
        for key, value in values.items():
            inner, where = (*here, key), (*at, key)
            if isinstance(value, Mapping):
                if not isinstance(target.get(key), dict):
                    target[key] = {}
                    self._remember(inner, source, where)
                self._origins[inner] = _Origin(self._layers, source, where)
                self._lay(target[key], inner, value, source, where)
                continue
            self._remember(inner, source, where)
            if value is None:
                target.pop(key, None)
            else:
                target[key] = value

    def _remember(self, here: Path, source: Source, path: Path) -> None:
        """The value at `here` is new: forget who wrote what was below the old one."""
        for old in [old for old in self._origins if old[: len(here)] == here]:
            del self._origins[old]
        self._origins[here] = _Origin(self._layers, source, path)


class _Nowhere:
    def problem(self, path: Path, message: str) -> Problem:
        raise AssertionError("values without a source are not blamed")


def merged(base: Mapping[str, Any], differences: Mapping[str, Any]) -> dict[str, Any]:
    """Differences over a base, both nested mappings; neither is changed."""
    draft = Draft(_Nowhere())
    draft.lay(base, _Nowhere(), ())
    draft.lay(differences, _Nowhere(), ())
    return draft.values


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
    return draft.values


def _copy(values: dict[str, Any]) -> dict[str, Any]:
    return {
        key: _copy(value) if isinstance(value, dict) else value for key, value in values.items()
    }

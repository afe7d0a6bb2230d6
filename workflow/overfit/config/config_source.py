"""Where a value of the merged configuration comes from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from overfit.config.problems import Path, Problem, dotted
from overfit.config.reading import Document


class ConfigSource:
    """Finds the configuration file, or the command line, that a value comes from."""

    def __init__(self, config: Mapping[str, Any], documents: Sequence[Document]) -> None:
        self._config = config
        self._documents = documents

    def problem(self, path: Path, message: str) -> Problem:
        """Blame the last file that says what the configuration says, else the command line."""
        written = path
        while written and not _get(self._config, written)[0]:
            written = written[:-1]
        value = _get(self._config, written)[1]
        for document in reversed(self._documents):
            found, said = _get(document.data, written)
            if found and (said == value or isinstance(value, Mapping)):
                return document.problem(path, message)
        return Problem("--config" if self._documents else "config", None, dotted(path), message)


def _get(data: Any, path: Path) -> tuple[bool, Any]:
    """Whether there is a value at the path, and the value."""
    for step in path:
        inside = isinstance(data, Mapping) and step in data
        inside = inside or (isinstance(data, list) and isinstance(step, int) and step < len(data))
        if not inside:
            return False, None
        data = data[step]
    return True, data

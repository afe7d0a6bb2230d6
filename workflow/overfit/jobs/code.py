"""The code that a job depends on: the contents of all files of the package that it can load.

Neither timestamps nor a manual list decide which results are stale. The files follow from the
imports, starting at the job's script, and the digest of their contents is a parameter of the job's
rule. Modules that are found in folders by name (parts, probes, figures) are not imported by name;
they belong to the jobs that use them.
"""

from __future__ import annotations

import ast
import hashlib
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from overfit.results import sha256

SOURCE = Path(__file__).parents[2]
"""The folder that contains the package and the scripts of the rules."""
PACKAGE = Path(__file__).parents[1]
_NAME = PACKAGE.name
_FOR_TYPES = re.compile(r"^if TYPE_CHECKING:\n(?:[ \t]+.*\n|\n)+", re.MULTILINE)
_DEFERRED = re.compile(rf'\bDeferred\("({_NAME}\.[\w.]+)"\)')
_IMPORT = re.compile(rf"^[ \t]*((?:from|import) +{_NAME}\b[^\n(]*(?:\([^)]*\))?)", re.MULTILINE)


def digest(entries: Iterable[Path], *told: Any) -> str:
    """A hash (16 hex digits) of the contents of all files that code can load, and of values.

    Args:
        entries: the files with which the code starts.
        told: the values, whose `repr` must be the same in each process.
    """
    found = hashlib.sha256(repr(told).encode())
    found.update(_contents(frozenset(entries)))
    return found.hexdigest()[:16]


@cache
def _contents(entries: frozenset[Path]) -> bytes:
    """A line with the name and the hash of each file that code can load."""
    return "".join(f"\n{file.name} {_sha256(file)}" for file in loadable(entries)).encode()


def loadable(entries: Iterable[Path]) -> list[Path]:
    """These files and all files of the package that they import, directly or indirectly, sorted.

    They include imports inside functions and deferred modules, but not those for type checkers.
    """
    found: set[Path] = set()
    waiting = list(entries)
    while waiting:
        file = waiting.pop()
        if file not in found:
            found.add(file)
            waiting += _imported(file)
    return sorted(found)


def files_behind(value: Any) -> set[Path]:
    """The files of the package that define the classes of nested values: unpickling loads them."""
    return {Path(file) for module in _modules(value) if (file := _file(module))}


def _modules(value: Any) -> Iterator[str]:
    if isinstance(value, BaseModel):
        yield type(value).__module__
        for _, inner in value:
            yield from _modules(inner)
    elif is_dataclass(value):
        yield type(value).__module__
        for field in fields(value):
            yield from _modules(getattr(value, field.name))
    elif isinstance(value, Mapping):
        yield from _modules(list(value.values()))
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _modules(inner)


def _file(module: str) -> str | None:
    return sys.modules[module].__file__ if module.split(".")[0] == _NAME else None


_sha256 = cache(sha256)


@cache
def _imported(file: Path) -> tuple[Path, ...]:
    """The files of the package that a file imports directly; those beside it if it is a user's."""
    if file.suffix != ".py":
        return ()
    text = _FOR_TYPES.sub("", file.read_text(encoding="utf-8"))
    names = {name for statement in _IMPORT.findall(text) for name in _names(statement)}
    names.update(_DEFERRED.findall(text))
    if file.is_relative_to(PACKAGE):
        names.add(".".join(file.relative_to(SOURCE).parent.parts))
    beside = () if file.is_relative_to(SOURCE) else _beside(file, text)
    return (*{module for name in sorted(names) for module in _run_by(name)}, *beside)


def _beside(file: Path, text: str) -> Iterator[Path]:
    """The files of a user's project that a file of it imports, from folders above it."""
    try:
        tree = ast.parse(text)
    except SyntaxError:  # which importing it tells
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            for name in _names(ast.unparse(node)):
                for folder in file.parents:
                    yield from _run_by(name, folder)


def _names(statement: str) -> Iterator[str]:
    """The dotted names that an import might load: of `from a import b`, `a` and `a.b`."""
    found = ast.parse(statement).body[0]
    if isinstance(found, ast.Import):
        yield from (alias.name for alias in found.names)
    elif isinstance(found, ast.ImportFrom):
        yield str(found.module)
        yield from (f"{found.module}.{alias.name}" for alias in found.names)


@cache
def _run_by(name: str, source: Path = SOURCE) -> tuple[Path, ...]:
    """The files that run when a module is imported: its file and those of its parent packages."""
    steps = name.split(".")
    bases = [source.joinpath(*steps[:count]) for count in range(1, len(steps) + 1)]
    packages = [base / "__init__.py" for base in bases]
    return tuple(filter(Path.is_file, [*packages, bases[-1].with_suffix(".py")]))

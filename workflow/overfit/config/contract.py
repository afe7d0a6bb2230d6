"""Finds the files of a folder, and refuses by name those that break the folder's contract.

Parts of a network, probes, kinds of figures and kinds of claims are such files: one file is one
thing, and built-in ones are found like yours. See docs/howto/extend.md.
"""

from __future__ import annotations

import pkgutil
import re
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import TypeVar

T = TypeVar("T")
_NAME = re.compile(r"[a-z][a-z0-9_]*")
MOVED = {
    "overfit.analysis": "overfit.metrics and overfit.claims",
    "overfit.quantities": "overfit.metrics.table",
    "overfit.spec": "overfit.config",
    "overfit.wording": "overfit.metrics.table",
}
"""The present names of modules of version 0.1, for files that import them."""


class ContractError(Exception):
    """A mistake in a file of such a folder: one line, with the file and, if known, the line."""

    def __init__(self, file: Path, mistake: str, line: int | None = None) -> None:
        place = "" if line is None else f":{line}"
        super().__init__(f"{_shown(file)}{place}: {mistake}")


def files(package: str) -> dict[str, Path]:
    """The files of a package by the name of their module, in the order of names; loads none.

    Args:
        package: the dotted name of the package, such as `overfit.claims.kinds`.

    Raises:
        ContractError: a name is not valid in both YAML and Python.
    """
    found = {}
    for folder in import_module(package).__path__:
        for module in pkgutil.iter_modules([folder]):
            inside = f"{module.name}/__init__.py" if module.ispkg else f"{module.name}.py"
            found[module.name] = Path(folder, inside)
            if not _NAME.fullmatch(module.name):
                mistake = "its name must be of lower-case letters, digits and underscores"
                raise ContractError(found[module.name], mistake)
    return dict(sorted(found.items()))


def modules(package: str) -> dict[str, ModuleType]:
    """All modules of a package by name, in the order of names.

    Raises:
        ContractError: a file has an impossible name or can't be imported.
    """
    return {name: load(f"{package}.{name}", file) for name, file in files(package).items()}


def classes(package: str, base: type[T]) -> dict[str, type[T]]:
    """The class that each module of a package defines, by the name of the module.

    Args:
        package: the dotted name of the package.
        base: what the classes are subclasses of. A module defines exactly one; helpers whose name
            begins with an underscore don't count.

    Raises:
        ContractError: a file can't be imported, or defines no such class, or several.
    """
    return {name: defined(module, base) for name, module in modules(package).items()}


def defined(module: ModuleType, base: type[T]) -> type[T]:
    """The one subclass of `base` that a module defines.

    Raises:
        ContractError: it defines none, or several.
    """
    found = {
        value.__name__: value
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, base)
        if value.__module__ == module.__name__ and not value.__name__.startswith("_")
    }
    if len(found) == 1:
        return next(iter(found.values()))
    file = Path(module.__file__ or module.__name__)
    if not found:
        raise ContractError(file, f"defines no {base.__name__}; write class NAME({base.__name__})")
    several = " and ".join(found)
    raise ContractError(file, f"defines {several}; write one {base.__name__} per file")


def load(module: str, file: Path) -> ModuleType:
    """Import a module that may be unfinished.

    Args:
        module: its dotted name.
        file: its path, for the error.

    Raises:
        ContractError: it can't be imported.
    """
    with blaming(file):
        return import_module(module)


def load_file(file: Path) -> ModuleType:
    """Import a file of the user's project. It can import others of its folder, as a script can.

    Args:
        file: its path, by which it is known; its module is named after it.

    Raises:
        ContractError: it can't be imported.
    """
    name = "file_" + re.sub(r"\W", "_", file.as_posix())
    file = Path.cwd() / file
    if str(file.parent) not in sys.path:
        sys.path.append(str(file.parent))
    if name not in sys.modules:
        with blaming(file):
            spec = spec_from_file_location(name, file)
            if spec is None or spec.loader is None:
                raise ContractError(file, "is not a Python file")
            module = sys.modules[name] = module_from_spec(spec)  # which dataclasses look for
            try:
                spec.loader.exec_module(module)
            except BaseException:
                del sys.modules[name]
                raise
    return sys.modules[name]


@contextmanager
def blaming(file: Path) -> Iterator[None]:
    """Turn every error inside into one line about the file, with the line number if it is known.

    Raises:
        ContractError: something has failed.
    """
    try:
        yield
    except ContractError:
        raise
    except SyntaxError as error:
        where = Path(error.filename) if error.filename else file
        raise ContractError(where, f"syntax error: {error.msg}", error.lineno) from error
    except Exception as error:
        frames = traceback.extract_tb(error.__traceback__)
        line = next((f.lineno for f in reversed(frames) if Path(f.filename) == file), None)
        what = " ".join(f"{type(error).__name__}: {error}".split())
        moved = MOVED.get(str(getattr(error, "name", "")))
        hint = f"; it is now {moved}" if moved else ""
        raise ContractError(file, f"can't be used: {what}{hint}", line) from error


def _shown(file: Path) -> Path:
    """The path relative to the working directory if the file is below it."""
    here = Path.cwd()
    return file.relative_to(here) if file.is_relative_to(here) else file

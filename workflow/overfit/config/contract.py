"""Files that are found in a folder, and refused by name if they break the folder's contract.

Parts of a network, probes and kinds of figures are such files; see docs/howto/extend.md.
"""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from types import ModuleType


class ContractError(Exception):
    """What a file lacks to be what its folder holds, or why it can't be used: one line."""

    def __init__(self, file: Path, mistake: str, line: int | None = None) -> None:
        place = "" if line is None else f":{line}"
        super().__init__(f"{_shown(file)}{place}: {mistake}")


def load(module: str, file: Path) -> ModuleType:
    """Import a module that somebody may just be writing.

    Args:
        module: its name.
        file: where it stands.

    Raises:
        ContractError: it can't be imported.
    """
    with blaming(file):
        return import_module(module)


@contextmanager
def blaming(file: Path) -> Iterator[None]:
    """Whatever fails inside, it is the file's mistake: one line, with the place if it is there.

    Raises:
        ContractError: something has failed.
    """
    try:
        yield
    except ContractError:
        raise
    except SyntaxError as error:
        where = Path(error.filename) if error.filename else file
        raise ContractError(where, f"no Python: {error.msg}", error.lineno) from error
    except Exception as error:
        frames = traceback.extract_tb(error.__traceback__)
        line = next((f.lineno for f in reversed(frames) if Path(f.filename) == file), None)
        what = " ".join(f"{type(error).__name__}: {error}".split())
        raise ContractError(file, f"can't be used: {what}", line) from error


def _shown(file: Path) -> Path:
    """The path from the folder that one stands in, if it leads down."""
    here = Path.cwd()
    return file.relative_to(here) if file.is_relative_to(here) else file

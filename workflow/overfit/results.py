"""Files that appear whole or not at all."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import re
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

TEMPORARY = re.compile(r"\..+\.\d+\.part(\.[^.]+)?")

NEARLY_FULL = 65536
"""So few bytes are free on a disk that a write has just filled."""


@contextmanager
def atomic(path: Path | str) -> Iterator[Path]:
    """Yield a temporary path beside `path`; rename it to `path` on success, remove it on failure.

    The temporary name keeps the suffix, since many writers choose their format by it. The content
    reaches the disk before the rename, so that a power cut leaves the old file or the new one. Two
    processes may write the same file at once, such as a job of a killed driver and one of the next:
    each has its own temporary file, and the last one wins. What a killed process left of the same
    file goes first.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    remove_left_behind(_temporaries(path))
    temporary = path.with_name(f".{path.stem}.{os.getpid()}.part{path.suffix}")
    try:
        with open(temporary, "wb") as owned:
            with suppress(OSError):  # a file system without locks: nobody removes anything
                fcntl.flock(owned, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield temporary
            os.fsync(owned.fileno())
            os.replace(temporary, path)
    except OSError as error:
        # NumPy only says how many bytes it could write.
        if error.errno is None and shutil.disk_usage(path.parent).free < NEARLY_FULL:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path)) from error
        raise
    finally:
        temporary.unlink(missing_ok=True)


def remove_left_behind(temporaries: Iterable[Path]) -> None:
    """Remove temporary files whose writers are gone: the lock of a killed process goes with it."""
    for temporary in temporaries:
        with suppress(OSError), open(temporary, "rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            temporary.unlink()


def temporaries_below(folder: Path) -> list[Path]:
    """All temporary files of `atomic` in a folder and its subfolders."""
    return [file for file in folder.rglob(".*.part*") if TEMPORARY.fullmatch(file.name)]


def _temporaries(path: Path) -> list[Path]:
    """The temporary files of `path`, whichever process wrote them."""
    name = re.compile(rf"\.{re.escape(path.stem)}\.\d+\.part{re.escape(path.suffix)}")
    return [file for file in path.parent.iterdir() if name.fullmatch(file.name)]


def write_text(path: Path | str, text: str) -> None:
    """Write UTF-8 text atomically, with newlines as they are on every platform."""
    with atomic(path) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="\n")


def write_json(path: Path | str, value: Any) -> None:
    """Write `value` atomically as indented JSON in the order of its keys."""
    write_text(path, json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False) + "\n")

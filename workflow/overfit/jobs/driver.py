"""The process that drives the workflow, and the lock that a killed driver leaves behind.

Snakemake locks its working directory, and the lock remains after SIGKILL or a power cut. The driver
records its process id; the next driver on the same machine releases the lock if that process has
ended. A lock whose owner is unknown, alive, or on another machine is left to Snakemake.

`python -m overfit.jobs.driver`, as `make` calls it, is `snakemake` with clear messages from the
first moment on.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

import psutil

from overfit.config.problems import ConfigurationError, Problem
from overfit.config.reading import check_readable
from overfit.data.cache import cache_folder, cache_mistake
from overfit.results import unwritable, write_json

RECORD = Path(".snakemake", "driver.json")
LOCKS = Path(".snakemake", "locks")


def record_driver(folder: Path) -> None:
    """Record that this process drives the workflow in `folder`."""
    process = psutil.Process()
    write_json(
        folder / RECORD,
        {"host": socket.gethostname(), "pid": os.getpid(), "started": process.create_time()},
    )


def before_locking(folder: Path) -> None:
    """Release a stale lock, and record this process unless another one holds the lock.

    Snakemake locks the folder some time before it calls `onstart`. A driver that was killed in
    between is known by this record. One that is running keeps its own.
    """
    release_stale_lock(folder)
    if not any((folder / LOCKS).glob("*")):
        with suppress(OSError):  # a folder that can't be written can't be locked either
            record_driver(folder)


def release_stale_lock(folder: Path) -> bool:
    """Remove the lock of `folder` if its driver ran on this machine and has ended.

    Returns:
        Whether there was such a lock.
    """
    locks = list((folder / LOCKS).glob("*"))
    if not locks:
        return False
    try:
        driver = json.loads((folder / RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    if driver["host"] != socket.gethostname() or _runs(driver["pid"], driver["started"]):
        return False
    for lock in locks:
        lock.unlink(missing_ok=True)
    return True


def check_writable(folder: Path) -> None:
    """Check that files can be created in `folder`, if it exists.

    Raises:
        ConfigurationError: they can't; the message has the reason.
    """
    if folder.is_dir() and (reason := unwritable(folder)):
        message = f"{reason}; mount it writable, or run as its owner"
        raise ConfigurationError([Problem(f"{folder}/ can't be written", None, "", message)])


def _runs(pid: int, started: float) -> bool:
    """Whether the process is running; its id may belong to another process by now."""
    try:
        process = psutil.Process(pid)
        return bool(
            abs(process.create_time() - started) < 1 and process.status() != psutil.STATUS_ZOMBIE
        )
    except psutil.NoSuchProcess:
        return False


def main(arguments: Sequence[str]) -> NoReturn:
    """Become Snakemake with these arguments, after a look at what it needs before the Snakefile.

    With a cache folder that can't be written, or a file of `--configfile` that can't be read, it
    would end in a traceback.
    """
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("--configfile", "--configfiles", nargs="+", default=[])
    given, _ = parser.parse_known_args(arguments)
    if mistake := _home_mistake() or cache_mistake(cache_folder("snakemake")):
        sys.exit(mistake)
    try:
        check_readable(given.configfile)
    except ConfigurationError as error:
        sys.exit(str(error))
    os.execv(sys.executable, [sys.executable, "-P", "-m", "snakemake", *arguments])  # noqa: S606


def _home_mistake() -> str | None:
    try:
        Path.home()
    except RuntimeError:
        return "HOME is not set; set it to a folder that can be written"
    return None


if __name__ == "__main__":
    main(sys.argv[1:])

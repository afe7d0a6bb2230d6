"""The process that drives the workflow, and the lock that a killed driver leaves behind.

Snakemake locks its working directory, and the lock remains after SIGKILL or a power cut. The driver
records its process id; the next driver on the same machine releases the lock if that process has
ended. A lock whose owner is unknown, alive, or on another machine is left to Snakemake.
"""

from __future__ import annotations

import json
import os
import socket
import sys
from contextlib import suppress
from pathlib import Path

import psutil

from overfit.config.problems import ConfigurationError, Problem
from overfit.results import cache_mistake, unwritable, write_json

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


if __name__ == "__main__":
    import pooch

    # Snakemake makes its cache folder before it reads the Snakefile, and ends in a traceback if it
    # can't. So `make` asks first.
    sys.exit(cache_mistake(pooch.os_cache("snakemake")))

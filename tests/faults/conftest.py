"""A small study that is killed, starved and fed garbage, and the same one left in peace."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from ..workflow.conftest import TABLES, TINY, Project, environment, small_copy, tiny

__all__ = ["tiny"]  # a fixture here, too

RUN = ("--cores", "2", *TINY)
AGAIN = (*TABLES, *RUN)
"""Makes what is compared."""

DRIVERS: list[subprocess.Popen[bytes]] = []
"""All that were started; asking one for its status takes it out of the table of processes."""


@pytest.fixture
def project(repository: Path, tmp_path: Path) -> Project:
    """A fresh copy for the smallest study, without results."""
    return small_copy(repository, tmp_path)


def made(project: Project) -> dict[str, bytes]:
    """The bytes of all tables, histories and their records, but for when training began."""
    results = project.folder / "results"
    found = {str(p.relative_to(results)): p.read_bytes() for p in results.glob("runs/*/*.par*")}
    trained = re.compile(rb',\n  "trained": "[^"]*"')
    return {**project.tables(), **{name: trained.sub(b"", of) for name, of in found.items()}}


def temporaries(project: Project) -> list[Path]:
    return list((project.folder / "results").rglob("*.part*"))


def start(project: Project, *arguments: str) -> subprocess.Popen[bytes]:
    """Start a driver in a process group of its own; its output goes to `driver.log`."""
    with open(project.folder / "driver.log", "wb") as log:
        driver = subprocess.Popen(
            project.command(*arguments, *RUN),
            cwd=project.folder,
            env=environment(),
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            # What a shell starts in the background ignores SIGINT, and so would its children.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )
    DRIVERS.append(driver)
    return driver


def printed(project: Project) -> str:
    return (project.folder / "driver.log").read_text(errors="replace")


def members(project: Project) -> list[psutil.Process]:
    """The living processes that work in the project's folder."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if process.cwd() == str(project.folder) and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
    return found


def wait_until_trained(project: Project, driver: subprocess.Popen[bytes], blocks: int = 1) -> None:
    deadline = time.monotonic() + 120
    while len(list(project.folder.glob("results/runs/*/*.parquet"))) < blocks:
        assert driver.poll() is None, printed(project)
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.fixture(autouse=True)
def nothing_lives_on(project: Project) -> Iterator[None]:
    """After each test no process works in the project's folder, and none is a zombie of ours.

    Nor is a temporary file left in the results.
    """
    yield
    deadline = time.monotonic() + 10
    while (left := members(project)) and time.monotonic() < deadline:
        time.sleep(0.1)
    for process in left:
        process.kill()
    for driver in DRIVERS:  # of a test that failed before it waited for its own
        driver.poll()
    zombies = [c for c in psutil.Process().children() if c.status() == psutil.STATUS_ZOMBIE]
    assert not left
    assert not zombies
    assert not list(project.folder.rglob("results/**/*.part*"))


def kill_group(driver: subprocess.Popen[bytes], number: int = signal.SIGKILL) -> None:
    with suppress(ProcessLookupError):
        os.killpg(driver.pid, number)

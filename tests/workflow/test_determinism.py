"""The same bytes, whatever the number of cores, and after having been killed."""

import os
import signal
import subprocess
import time

import pytest

from .conftest import SMOKE, environment

pytestmark = pytest.mark.xdist_group("smoke")


def test_one_core_gives_the_same_bytes_as_two(smoke, project):
    project.run("--cores", "1", *SMOKE)
    assert len(project.tables()) == 15
    assert project.tables() == smoke.tables()


def test_a_killed_run_completes_with_the_same_bytes(smoke, project):
    """SIGKILL to the whole process group in the middle of training; then simply start again."""
    driver = subprocess.Popen(
        project.command("--cores", "2", *SMOKE),
        cwd=project.folder,
        env=environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    trained = 0
    deadline = time.monotonic() + 300
    while trained < 5 and time.monotonic() < deadline:
        assert driver.poll() is None
        trained = len(list((project.folder / "results/runs").glob("*/*.parquet")))
        time.sleep(0.02)
    os.killpg(driver.pid, signal.SIGKILL)
    driver.wait()
    assert trained >= 5
    assert not (project.folder / "results/report.html").exists()
    project.run("--cores", "2", *SMOKE)
    assert project.tables() == smoke.tables()
    assert not list((project.folder / "results").rglob("*.part*"))

"""Stopping, and starting twice."""

import shutil
import signal
import sys
import time

import psutil
import pytest

from .conftest import AGAIN, kill_group, made, printed, start, temporaries, wait_until_trained

pytestmark = [pytest.mark.faults, pytest.mark.xdist_group("faults")]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["SIGINT", "SIGTERM"])
def test_it_stops_within_10_s_and_leaves_nothing_half_written(tiny, project, number):
    driver = start(project)
    wait_until_trained(project, driver)
    began = time.monotonic()
    kill_group(driver, number)
    assert driver.wait(timeout=60) != 0
    assert time.monotonic() - began < 10
    assert not temporaries(project)
    there, whole = made(project), made(tiny)
    assert there.items() <= whole.items()
    project.run(*AGAIN)
    assert made(project) == whole


def test_a_second_snakemake_is_refused_and_the_first_goes_on(tiny, project):
    driver = start(project)
    wait_until_trained(project, driver)
    refused = project.run(*AGAIN, ok=False)
    assert "LockException" in refused
    assert "Directory cannot be locked" in refused
    assert driver.wait(timeout=120) == 0, printed(project)
    assert made(project) == made(tiny)


def test_a_results_folder_that_vanishes_is_made_again(tiny, project):
    driver = start(project)
    wait_until_trained(project, driver)
    # At once: a job that still writes could fill a folder that is removed file by file.
    gone = (project.folder / "results").rename(project.folder / "gone")
    assert driver.wait(timeout=120) == 1
    shutil.rmtree(gone)
    project.run(*AGAIN)
    assert made(project) == made(tiny)


@pytest.mark.skipif(sys.platform != "linux", reason="jobs are forked on Linux")
def test_without_the_process_that_forks_jobs_the_run_completes(tiny, project):
    driver = start(project)
    wait_until_trained(project, driver)
    (server,) = psutil.Process(driver.pid).children()
    assert "overfit.jobs.server" in server.cmdline()
    server.kill()
    assert driver.wait(timeout=120) == 0, printed(project)
    assert made(project) == made(tiny)

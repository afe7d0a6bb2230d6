"""SIGKILL at random moments, to one process or to all: a rerun completes, to the same bytes."""

import os
import random
import shutil
import time
from contextlib import suppress

import psutil
import pytest

from .conftest import RUN, kill_group, made, members, start, temporaries

pytestmark = [pytest.mark.faults, pytest.mark.xdist_group("faults")]

KILLS = int(os.getenv("OVERFIT_KILLS", "20"))
IN_A_ROW = 5
"""So many kills, then the workflow may finish, is compared, and begins anew."""


@pytest.mark.parametrize("life", range(-(-KILLS // IN_A_ROW)))
def test_whatever_is_killed_a_rerun_completes_with_the_same_bytes(life, tiny, project):
    chance = random.Random(life)  # noqa: S311
    killed = []
    while len(killed) < IN_A_ROW:
        driver = start(project)
        time.sleep(chance.uniform(0.5, 6))
        if driver.poll() is None:
            killed.append(kill_some(driver, chance))
        else:  # finished before it could be killed: from the beginning
            shutil.rmtree(project.folder / "results")
        driver.wait(timeout=120)
        if chance.random() < 0.5:  # else jobs of the dead driver live on beside the next one
            wait_until_alone(project)
    project.run(*RUN)
    assert made(project) == made(tiny), killed
    assert not temporaries(project), killed
    assert "Nothing to be done" in project.run(*RUN), killed


def kill_some(driver, chance):
    """SIGKILL to all processes or to one of them; says to which."""
    if chance.random() < 0.4:
        kill_group(driver)
        return "all"
    with suppress(psutil.Error):  # one that ended by itself meanwhile
        root = psutil.Process(driver.pid)
        victim = chance.choice([root, *root.children(recursive=True)])
        victim.kill()
        return " ".join(victim.cmdline()[-1:])
    return "gone"


def wait_until_alone(project):
    deadline = time.monotonic() + 20
    while members(project) and time.monotonic() < deadline:
        time.sleep(0.05)

"""Tests that share an expensive fixture run in one worker, which makes it once."""

import os
import subprocess
import sys

SHARED = """\
import pytest

@pytest.fixture(scope="session")
def expensive():
    with open("made", "a") as file:
        file.write("once ")

@pytest.mark.xdist_group("shared")
@pytest.mark.parametrize("number", range(8))
def test_shared(expensive, number):
    pass
"""


def test_a_group_runs_in_one_worker(tmp_path):
    """Some versions of pytest and pytest-xdist don't go together: each worker made the fixture."""
    (tmp_path / "test_shared.py").write_text(SHARED)
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers = xdist_group\n")
    command = [sys.executable, "-m", "pytest", "-q", "-n", "2", "--dist", "loadgroup"]
    kept = {name: v for name, v in os.environ.items() if not name.startswith("PYTEST")}
    subprocess.run(command, cwd=tmp_path, env=kept, check=True, stdout=subprocess.DEVNULL)
    assert (tmp_path / "made").read_text() == "once "

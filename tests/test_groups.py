"""Tests that share an expensive fixture run in one worker, which makes it once."""

import os
import re
import subprocess
import sys

import pytest

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


def test_a_group_runs_in_one_worker(repository, tmp_path):
    """Some versions of pytest and pytest-xdist don't go together: each worker made the fixture."""
    (tmp_path / "test_shared.py").write_text(SHARED)
    settings = [
        "-c",
        repository / "pyproject.toml",
        "--rootdir",
        tmp_path,
        "-p",
        "no:cacheprovider",
    ]
    command = [sys.executable, "-m", "pytest", "-v", "-n", "2", *settings, tmp_path]
    kept = {name: v for name, v in os.environ.items() if not name.startswith("PYTEST")}
    done = subprocess.run(
        command, cwd=tmp_path, env=kept, check=True, capture_output=True, text=True
    )
    workers = re.findall(r"^\[(gw\d)\].* PASSED .*::test_shared\[\d\]@shared", done.stdout, re.M)
    assert len(workers) == 8
    assert len(set(workers)) == 1
    assert (tmp_path / "made").read_text() == "once "


SPENDS = """\
import subprocess, sys, time
if sys.argv[1:]:
    subprocess.Popen([sys.executable, "-c", sys.argv[1]])  # and ends before it
else:
    while time.process_time() < 0.3:
        pass
"""


@pytest.mark.skipif(sys.platform != "linux", reason="orphans are found on Linux")
@pytest.mark.parametrize(("allowed", "status"), [("0.2", 1), ("100", 0)])
def test_the_cpu_time_of_processes_without_a_parent_is_counted(repository, allowed, status):
    command = [sys.executable, repository / "tests/cpu.py", allowed]
    command += [sys.executable, "-c", SPENDS, SPENDS]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == status, done.stderr
    assert float(done.stdout.split()[0]) >= 0.3


def test_a_command_that_fails_fails_within_its_cpu_time(repository):
    command = [sys.executable, repository / "tests/cpu.py", "inf", "false"]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 1

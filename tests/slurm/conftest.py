"""A real Slurm on this machine, and the same study trained without it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from ..workflow.conftest import TINY, Project, environment, small_copy, tiny

__all__ = ["TINY", "tiny"]  # a fixture here, too

HERE = Path(__file__).parent
NEEDED = ("munged", "slurmctld", "slurmd", "sbatch", "setpriv", "qsub")


@dataclass(frozen=True)
class Job:
    """A row of Slurm's queue, finished jobs included."""

    id: str
    state: str
    memory: str
    nodes: str
    comment: str


@dataclass(frozen=True)
class Slurm:
    """The cluster of `tests/slurm/up`."""

    folder: Path

    def up(self) -> None:
        subprocess.run([HERE / "up", self.folder], check=True)

    def down(self) -> None:
        subprocess.run([HERE / "down", self.folder], check=True)

    def kill_node(self, node: str) -> None:
        """SIGKILL to a node's slurmd."""
        pid = (self.folder / "pids" / f"slurmd-{node}").read_text().split()[0]
        os.kill(int(pid), signal.SIGKILL)

    def jobs(self, project: Project) -> list[Job]:
        """The jobs that were submitted from a project, oldest first."""
        listed = subprocess.run(
            ["squeue", "--states=all", "--noheader", "--sort=i", "--format=%i|%T|%m|%N|%k|%Z"],
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        rows = [line.split("|") for line in listed.splitlines()]
        return [Job(*row[:5]) for row in rows if row[5] == str(project.folder)]

    def running(self, project: Project) -> list[Job]:
        return [job for job in self.jobs(project) if job.state == "RUNNING"]


@pytest.fixture
def project(repository: Path, tmp_path: Path) -> Project:
    """A fresh copy for the smallest study, without results."""
    return small_copy(repository, tmp_path)


@pytest.fixture(scope="session")
def slurm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Slurm]:
    path = f"{os.environ['PATH']}:/usr/sbin"
    missing = [name for name in NEEDED if shutil.which(name, path=path) is None]
    if os.getuid() != 0 or missing:
        reason = f"Slurm's daemons need root, and {', '.join(missing) or 'nothing else'}"
        reason += " (apt-get install slurm-wlm slurm-wlm-torque munge)"
        if os.getenv("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    # Not in pytest's own folder, which only root may enter: munged runs as another user.
    cluster = Slurm(Path(tempfile.mkdtemp(prefix="overfit-slurm-")))
    cluster.up()
    yield cluster
    cluster.down()
    shutil.rmtree(cluster.folder)


def tables(project: Project) -> dict[str, bytes]:
    return {**project.tables(), **histories(project)}


def histories(project: Project) -> dict[str, bytes]:
    results = project.folder / "results"
    return {str(p.relative_to(results)): p.read_bytes() for p in results.glob("runs/*/*.parquet")}


def start(project: Project, *arguments: str, profile: str = "slurm") -> subprocess.Popen[str]:
    """Start a driver whose jobs go to Slurm; its output goes to `driver.log`."""
    with open(project.folder / "driver.log", "a") as log:
        return subprocess.Popen(
            project.command(*arguments, "--workflow-profile", f"profiles/{profile}", *TINY),
            cwd=project.folder,
            env=environment(),
            stdout=log,
            stderr=subprocess.STDOUT,
            text=True,
        )


def printed(project: Project) -> str:
    return (project.folder / "driver.log").read_text()


def wait_for(condition: Callable[[], object], seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.2)


@pytest.fixture(scope="session")
def wanted(tiny: Project) -> list[str]:
    """The first block of each run, as targets: two jobs."""
    return sorted(f"results/{path}" for path in histories(tiny) if "0000-0001" in path)

"""The same bytes, whatever the number of cores, and after having been killed."""

import os
import platform
import signal
import subprocess
import time

import pandas as pd
import pytest

from overfit import verify

from .conftest import SMOKE, TINY, copy_checkout, environment

pytestmark = pytest.mark.xdist_group("smoke")


def test_one_core_gives_the_same_bytes_as_two(smoke, project):
    project.run("--cores", "1", *SMOKE)
    assert len(project.tables()) == 9  # of four experiments two each, and all claims
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


@pytest.mark.parametrize(("cores", "seeds_per_job"), [(1, 1), (4, 3), (2, 10)])
def test_cores_and_the_size_of_blocks_change_no_byte(tiny, project, cores, seeds_per_job):
    project.run("--config", f"seeds_per_job={seeds_per_job}", "--cores", str(cores), *TINY)
    assert project.tables() == tiny.tables()


def test_the_order_of_experiments_changes_no_byte(tiny, project, repository, tmp_path):
    """In two clones, in different folders."""
    other = copy_checkout(repository, tmp_path / "deeper" / "folder")
    project.run("--config", "experiments=[weight_decay,overfit]", "--cores", "2", *TINY)
    other.run("--config", "experiments=[overfit,weight_decay]", "--cores", "2", *TINY)
    assert project.tables() == other.tables()
    assert len(project.tables()) == 5
    alone = "experiments/weight_decay/summary.csv"
    assert project.tables()[alone] == tiny.tables()[alone]


@pytest.mark.skipif(platform.machine() != "x86_64", reason="OpenBLAS has other kernels here")
def test_another_blas_kernel_gives_nearly_the_same_and_the_report_names_it(tiny, project):
    """Tolerances of `overfit.verify`, at the smallest settings."""
    project.run("--config", "blas_kernel=Nehalem", "--cores", "2", *TINY)
    for path in tiny.folder.glob("results/runs/*/*.parquet"):
        one = pd.read_parquet(path)
        two = pd.read_parquet(project.folder / path.relative_to(tiny.folder))
        assert (one["update"] == two["update"]).all()
        assert two["loss"].to_numpy() == pytest.approx(one["loss"].to_numpy(), rel=verify.LOSS)
        assert (two["accuracy"] - one["accuracy"]).abs().max() <= verify.ACCURACY
    page = (project.folder / "results/report.html").read_text()
    assert "kernel: Nehalem" in page

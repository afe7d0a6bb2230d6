"""The same bytes, whatever the number of cores, and after having been killed."""

import json
import os
import platform
import signal
import subprocess
import sys
import time

import pandas as pd
import pytest
import yaml

from overfit.jobs import remaking

from .conftest import SMOKE, STUDIED, TABLES, TINY, environment, small_copy

SMALL = pytest.mark.xdist_group("tiny")


@pytest.mark.xdist_group("smoke")
def test_one_core_gives_the_same_bytes_as_two(smoke, project):
    """With searches of both kinds, and with runs that record probes."""
    names = [name for name in smoke.tables() if "search_book" in name or "l1_sparsity" in name]
    project.run(*(f"results/{name}" for name in names), "--cores", "1", *SMOKE)
    found = project.tables()
    assert sorted(found) == sorted(names)
    assert len(names) == 4
    assert found == {name: smoke.tables()[name] for name in names}


@SMALL
def test_a_killed_run_completes_with_the_same_bytes(tiny, small):
    """SIGKILL to the whole process group in the middle of training; then simply start again."""
    driver = subprocess.Popen(
        small.command("--cores", "1", *TINY),
        cwd=small.folder,
        env=environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    trained = 0
    deadline = time.monotonic() + 300
    while trained < 2 and time.monotonic() < deadline:
        assert driver.poll() is None
        trained = len(list((small.folder / "results/runs").glob("*/*.parquet")))
        time.sleep(0.02)
    os.killpg(driver.pid, signal.SIGKILL)
    driver.wait()
    assert 2 <= trained < 4
    assert not (small.folder / "results/report.html").exists()
    small.run(*TABLES, "--cores", "2", *TINY)
    assert small.tables() == tiny.tables()
    assert not list((small.folder / "results").rglob("*.part*"))


@SMALL
def test_without_snakemake_an_experiment_gives_the_same_bytes(tiny, repository, tmp_path):
    """In a process of its own, as the choice of the BLAS kernel comes before NumPy."""
    tests = yaml.safe_load((repository / "tests/tiny.yaml").read_text())
    (name,) = tests["experiments"]
    code = (
        "import overfit\n"
        f"overfit.run({name!r}, seeds={tests['seeds']}, override={tests['override']!r}, "
        f"folder={str(tmp_path)!r})"
    )
    package = {"PYTHONPATH": str(tiny.folder / "workflow")}
    subprocess.run([sys.executable, "-c", code], env=environment() | package, check=True)
    metrics = f"results/experiments/{name}/metrics.csv"
    assert (tmp_path / metrics).read_bytes() == (tiny.folder / metrics).read_bytes()


@SMALL
def test_the_order_of_experiments_changes_no_byte(tiny, small, repository, tmp_path):
    """In two clones, in different folders."""
    other = small_copy(repository, tmp_path / "deeper" / "folder")
    wanted = (*TABLES, "results/experiments/overfit/summary.csv")
    order = "experiments=[{},{}]"
    first, second = STUDIED
    small.run(*wanted, "--config", order.format(second, first), "--cores", "2", *TINY)
    other.run(*wanted, "--config", order.format(first, second), "--cores", "2", *TINY)
    assert small.tables() == other.tables()
    assert len(small.tables()) == 5
    alone = "experiments/pair/summary.csv"
    assert small.tables()[alone] == tiny.tables()[alone]


@SMALL
@pytest.mark.skipif(platform.machine() != "x86_64", reason="OpenBLAS has other kernels here")
def test_another_blas_kernel_gives_nearly_the_same_and_the_provenance_names_it(tiny, small):
    """Tolerances of `overfit.jobs.remaking`, at the smallest settings."""
    made = "results/provenance.json"
    small.run(made, "--config", "blas_kernel=Nehalem", "--cores", "2", *TINY)
    for path in tiny.folder.glob("results/runs/*/*.parquet"):
        one = pd.read_parquet(path)
        two = pd.read_parquet(small.folder / path.relative_to(tiny.folder))
        assert (one["update"] == two["update"]).all()
        assert two["loss"].to_numpy() == pytest.approx(one["loss"].to_numpy(), rel=remaking.LOSS)
        assert (two["accuracy"] - one["accuracy"]).abs().max() <= remaking.ACCURACY
    [environment] = json.loads((small.folder / made).read_text())["training"]
    assert environment["kernel"] == "Nehalem"

"""Altered files, clocks that jump, and numbers that are none."""

import os
import time

import pandas as pd
import pytest

from .conftest import RUN, made, temporaries

pytestmark = [pytest.mark.faults, pytest.mark.xdist_group("faults")]


def altered(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)


def truncated(path):
    path.write_bytes(path.read_bytes()[:-20])


@pytest.mark.parametrize("damage", [altered, truncated])
@pytest.mark.parametrize(
    "kind", ["runs/*/0000-0001.parquet", "subsets/*/*1.npz", "datasets/*/images.npy"]
)
def test_a_damaged_file_is_named_and_made_again_once_deleted(tiny, project, kind, damage):
    project.run(*RUN)
    path = sorted(project.folder.glob(f"results/{kind}"))[0]
    damage(path)
    refused = project.run(*RUN, ok=False)
    assert f"{path.relative_to(project.folder)} is damaged" in refused
    assert "delete it and run again" in refused
    path.unlink()
    project.run(*RUN)
    assert made(project) == made(tiny)


def test_a_clock_that_jumps_back_costs_work_and_no_numbers(tiny, project):
    """What was made before the jump then comes from the future."""
    project.run("results/claims.csv", *RUN)
    future = time.time() + 3600
    for path in project.folder.rglob("*"):
        if path.is_file() and ".snakemake" not in path.parts:
            os.utime(path, (future, future))
    project.run(*RUN)
    assert made(project) == made(tiny)
    assert not temporaries(project)


def test_a_run_that_diverges_is_a_result(project):
    overlay = project.folder / "tests/tiny.yaml"
    overlay.write_text(
        overlay.read_text().replace("epochs: 4", "epochs: 4, optimizer: {lr: 1.0e+4}")
    )
    project.run(*RUN)
    history = pd.concat(map(pd.read_parquet, project.folder.glob("results/runs/*/*.parquet")))
    assert history["diverged"].any()
    assert history["loss"].isna().any()
    summary = pd.read_csv(project.folder / "results/experiments/weight_decay/summary.csv")
    assert (summary["diverged"] > 0).any()
    assert "diverged" in (project.folder / "results/report.html").read_text()

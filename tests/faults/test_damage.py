"""Altered files, clocks that jump, and numbers that are none."""

import os
import shutil
import time

import pandas as pd
import pytest

from ..workflow.conftest import Project
from .conftest import AGAIN, RUN, made, temporaries

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
def test_a_damaged_file_is_named_and_made_again_once_deleted(tiny, tmp_path, kind, damage):
    project = Project(tmp_path / "finished")
    shutil.copytree(tiny.folder, project.folder)  # keeps modification times
    path = sorted(project.folder.glob(f"results/{kind}"))[0]
    damage(path)
    refused = project.run(*AGAIN, ok=False)
    shown = path.relative_to(project.folder)
    assert f"{shown} is damaged" in refused or f"{shown.parent} is damaged" in refused
    assert f"make it again: rm -r {shown} && snakemake" in refused
    path.unlink()
    # The jobs that refused it have lost their histories, which the tables alone don't ask for.
    project.run(*(f"results/{name}" for name in made(tiny)), *RUN)
    assert made(project) == made(tiny)


def test_a_clock_that_jumped_back_is_named_and_costs_no_numbers(tiny, project):
    """What was made before the jump then comes from the future."""
    project.run("results/experiments/pair/metrics.csv", *RUN)
    now = time.time()
    touched(project, now + 3600)
    refused = project.run(*AGAIN, ok=False)
    assert "clock skew" in refused
    touched(project, now)
    project.run(*AGAIN)
    assert made(project) == made(tiny)
    assert not temporaries(project)


def touched(project, when):
    """As `find . -newermt now -exec touch {} +` does it, where `when` is now."""
    for path in project.folder.rglob("*"):
        if path.is_file() and ".snakemake" not in path.parts:
            os.utime(path, (when, when))


def test_a_run_that_diverges_is_a_result(project):
    overlay = project.folder / "tests/tiny.yaml"
    overlay.write_text(overlay.read_text().replace("epochs: 4", "epochs: 4, optimizer: {lr: 1000}"))
    project.run(*RUN)
    history = pd.concat(map(pd.read_parquet, project.folder.glob("results/runs/*/*.parquet")))
    assert history["diverged"].any()
    assert history["loss"].isna().any()
    summary = pd.read_csv(project.folder / "results/experiments/pair/summary.csv")
    assert (summary["diverged"] > 0).any()
    assert "diverged" in (project.folder / "results/report.html").read_text()

"""A search for each seed, from the file to the verdict, and what more seeds make anew."""

import subprocess
import sys

import pyarrow.parquet as pq
import yaml

from .conftest import environment

TUNED = """
title: Tuned
question: Does tuning help?
base: {train: {optimizer: {lr: 0.02}}}
variants:
  default: {}
  tuned:
    search:
      space:
        train.optimizer.lr: {log_uniform: [1.0e-3, 1.0]}
        model.width: {int: [10, 12]}
      method: random
      trials: 3
      objective: {maximize: validation_accuracy}
seeds: 5
claims:
  - id: tuning-helps
    says: Tuning helps.
    test: {difference: test_accuracy, of: tuned, minus: default, expect: above, margin: 0.02}
"""
ASKED = ("--configfile", "config/config.yaml", "tests/tiny.yaml", "--config", "experiments=[tuned]")


def test_more_seeds_are_more_searches_and_nothing_is_trained_again(small):
    (small.folder / "config/experiments/tuned.yaml").write_text(TUNED)
    small.run("--cores", "2", *ASKED, "seeds=3")
    histories = small.folder.glob("results/runs/*-searched-*/*.parquet")
    first, _ = sorted(histories)
    found = yaml.safe_load(pq.read_metadata(first).metadata[b"found"])
    assert list(found) == [0, 1]
    assert len({one["train"]["optimizer"]["lr"] for one in found.values()}) == 2

    there = {
        path: path.read_bytes() for path in small.folder.glob("results/[rs][ue][na]*/*/*/*.parquet")
    }
    there |= {path: path.read_bytes() for path in small.folder.glob("results/runs/*/*.parquet")}
    planned = small.planned(*ASKED, "seeds=5")
    assert (planned["search_trials"], planned["search_best"], planned["train"]) == (2, 2, 4)
    small.run("--cores", "2", *ASKED, "seeds=5")
    assert all(path.read_bytes() == bytes_ for path, bytes_ in there.items())
    assert "Nothing to be done" in small.run("-n", *ASKED, "seeds=5")
    verified = subprocess.run(
        [sys.executable, "-m", "overfit.jobs.verify", "--blocks", "all"],
        cwd=small.folder,
        env=environment() | {"PYTHONPATH": str(small.folder / "workflow")},
        capture_output=True,
        text=True,
    )
    assert verified.returncode == 0, verified.stdout + verified.stderr
    assert verified.stdout.count("the same bits") == 4 + 8

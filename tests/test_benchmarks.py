"""The benchmarks keep up with the package that they time."""

from dataclasses import replace

import numpy as np
import pytest
from benchmarks.idle import Job, idle_seconds, kinds
from benchmarks.peers import behind
from benchmarks.systems import overfit
from benchmarks.works import WORKS


@pytest.mark.parametrize("name", WORKS)
def test_the_core_does_every_work_in_small(name):
    work = WORKS[name]
    small = replace(work, replicates=2, epochs=1, evaluate=min(work.evaluate, 100))
    assert overfit.prepare(small)() is None


def test_works_in_which_a_peer_is_faster_are_listed_the_fastest_peer_first():
    ratios = {
        "overfit": 1.0,
        "matmul": 0.5,
        "torch_eager": 1.2,
        "jax_vmap": 0.96,
        "sklearn_mlp": 0.9,
    }
    records = [{"work": "W1", "system": name, "ratio": ratio} for name, ratio in ratios.items()]
    assert [line.split() for line in behind(records)] == [
        ["W1", "sklearn_mlp", "takes", "0.90", "of", "our", "time"],
        ["W1", "jax_vmap", "takes", "0.96", "of", "our", "time"],
    ]


def test_idle_time_is_that_of_cores_without_a_job():
    jobs = [Job("train", 0, 10), Job("train", 2, 6), Job("figure", 6, 8)]
    assert idle_seconds(jobs, 2, 0, 10) == 2 + 2  # one core from 0 to 2 and from 8 to 10
    assert idle_seconds(jobs, 2, 10, 13) == 6
    table = "\n".join(kinds(jobs, 2, 13))
    assert "| train | 2 | 14.0 | 53.8% |" in table
    assert "| idle or not recorded, while networks trained | | 4.0 | 15.4% |" in table
    assert "| idle or not recorded, after the last network | | 6.0 | 23.1% |" in table


def test_digits_are_of_all_classes_and_have_pixels_that_are_0_in_every_image():
    images, labels = WORKS["W1-digits"].data()
    assert images.shape == (8, 300, 784)
    assert set(labels.ravel()) == set(range(10))
    assert images.max() == 1
    assert (images == 0).all(axis=(0, 1)).sum() > 100
    assert np.bincount(WORKS["W6"].pixels()[1][:400]).tolist() == [40] * 10

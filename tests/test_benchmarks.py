"""The benchmarks keep up with the package that they time."""

from dataclasses import replace

import pytest
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

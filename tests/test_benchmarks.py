"""The benchmarks keep up with the package that they time."""

from dataclasses import replace

import pytest
from benchmarks.systems import overfit
from benchmarks.works import WORKS


@pytest.mark.parametrize("name", WORKS)
def test_the_core_does_every_work_in_small(name):
    work = WORKS[name]
    small = replace(work, replicates=2, epochs=1, evaluate=min(work.evaluate, 100))
    assert overfit.prepare(small)() is None

"""Gradient clipping: the norm of each replicate's whole gradient, penalties included."""

import numpy as np
import pytest

from overfit import nn
from overfit.training.stack import Stack
from tests.training.problems import replicates

NETWORK = nn.mlp(64, [8], 10)
BATCHES = np.arange(40).reshape(2, 20)
LR = 0.5


def step(clip, penalties=()):
    """How far one step of plain SGD goes, divided by lr: the gradient."""
    members = replicates([1, 2], optimizer=nn.SGD(LR), penalties=penalties)
    stack = Stack(NETWORK, members, 10, [np.random.default_rng(r) for r in (1, 2)], clip=clip)
    before = stack.parameters.flat.copy()
    stack.update(BATCHES)
    return (before - stack.parameters.flat) / LR


@pytest.mark.parametrize("penalties", [(), (nn.L2(3.0),)], ids=["plain", "l2"])
def test_longer_gradients_are_scaled_to_the_limit(penalties):
    free = step(None, penalties)
    norms = np.linalg.norm(free, axis=1)
    limit = float(norms.mean())  # between the two
    clipped = step(limit, penalties)
    for r in (0, 1):
        factor = min(1.0, limit / norms[r])
        np.testing.assert_allclose(clipped[r], factor * free[r], atol=2e-6 * norms[r])
    assert np.linalg.norm(clipped, axis=1).max() <= limit * (1 + 1e-5)


def test_a_limit_that_no_gradient_reaches_changes_nothing():
    np.testing.assert_array_equal(step(1e6), step(None))

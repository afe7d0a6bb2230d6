"""Expected improvement, and the cube that the Gaussian process lives on."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, stats

from overfit.search.cube import Cube
from overfit.search.gp import expected_improvement
from overfit.search.one_round import Random
from tests.search.spaces import MIXED, is_in_space


@given(st.floats(-3, 3), st.floats(0.01, 3), st.floats(-3, 3))
def test_expected_improvement_is_the_mean_of_the_improvement(mean, deviation, best):
    """By numerical integration of max(best - y, 0) over the normal density."""
    density = stats.norm(mean, deviation).pdf
    wanted, _ = integrate.quad(lambda y: (best - y) * density(y), mean - 10 * deviation, best)
    if best < mean - 10 * deviation:
        wanted = 0.0
    found = expected_improvement(np.array([mean]), np.array([deviation]), best)
    assert found[0] == pytest.approx(wanted, abs=1e-6)


def test_without_deviation_the_improvement_is_certain():
    found = expected_improvement(np.array([1.0, 3.0]), np.zeros(2), 2.0)
    assert found.tolist() == [1.0, 0.0]


def test_expected_improvement_grows_with_the_deviation_and_falls_with_the_mean():
    rising = expected_improvement(np.zeros(20), np.linspace(0.01, 2, 20), 0.0)
    falling = expected_improvement(np.linspace(-2, 2, 20), np.ones(20), 0.0)
    assert (np.diff(rising) > 0).all()
    assert (np.diff(falling) < 0).all()


@given(st.integers(0, 2**32 - 1))
def test_points_of_the_cube_are_values_and_back(seed):
    space = Cube(MIXED)
    point = np.random.default_rng(seed).random(space.size)
    values = space.values(point)
    assert is_in_space(values)
    back = space.values(space.point(values))
    assert set(back) == set(values)
    for key, value in values.items():
        assert back[key] == pytest.approx(value) if isinstance(value, float) else back[key] == value


def test_a_choice_is_a_feature_for_each_value_and_other_keys_are_one():
    space = Cube(MIXED)
    values = Random(MIXED, 200, 0).draw()
    features = space.features(np.array([space.point(one) for one in values]))
    # lr, rate, depth, width, momentum; norm 2, optimizer 3, nesterov 2
    assert features.shape == (200, 12)
    for one, row in zip(values, features, strict=True):
        active = 1 + 1 + ("nesterov" in one)  # norm, optimizer, nesterov
        named = dict(zip(_names(space), row, strict=True))
        chosen = [value for name, value in named.items() if "=" in name]
        assert sorted(chosen)[-active:] == [1.0] * active
        assert sum(chosen) == active
        if "momentum" not in one:
            assert named["momentum"] == 0.5
        assert named["lr"] == pytest.approx((np.log10(one["lr"]) + 6) / 4)
        assert named["depth"] == pytest.approx((one["depth"] - 0.5) / 4)


def _names(space):
    names = []
    for key in space.keys:
        choice = getattr(MIXED[key], "choice", None)
        names += [key] if choice is None else [f"{key}={value}" for value in choice]
    return names

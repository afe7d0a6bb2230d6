"""Standardization against scikit-learn's, and what becomes of constant features."""

import numpy as np
import pytest
from sklearn.preprocessing import StandardScaler

from overfit.nn import Scratch
from overfit.training.examples import Examples, Moments, Scaling

RNG = np.random.default_rng(1)
PIXELS = RNG.integers(0, 256, (3000, 6), np.uint8)
FLOATS = RNG.normal([0, 1e3, -5, 0, 1, 2], [1, 1e-2, 3, 1e4, 1, 1], (3000, 6)).astype(np.float32)
ROWS = RNG.permutation(3000)[:2500]


def inputs(values, rows, scaling):
    return Examples(values, np.zeros(len(rows), int), rows, scaling).converted().inputs


@pytest.mark.parametrize("values", [PIXELS, FLOATS], ids=["pixels", "floats"])
def test_features_are_standardized_as_scikit_learn_does(values):
    ours = inputs(values, np.arange(3000), Moments.of(values, ROWS).per_feature(1.0))
    theirs = StandardScaler().fit(values[ROWS].astype(np.float64)).transform(values)
    # float32 holds 1,000 to 6e-5, which is 6e-3 of that feature's deviation
    np.testing.assert_allclose(ours, theirs, atol=1e-5 if values is PIXELS else 7e-3)


@pytest.mark.parametrize("values", [PIXELS, FLOATS], ids=["pixels", "floats"])
def test_all_values_together_are_standardized_as_one_feature(values):
    ours = inputs(values, ROWS, Moments.of(values, ROWS).overall(1.0))
    one = values[ROWS].astype(np.float64).reshape(-1, 1)
    theirs = StandardScaler().fit_transform(one).reshape(ours.shape)
    np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("kind", ["per_feature", "overall"])
def test_the_moments_are_those_of_the_rows_alone(kind):
    changed = FLOATS.copy()
    changed[np.setdiff1d(np.arange(3000), ROWS)] = 1e30
    before, after = (getattr(Moments.of(v, ROWS), kind)(1.0) for v in (FLOATS, changed))
    np.testing.assert_array_equal(before.factor, after.factor)
    np.testing.assert_array_equal(before.offset, after.offset)


def test_a_feature_that_is_constant_in_the_training_set_is_only_centred():
    """0.1 has no exact sum: a deviation of 1e-17 would blow up whatever a test image has there."""
    values = FLOATS.copy()
    values[:, 2] = 0.1
    scaling = Moments.of(values, ROWS).per_feature(0.5)
    values[0, 2] = 1.1
    found = inputs(values, np.array([0, 1]), scaling)[:, 2]
    np.testing.assert_allclose(found, [0.5, 0], atol=1e-7)


def test_training_images_that_are_all_one_colour_are_only_centred():
    values = np.full((10, 4), 7, np.uint8)
    found = inputs(values, np.arange(10), Moments.of(values, np.arange(10)).overall(1 / 255))
    np.testing.assert_array_equal(found, 0)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_scale_of_its_own_makes_inputs_from_0_to_1(dtype):
    values = np.arange(17, dtype=np.uint8)[:, None]
    out = np.empty((17, 1), dtype)
    examples = Examples(values, np.zeros(17, int), scaling=Scaling(1 / 16))
    examples.gather(np.arange(17), out, Scratch(dtype))
    np.testing.assert_array_equal(out, values.astype(dtype) / 16)

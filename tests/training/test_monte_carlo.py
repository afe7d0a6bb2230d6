"""Predictions, and their mean over dropout masks."""

from itertools import product

import numpy as np
import pytest
from scipy.special import softmax

from overfit import nn
from overfit.training import evaluate, predict, predict_monte_carlo
from tests.training.problems import TEST, part


def network(rate, scaling="inverted"):
    return nn.mlp(64, [4], 10, dropout=nn.Dropout(rate, scaling))


def parameters(made):
    params, states = made.init([np.random.default_rng(1)])
    return params.layers, states


def monte_carlo(made, passes, seed=1):
    rng = np.random.default_rng(seed)
    return predict_monte_carlo(
        made, *parameters(made), part(TEST), nn.Scratch(), passes=passes, rng=rng
    )


@pytest.mark.parametrize("passes", [1, 2, 3, 10])
def test_without_dropout_it_is_the_plain_prediction(passes):
    made = network(0.0)
    plain = predict(made, *parameters(made), part(TEST), nn.Scratch())
    np.testing.assert_array_equal(monte_carlo(made, passes), plain)


@pytest.mark.parametrize("scaling", ["inverted", "test_time"])
def test_many_passes_approach_the_mean_over_all_masks(scaling):
    """Four hidden units have sixteen masks, so the mean can be written out."""
    made, passes = network(0.3, scaling), 3000
    dropout = made.layers[2]
    params, _ = parameters(made)
    h = np.maximum(part(TEST).inputs @ params[0]["W"][0] + params[0]["b"][0], 0)
    factor = 1 / dropout.keep if scaling == "inverted" else 1
    exact = 0
    squares = 0
    for mask in product([0, 1], repeat=4):
        share = np.prod([dropout.keep if kept else 1 - dropout.keep for kept in mask])
        p = softmax(h * mask * factor @ params[3]["W"][0] + params[3]["b"][0], axis=1)
        exact = exact + share * p
        squares = squares + share * p**2
    standard_error = np.sqrt((squares - exact**2) / passes)
    found = monte_carlo(made, passes)
    # The largest of 1000 errors, of which each image's ten hang together.
    assert (np.abs(found - exact) / standard_error).max() < 5
    assert np.abs(monte_carlo(made, 30) - exact).max() > 2 * np.abs(found - exact).max()


def test_probabilities_sum_to_1_and_agree_with_the_evaluation():
    made = network(0.3)
    p = predict(made, *parameters(made), part(TEST), nn.Scratch())
    np.testing.assert_allclose(p.sum(axis=1), 1, rtol=1e-6)
    labels = part(TEST).labels
    loss, accuracy = evaluate(made, *parameters(made), part(TEST), nn.Scratch())
    assert loss == pytest.approx(-np.log(p[np.arange(100), labels]).mean(), rel=1e-5)
    assert accuracy == (p.argmax(axis=1) == labels).mean()


@pytest.mark.parametrize("passes", [0, -1, 1.5])
def test_there_is_at_least_one_pass(passes):
    with pytest.raises(ValueError, match=f"passes is {passes}; it must be a whole number"):
        monte_carlo(network(0.3), passes)

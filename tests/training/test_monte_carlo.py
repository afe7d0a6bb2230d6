"""Predictions, and their mean over dropout masks."""

from itertools import product

import numpy as np
import pytest
from scipy.special import softmax

from overfit import nn
from overfit.training.evaluate import evaluate, predict, predict_monte_carlo, score
from overfit.training.history import load_parameters
from overfit.training.loop import EarlyStopping, Recipe, train
from overfit.training.schedule import Schedule
from tests.training.problems import TEST, beyond, part, replicates


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


@pytest.mark.parametrize(
    "made",
    [
        network(0.3),
        nn.mlp(64, [8, 8], 10, norm=nn.BatchNorm, dropout=nn.Dropout(0.4)),
        nn.mlp(64, [8], 10, dropout=nn.Dropout(0.4, input=0.1)),
        nn.mlp(64, [8], 10),
    ],
)
def test_what_passes_share_changes_nothing(made):
    """The whole network, asked again in every pass, says the same."""
    thinned = nn.Network(
        tuple(layer.sampled() if isinstance(layer, nn.Dropout) else layer for layer in made.layers)
    )
    rng = np.random.default_rng(1)
    passes = [
        predict(thinned, *parameters(made), part(TEST), nn.Scratch(), [rng]) for _ in range(3)
    ]
    np.testing.assert_array_equal(monte_carlo(made, 3), np.mean(passes, axis=0, dtype=float))


def test_kept_predictions_are_those_that_were_scored():
    for one in trained(4, seeds=range(3), optimizer=nn.SGD(0.1)):
        columns = one.history.columns
        assert columns["split"][-1] == "test"
        kept = score(one.kept["predictions"], part(TEST).labels)
        assert kept == (columns["loss"][-1], columns["accuracy"][-1])


def test_kept_predictions_are_of_the_network_that_early_stopping_put_back():
    """It never stops, and ends with a network that another came after."""
    stopping = EarlyStopping(patience=100)
    options = {"seeds": range(3), "optimizer": nn.SGD(0.5)}
    free = trained(100, **options)
    for one, last in zip(trained(100, early_stopping=stopping, **options), free, strict=True):
        columns = one.history.columns
        assert columns["loss"][-2] < last.history.columns["loss"][-2]
        found = score(one.kept["predictions"], part(TEST).labels)
        assert found == (columns["loss"][-1], columns["accuracy"][-1])


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


def trained(monte_carlo, seeds=range(2), rate=0.3, stack=None, optimizer=None, early_stopping=None):
    recipe = Recipe(
        network(rate),
        Schedule(60, 16, 30, 4),
        keep=frozenset({"predictions", "parameters"}),
        monte_carlo=monte_carlo,
        early_stopping=early_stopping,
    )
    return train(
        recipe, replicates(seeds, optimizer=optimizer), part(TEST), root_seed=1, stack=stack
    )


def test_evaluating_thinned_networks_leaves_the_training_alone():
    for scaled, thinned in zip(trained(None), trained(5), strict=True):
        assert scaled.kept.keys() == thinned.kept.keys()
        for name in scaled.kept.keys() - {"predictions"}:
            np.testing.assert_array_equal(scaled.kept[name], thinned.kept[name])
        assert scaled.history.columns["update"] == thinned.history.columns["update"]
        assert scaled.history.columns["loss"] != thinned.history.columns["loss"]


def test_the_history_scores_the_mean_of_the_passes():
    """By Jensen's inequality the mean of many passes has a lower loss than most of them."""
    one, many = (trained(passes, optimizer=nn.SGD(0.1))[0] for passes in (1, 400))
    params, states = load_parameters(
        {name: array[None] for name, array in many.kept.items()} | {"seeds": np.array([0])},
        network(0.3),
        0,
    )
    rng = np.random.default_rng(9)
    mean = predict_monte_carlo(
        network(0.3), params, states, part(TEST), nn.Scratch(), passes=400, rng=rng
    )
    loss, _ = score(mean, part(TEST).labels)
    assert many.history.columns["loss"][-1] == pytest.approx(loss, rel=0.02)
    assert many.history.columns["loss"][-1] < 0.98 * one.history.columns["loss"][-1]


def test_without_dropout_the_scores_are_those_of_the_evaluation():
    for scaled, thinned in zip(trained(None, rate=0.0), trained(3, rate=0.0), strict=True):
        np.testing.assert_allclose(
            scaled.history.columns["loss"], thinned.history.columns["loss"], rtol=1e-5
        )
        assert scaled.history.columns["accuracy"] == thinned.history.columns["accuracy"]


def test_a_diverged_network_has_no_score():
    one = trained(3, seeds=[0], optimizer=beyond(nn.SGD(1.0), lr=1e30))[0]
    assert one.history.columns["diverged"][-1]
    assert np.isnan(one.history.columns["accuracy"][-1])


def test_no_passes_are_refused():
    with pytest.raises(ValueError, match="monte_carlo is 0; it must be a whole number, at least 1"):
        trained(0)

"""The probe of the activations against the forward pass written out."""

import numpy as np
import pytest

from overfit import nn
from overfit.training.examples import Examples
from tests.training.probing import CLASSES, INPUTS, measured, replicate, seen


def bins(found, layer):
    """The histogram of a layer: `{low end: share}`."""
    prefix = "bin_"
    return {
        float(quantity.removeprefix(prefix)): value
        for (where, quantity), value in found.items()
        if where == layer and quantity.startswith(prefix)
    }


def test_it_describes_the_activations_in_evaluation_mode():
    """With running statistics, without dropout, before what follows the activation."""
    network = nn.mlp(
        INPUTS,
        [9, 7],
        CLASSES,
        norm=nn.BatchNorm,
        dropout=nn.Dropout(0.4, "test_time", input=0.2),
    )
    of = replicate(1, dtype=np.float64)
    view, stack = seen(network, of, updates=30)
    found = measured("activations", view)

    def dropped(x, rate):
        return x * nn.Dropout(rate).keep

    y = dropped(of.validation.inputs, 0.2)
    layers, states = stack.parameters.layers, stack.states
    for layer, i in ((1, 1), (2, 5)):
        z = y @ layers[i]["W"][0] + layers[i]["b"][0]
        z = (z - states[i + 1]["mean"][0]) / np.sqrt(states[i + 1]["var"][0] + 1e-5)
        y = np.maximum(z * layers[i + 1]["gamma"][0] + layers[i + 1]["beta"][0], 0)
        assert found[layer, "activation_mean"] == pytest.approx(y.mean(), rel=1e-12)
        assert found[layer, "activation_std"] == pytest.approx(y.std(), rel=1e-12)
        assert found[layer, "dead"] == (y == 0).all(axis=0).mean()
        histogram = bins(found, layer)
        shares = np.histogram(y, [*histogram, np.inf])[0] / y.size
        assert list(histogram.values()) == pytest.approx(shares, abs=1e-12)
        y = dropped(y, 0.4)
    assert {layer for layer, _ in found} == {1, 2}


def test_a_normalization_behind_the_activation_is_not_in_it():
    of = replicate(1)
    behind = nn.mlp(INPUTS, [9], CLASSES, norm=lambda n: nn.BatchNorm(n, place="after"))
    with_norm, without = (
        measured("activations", seen(network, of)[0])
        for network in (behind, nn.mlp(INPUTS, [9], CLASSES))
    )
    assert with_norm == without


def test_a_unit_that_never_fires_is_dead():
    view, stack = seen(nn.mlp(INPUTS, [8], CLASSES), replicate(0))
    stack.parameters.layers[0]["b"][0, 0] = 1e3
    stack.parameters.layers[0]["b"][0, 0, :3] = -1e3
    assert measured("activations", view)[1, "dead"] == 3 / 8
    stack.parameters.layers[0]["b"][0, 0, 0] = 0  # fires for some of the examples
    assert measured("activations", view)[1, "dead"] == 2 / 8


def test_saturated_units_lie_inside_the_range_of_their_function():
    of = replicate(0)
    for activation, low in ((nn.Sigmoid(), 0.0), (nn.Tanh(), -1.0)):
        view, stack = seen(nn.mlp(INPUTS, [2], CLASSES, activation=activation), of)
        stack.parameters.layers[0]["b"][0, 0] = [1e3, -1e3]
        histogram = bins(measured("activations", view), 1)
        assert {end for end, share in histogram.items() if share} == {low, 0.9}


@pytest.mark.parametrize(
    ("output", "low"),
    [
        (-3.0, -np.inf),
        (-1.0, -1.0),
        (-0.1, -0.1),
        (0.0, 0.0),
        (0.1, 0.1),
        (0.95, 0.9),
        (1.0, 0.9),
        (1.001, 1.0),
        (2.0, 2.0),
        (7.0, 5.0),
        (1e9, 10.0),
    ],
)
def test_a_bin_holds_its_low_end_and_not_its_high_end(output, low):
    activation = nn.LeakyReLU(1.0)  # the identity
    view, stack = seen(nn.mlp(INPUTS, [1], CLASSES, activation=activation), replicate(0))
    stack.parameters.layers[0]["W"].fill(0)
    stack.parameters.layers[0]["b"].fill(output)
    histogram = bins(measured("activations", view), 1)
    assert histogram.pop(low) == 1
    assert not any(histogram.values())


def test_the_first_256_validation_examples_count():
    def found(changed):
        of = replicate(0, validation=300)
        inputs = of.validation.inputs.copy()
        if changed is not None:
            inputs[changed] += 1
        of = replicate(0)
        of = type(of)(0, of.train, Examples(inputs, np.zeros(300, int)), of.optimizer)
        return measured("activations", seen(nn.mlp(INPUTS, [9], CLASSES), of)[0])

    assert found(256) == found(None)
    assert found(255) != found(None)

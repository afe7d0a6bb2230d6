"""The probe of the weights against NumPy's own functions."""

import numpy as np
import pytest

from overfit import nn
from tests.training.probing import CLASSES, INPUTS, measured, replicate, seen

PERCENT = [0, 1, 5, 25, 50, 75, 95, 99, 100]


@pytest.fixture
def probed():
    """A network with some weights at 0, and at and around 0.001."""
    view, stack = seen(nn.mlp(INPUTS, [9, 7], CLASSES), replicate(0), updates=3)
    for layer in stack.parameters.layers:
        if "W" in layer:
            layer["W"][0, 0, :4] = [0.0, -0.0, 9.99e-4, -1.001e-3]
    return [layer["W"][0].astype(float) for layer in stack.parameters.layers if layer], view


def test_quantiles_are_numpys(probed):
    weights, view = probed
    found = measured("weights", view)
    for layer, W in enumerate(weights, start=1):
        values = [found[layer, f"q{percent:02d}"] for percent in PERCENT]
        assert values == pytest.approx(np.percentile(W, PERCENT), rel=1e-12)


def test_norms_are_those_of_the_weights(probed):
    weights, view = probed
    found = measured("weights", view)
    for layer, W in enumerate(weights, start=1):
        assert found[layer, "l2_norm"] == pytest.approx(np.linalg.norm(W), rel=1e-12)
        assert found[layer, "rms"] == pytest.approx(np.sqrt(np.mean(W**2)), rel=1e-12)
        largest = np.linalg.norm(W, axis=0).max()
        assert found[layer, "max_column_norm"] == pytest.approx(largest, rel=1e-12)


def test_zeros_are_exact_and_small_ones_lie_below_a_thousandth(probed):
    weights, view = probed
    found = measured("weights", view)
    for layer, W in enumerate(weights, start=1):
        assert found[layer, "zeros"] == 2 / W.size
        assert found[layer, "small"] == (np.abs(W) < 1e-3).mean() >= 3 / W.size


def test_layer_0_is_all_weights_together(probed):
    weights, view = probed
    found = measured("weights", view)
    together = np.concatenate([W.ravel() for W in weights])
    assert found[0, "l2_norm"] == pytest.approx(np.linalg.norm(together), rel=1e-12)
    assert found[0, "rms"] == pytest.approx(np.sqrt(np.mean(together**2)), rel=1e-12)
    assert found[0, "zeros"] == (together == 0).mean() > 0
    assert found[0, "small"] == (np.abs(together) < 1e-3).mean()
    assert {quantity for layer, quantity in found if layer == 0} == {
        "l2_norm", "rms", "zeros", "small",
    }  # fmt: skip


def test_a_weight_of_a_thousandth_is_not_small():
    view, stack = seen(nn.mlp(INPUTS, [9], CLASSES), replicate(0))
    stack.parameters.flat.fill(1e-3)
    assert measured("weights", view)[1, "small"] == 0
    stack.parameters.flat.fill(-1e-3)
    assert measured("weights", view)[1, "small"] == 0
    stack.parameters.flat.fill(np.nextafter(np.float32(1e-3), np.float32(0)))
    assert measured("weights", view)[1, "small"] == 1


def test_biases_gamma_and_beta_do_not_count():
    network = nn.mlp(INPUTS, [9], CLASSES, norm=nn.BatchNorm)
    view, stack = seen(network, replicate(0))
    before = measured("weights", view)
    for layer in stack.parameters.layers:
        for name, array in layer.items():
            if name != "W":
                array += 5
    assert measured("weights", view) == before
    assert {layer for layer, _ in before} == {0, 1, 2}


def test_the_proximal_step_shows_as_zeros():
    of = replicate(0)
    view, stack = seen(nn.mlp(INPUTS, [9], CLASSES), of)
    nn.ProximalL1(1.0).apply(stack.parameters, 0.1, stack.scratch)
    W = stack.parameters.layers[0]["W"][0]
    assert 0 < measured("weights", view)[1, "zeros"] == (W == 0).mean() < 1

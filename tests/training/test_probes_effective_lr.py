"""The probe of the effective learning rate against its formula and what it says."""

import math

import numpy as np
import pytest

from overfit import nn
from overfit.nn.schedules.step import Step
from tests.training.probing import CLASSES, INPUTS, measured, replicate, seen


def test_it_is_the_learning_rate_over_the_squared_norm_of_each_layer():
    view, stack = seen(nn.mlp(INPUTS, [9, 7], CLASSES), replicate(0, lr=0.3), updates=2)
    affine = [layer["W"][0].astype(float) for layer in stack.parameters.layers if layer]
    expected = {
        (k, "effective_lr"): pytest.approx(0.3 / np.sum(W**2), rel=1e-12)
        for k, W in enumerate(affine, start=1)
    }
    assert measured("effective_lr", view) == expected


def test_it_follows_the_learning_rate_schedule_to_the_next_update():
    network, of = nn.mlp(INPUTS, [9], CLASSES), replicate(0)
    step = Step(every=3, gamma=0.5)
    for updates, factor in ((0, 1.0), (2, 1.0), (3, 0.5), (6, 0.25)):
        constant = measured("effective_lr", seen(network, of, updates=updates)[0])
        scheduled = measured(
            "effective_lr", seen(network, of, updates=updates, lr_schedule=step)[0]
        )
        for where, value in constant.items():
            assert scheduled[where] == pytest.approx(factor * value, rel=1e-12)


def test_weights_that_are_all_zero_have_an_infinite_one():
    view, stack = seen(nn.mlp(INPUTS, [9], CLASSES), replicate(0))
    stack.parameters.flat.fill(0)
    assert set(measured("effective_lr", view).values()) == {math.inf}


def test_a_normalized_layer_turns_as_far_when_scale_and_rate_keep_it():
    """The statement of the source: from a W, a step with a^2 lr gives the same outputs."""
    network = nn.mlp(INPUTS, [9], CLASSES, norm=lambda n: nn.BatchNorm(n, eps=1e-12))
    outputs, rates = [], []
    for a in (1.0, 3.0):
        of = replicate(0, lr=0.1 * a**2, dtype=np.float64)
        view, stack = seen(network, of)
        W = stack.parameters.layers[0]["W"]
        W *= a
        rates.append(measured("effective_lr", view)[1, "effective_lr"])
        kept = stack.parameters.flat.copy()
        stack.update(np.arange(8)[None])
        updated = W.copy()
        stack.parameters.flat[...] = kept
        W[...] = updated  # only this layer takes the step
        x = of.train.inputs[None]
        rng = [np.random.default_rng(0)]
        outputs.append(
            network.forward(
                stack.parameters.layers,
                stack.states,
                x,
                train=True,
                rng=rng,
                scratch=nn.Scratch(np.float64),
            )[0]
        )
    assert rates[0] == pytest.approx(rates[1], rel=1e-12)
    np.testing.assert_allclose(outputs[0], outputs[1], rtol=1e-8)

"""The probe of the gradients against finite differences of the penalized loss."""

import numpy as np
import pytest

from overfit import nn
from overfit.nn.gradient_check import numerical_gradient
from overfit.training.examples import Examples
from tests.training.probing import CLASSES, INPUTS, measured, replicate, seen

NETWORKS = {
    "plain": nn.mlp(INPUTS, [5, 4], CLASSES, activation=nn.Tanh()),
    "batch_norm": nn.mlp(INPUTS, [5, 4], CLASSES, activation=nn.Tanh(), norm=nn.BatchNorm),
    "dropout": nn.mlp(INPUTS, [5, 4], CLASSES, activation=nn.Tanh(), dropout=nn.Dropout(0.4)),
}
PENALTIES = (nn.L2(0.3), nn.L1(0.02), nn.Lp(3.0, 0.1))


@pytest.mark.parametrize("name", NETWORKS)
def test_norms_are_those_of_the_gradient_of_the_penalized_loss_in_training_mode(name):
    network = NETWORKS[name]
    of = replicate(3, dtype=np.float64, penalties=PENALTIES)
    view, stack = seen(network, of, updates=5, batch_size=8, label_smoothing=0.2)
    parameters = stack.parameters

    def loss():
        scratch = nn.Scratch(np.float64)
        states = [{k: v.copy() for k, v in state.items()} for state in stack.states]
        logits, _ = network.forward(
            parameters.layers,
            states,
            of.train.inputs[None, :8],
            train=True,
            rng=[np.random.default_rng(3)],
            scratch=scratch,
        )
        data = nn.cross_entropy(logits, of.train.labels[None, :8], 0.2).mean()
        return float(data + sum(p.value(parameters.weights)[0, 0] for p in PENALTIES))

    gradient = parameters.like(numerical_gradient(loss, parameters.flat))
    found = measured("gradients", view)
    affine = [i for i, layer in enumerate(parameters.layers) if "W" in layer]
    for layer, (start, stop) in enumerate(
        zip(affine, [*affine[1:], len(parameters.layers)], strict=True), start=1
    ):
        own = np.concatenate([g.ravel() for a in gradient.layers[start:stop] for g in a.values()])
        assert found[layer, "gradient_norm"] == pytest.approx(np.linalg.norm(own), rel=1e-8)
    whole = np.linalg.norm(gradient.flat)
    assert found[0, "gradient_norm"] == pytest.approx(whole, rel=1e-8)
    assert {layer for layer, _ in found} == {0, 1, 2, 3}


def test_the_square_of_the_whole_is_the_sum_of_the_layers_squares():
    view, _ = seen(NETWORKS["batch_norm"], replicate(0), updates=4)
    found = measured("gradients", view)
    whole = found.pop((0, "gradient_norm"))
    assert whole**2 == pytest.approx(sum(norm**2 for norm in found.values()), rel=1e-12)


def test_it_is_what_plain_descent_would_step_along():
    """One batch of all examples: the step of SGD is -lr times the gradient."""
    of = replicate(0, dtype=np.float64, penalties=PENALTIES)
    view, stack = seen(NETWORKS["plain"], of, updates=2, batch_size=20)
    norm = measured("gradients", view)[0, "gradient_norm"]
    before = stack.parameters.flat.copy()
    stack.update(np.arange(20)[None])
    assert np.linalg.norm(stack.parameters.flat - before) == pytest.approx(0.1 * norm, rel=1e-10)


def test_the_learning_rate_is_not_in_it():
    slow, fast = (seen(NETWORKS["plain"], replicate(0, lr=lr))[0] for lr in (1e-5, 1.0))
    assert measured("gradients", slow) == measured("gradients", fast)


def test_it_is_the_same_each_time_and_moves_no_running_statistics():
    for network in NETWORKS.values():
        view, stack = seen(network, replicate(0), updates=3)
        states = [{k: v.copy() for k, v in state.items()} for state in stack.states]
        assert measured("gradients", view) == measured("gradients", view)
        for state, before in zip(stack.states, states, strict=True):
            for name, array in state.items():
                np.testing.assert_array_equal(array, before[name])


def test_the_first_batch_of_training_examples_counts():
    def found(changed):
        of = replicate(0)
        inputs = of.train.inputs.copy()
        if changed is not None:
            inputs[changed] += 1
        of = type(of)(0, Examples(inputs, of.train.labels), of.validation, of.optimizer)
        return measured("gradients", seen(NETWORKS["plain"], of, batch_size=8)[0])

    assert found(8) == found(None)
    assert found(7) != found(None)


def test_a_vanishing_gradient_is_not_rounded_to_zero():
    network = nn.mlp(INPUTS, [5] * 8, CLASSES, initializer=nn.Normal(1e-4))
    found = measured("gradients", seen(network, replicate(0))[0])
    assert 0 < found[1, "gradient_norm"] < 1e-20

"""Inputs that are 0 in all training images are not multiplied, and nothing else changes."""

from itertools import pairwise

import numpy as np
import pytest

from overfit import nn
from overfit.streams import Purpose, stream
from overfit.training.evaluate import evaluate, evaluate_stack
from overfit.training.examples import Examples
from overfit.training.live import live_first
from overfit.training.loop import EarlyStopping, Recipe, train
from overfit.training.probes import make
from overfit.training.schedule import Schedule
from overfit.training.stack import Replicate, Stack
from tests.nn.torch_training import Training

N_IN, CLASSES, N = 100, 4, 30
NETWORK = nn.mlp(N_IN, [12, 8], CLASSES)


def images(seed, live, rows=N):
    """Of which `live` inputs, at places of their own, are not 0 in every row."""
    rng = np.random.default_rng(seed)
    inputs = np.zeros((rows, N_IN))
    places = rng.permutation(N_IN)[:live]
    inputs[:, places] = rng.normal(size=(rows, live))
    return Examples(inputs, rng.integers(0, CLASSES, rows))


def in_full(examples):
    """The same examples such that all inputs are multiplied: converted batch by batch."""
    return Examples(examples.inputs, examples.labels, np.arange(len(examples)))


def members(lives, optimizer=None, parts=(), of=lambda examples: examples):
    return [
        Replicate(
            seed,
            of(images(seed, live)),
            images([seed, 1], N_IN),
            optimizer or nn.SGD(0.1),
            parts,
        )
        for seed, live in enumerate(lives)
    ]


def trained(replicates, **options):
    stack = options.pop("stack", None)
    recipe = Recipe(
        options.pop("network", NETWORK),
        Schedule(N, 8, epochs=5, points=3),
        keep=frozenset({"parameters", "predictions"}),
        probes=tuple(make(name) for name in ("activations", "gradients", "weights")),
        **options,
    )
    return train(recipe, replicates, images(99, N_IN), root_seed=1, stack=stack)


METHODS = {
    "plain": {},
    "l2": {"parts": (nn.L2(0.1),)},
    "l1": {"parts": (nn.L1(0.01),)},
    "soft thresholding": {"parts": (nn.ProximalL1(0.01),)},
    "lp": {"parts": (nn.Lp(1.5, 0.1),)},
    "max norm": {"parts": (nn.MaxNorm(0.5),)},
    "momentum with l2": {"optimizer": nn.Momentum(0.05), "parts": (nn.L2(0.1),)},
    "nesterov": {"optimizer": nn.Nesterov(0.05)},
    "adagrad": {"optimizer": nn.AdaGrad(0.02)},
    "rmsprop with l1": {"optimizer": nn.RMSProp(0.005), "parts": (nn.L1(0.01),)},
    "adam with l2": {"optimizer": nn.Adam(0.005), "parts": (nn.L2(0.1),)},
    "adamw": {"optimizer": nn.AdamW(0.005, weight_decay=0.3)},
}


@pytest.mark.parametrize("method", METHODS)
def test_parameters_probes_and_predictions_are_those_of_a_network_that_multiplies_all(method):
    replicates = members([40, 50], **METHODS[method])
    assert live_first(NETWORK, replicates[0].train)[1] == 64
    full = members([40, 50], of=in_full, **METHODS[method])
    options = {"clip": 1.0} if method == "nesterov" else {}
    for own, other in zip(trained(replicates, **options), trained(full, **options), strict=True):
        for name, array in own.kept.items():
            np.testing.assert_allclose(array, other.kept[name], rtol=1e-9, atol=1e-11)
        np.testing.assert_allclose(
            own.probes.columns["value"], other.probes.columns["value"], rtol=1e-8, atol=1e-10
        )
        np.testing.assert_allclose(
            own.history.columns["loss"], other.history.columns["loss"], rtol=1e-9
        )


def test_early_stopping_ends_with_the_same_network():
    options = {"early_stopping": EarlyStopping(1)}
    network = nn.mlp(N_IN, [12], CLASSES, norm=nn.BatchNorm)
    own, other = (
        trained(members([40, 50], of=of), network=network, **options)
        for of in (lambda examples: examples, in_full)
    )
    assert [one.stopped for one in own] == [one.stopped for one in other]
    for one, peer in zip(own, other, strict=True):
        np.testing.assert_allclose(one.kept["0.W"], peer.kept["0.W"], rtol=1e-9, atol=1e-11)


def test_weight_normalization_gets_all_inputs_since_its_norms_count_the_weights_of_dead_ones():
    network = nn.mlp(N_IN, [12], CLASSES, norm=lambda n: nn.WeightNorm())
    replicates = members([40])
    assert live_first(network, replicates[0].train)[1] == N_IN
    own, other = (
        trained(members([40], of=of), network=network)[0].kept
        for of in (lambda examples: examples, in_full)
    )
    norms = np.linalg.norm(own["0.W"], axis=0)
    assert norms.min() > np.linalg.norm(own["0.W"][:32], axis=0).max()  # no row is left out
    for name, array in own.items():
        np.testing.assert_allclose(array, other[name], rtol=1e-9, atol=1e-11)


def test_weights_of_dead_inputs_decay_as_the_penalty_says_and_else_stay():
    dead = ~images(0, 40).inputs.any(axis=0)
    plain, decayed = (
        trained(members([40], parts=parts))[0].kept["0.W"][dead] for parts in ((), (nn.L2(0.1),))
    )
    streams = [stream(1, Purpose.INIT, 0)]
    before = NETWORK.init(streams, np.float64)[0].layers[0]["W"][0][dead]
    np.testing.assert_array_equal(plain, before)
    updates = Schedule(N, 8, epochs=5).budget
    np.testing.assert_allclose(decayed, before * (1 - 0.1 * 0.1) ** updates, rtol=1e-12)


def test_bits_do_not_depend_on_what_is_live_in_others():
    lives = [40, 70, 50, 20, 100, 66]
    replicates = members(lives)
    widths = [live_first(NETWORK, one.train)[1] for one in replicates]
    assert widths == [64, 96, 64, 32, 100, 96]
    alone = [trained([one])[0] for one in replicates]
    for stack in (1, 2, 6):
        for one, own in zip(trained(replicates, stack=stack), alone, strict=True):
            assert one.history.columns == own.history.columns
            for name, array in own.kept.items():
                np.testing.assert_array_equal(one.kept[name], array)


def test_a_stack_refuses_networks_that_multiply_different_numbers_of_inputs():
    with pytest.raises(ValueError, match=r"\[64, 96\] live inputs"):
        Stack(NETWORK, members([40, 70]), CLASSES, [np.random.default_rng(r) for r in (1, 2)])


@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "adam", "adamw"])
def test_they_are_those_of_pytorch(optimizer):
    """Which multiplies everything; half of the inputs are dead."""
    training = Training(NETWORK, optimizer, np.float64, 3, dead=range(0, N_IN, 2))
    assert training.stack.live == 64
    assert training.error() < 1e-9


def test_every_order_has_each_input_once_and_the_live_ones_first():
    examples = images(3, 45)
    order, count = live_first(NETWORK, examples)
    assert sorted(order) == list(range(N_IN))
    live = examples.inputs.any(axis=0)
    assert live[order[:45]].all()
    assert not live[order[45:]].any()
    assert all(a < b for a, b in pairwise(order[:45]))
    assert count == 64


def test_all_inputs_are_multiplied_where_the_first_layer_is_not_affine():
    network = nn.mlp(N_IN, [12], CLASSES, dropout=nn.Dropout(0.2, input=0.1))
    order, count = live_first(network, images(3, 45))
    assert count == N_IN
    assert order.tolist() == list(range(N_IN))


def test_evaluation_multiplies_only_inputs_that_are_live_in_the_evaluated_images():
    """The scores of stacks equal those of single networks, and those with all inputs multiplied."""
    replicates = members([40, 50, 60, 90])
    made, states = NETWORK.init([np.random.default_rng(r) for r in range(4)], np.float64)
    params, own = made.layers, [r.train for r in replicates]

    def scores(examples):
        return evaluate_stack(NETWORK, params, states, examples, nn.Scratch(np.float64))

    for examples in (own, own[:2] + own[:2], own[:1] * 4):
        found = scores(examples)
        np.testing.assert_allclose(found, scores([in_full(e) for e in examples]), rtol=1e-12)
        for r, one in enumerate(examples):
            alone = [{name: a[r : r + 1] for name, a in layer.items()} for layer in params]
            assert evaluate(NETWORK, alone, states, one, nn.Scratch(np.float64)) == found[r]
    seen = []

    class Seeing(nn.Network):
        def logits(self, params, states, x, **options):
            seen.append(x.shape)
            return super().logits(params, states, x, **options)

    two = [{name: a[:2] for name, a in layer.items()} for layer in params]
    evaluate_stack(Seeing(NETWORK.layers), two, states, own[:2], nn.Scratch(np.float64))
    assert seen == [(2, N, 64)]
    params[0]["W"][:, own[0].inputs.any(axis=0)] = np.nan
    assert np.isnan(scores(own[:1] * 4)).all()

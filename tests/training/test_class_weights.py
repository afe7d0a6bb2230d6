"""Weights of classes in the training objective."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn.utils.class_weight import compute_class_weight

from overfit import nn
from overfit.training.examples import Examples
from overfit.training.probes import make, snapshot
from overfit.training.stack import Stack
from tests.training.problems import replicates

NETWORK = nn.mlp(64, [6], 10)
BATCHES = np.arange(40).reshape(2, 20)
WEIGHTS = [np.linspace(0.2, 3, 10), np.linspace(4, 0.5, 10)]


def members(weights=WEIGHTS):
    """Two replicates in double precision; for SGD, L2 would be no part of the gradient."""
    made = replicates([1, 2], optimizer=nn.Momentum(0.5), penalties=(nn.L2(0.1),))
    return [
        replace(
            one,
            train=Examples(one.train.inputs.astype(float), one.train.labels),
            class_weights=own,
        )
        for one, own in zip(made, weights, strict=True)
    ]


def stack(made, **options):
    return Stack(NETWORK, made, 10, [np.random.default_rng(r) for r in (1, 2)], **options)


def objective(trained, made, smoothing):
    """The weighted mean loss of the batches plus the penalty, summed over replicates."""
    total = 0.0
    for r, one in enumerate(made):
        params, states = trained.one(r)
        x, y = one.train.inputs[BATCHES[r]][None], one.train.labels[BATCHES[r]][None]
        scratch = nn.Scratch(np.float64)
        logits, _ = NETWORK.forward(params, states, x, train=True, scratch=scratch)
        losses = nn.cross_entropy(logits, y, smoothing)
        total += float((one.class_weights[y] * losses).mean())
        total += 0.05 * sum(float((layer["W"] ** 2).sum()) for layer in params if "W" in layer)
    return total


@pytest.mark.parametrize("smoothing", [0.0, 0.2])
def test_the_gradient_is_that_of_the_weighted_loss(smoothing):
    made = members()
    trained = stack(made, label_smoothing=smoothing)
    trained.compute_gradient(BATCHES, np.ones((2, 1)))
    found, flat, h = trained.gradient.flat.copy(), trained.parameters.flat, 1e-6
    for r in (0, 1):
        for i in np.random.default_rng(r).choice(flat.shape[1], 60, replace=False):
            before = flat[r, i]
            sides = []
            for value in (before + h, before - h):
                flat[r, i] = value
                sides.append(objective(trained, made, smoothing))
            flat[r, i] = before
            assert (sides[0] - sides[1]) / (2 * h) == pytest.approx(found[r, i], abs=2e-8)


def test_weights_of_1_change_nothing():
    plain, ones = stack(members([None, None])), stack(members([np.ones(10), None]))
    for one in (plain, ones):
        one.update(BATCHES)
    np.testing.assert_array_equal(plain.parameters.flat, ones.parameters.flat)


def test_the_probe_of_gradients_weights_classes_too():
    made = [replace(one, penalties=()) for one in members()]
    trained = stack(made)
    trained.compute_gradient(np.stack([np.arange(20)] * 2), np.ones((2, 1)))
    for r in (0, 1):
        seen = snapshot(
            trained, r, made[r].validation, nn.Scratch(np.float64), factor=1.0, batch_size=20
        )
        whole = next(m.value for m in make("gradients").measure(seen) if m.layer == 0)
        assert whole == pytest.approx(np.linalg.norm(trained.gradient.flat[r]), rel=1e-10)


@pytest.mark.parametrize("counts", [[5, 90, 5], [1, 2, 3, 4], [7, 0, 3]])
def test_balanced_weights_are_those_of_scikit_learn(counts):
    labels = np.repeat(np.arange(len(counts)), counts)
    present = np.unique(labels)
    found = nn.balanced_weights(labels, len(counts))
    expected = compute_class_weight("balanced", classes=present, y=labels)
    np.testing.assert_allclose(found[present], expected)
    assert found[labels].mean() == pytest.approx(1)
    assert found.sum() == pytest.approx(found[present].sum())

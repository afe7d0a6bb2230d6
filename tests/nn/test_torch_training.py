"""Fifty training steps of random networks against PyTorch, from the same weights and batches."""

from functools import partial

import numpy as np
import pytest

from overfit import nn
from tests.nn.torch_training import OPTIMIZERS, PRECISIONS, Training, distance


def random_network(rng):
    choice = rng.choice
    norm = (None, nn.BatchNorm, nn.LayerNorm)[choice(3)]
    place = ("before", "after")[choice(2)]
    return nn.mlp(
        int(rng.integers(5, 13)),
        [int(n) for n in rng.integers(6, 17, choice([1, 2, 3]))],
        int(rng.integers(3, 7)),
        activation=(nn.ReLU(), nn.LeakyReLU(0.1), nn.Sigmoid(), nn.Tanh(), nn.GELU())[choice(5)],
        initializer=(nn.He(), nn.GlorotUniform(), nn.Orthogonal())[choice(3)],
        norm=norm and partial(norm, place=place),
        dropout=(None, nn.Dropout(0.2), nn.Dropout(0.2, input=0.1))[choice(3)],
    )


@PRECISIONS
@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_a_random_network_ends_where_pytorch_ends(optimizer, seed, dtype, tolerance):
    network = random_network(np.random.default_rng([seed, *optimizer.encode()]))
    assert Training(network, optimizer, dtype, seed).error() < tolerance


@PRECISIONS
@pytest.mark.parametrize("options", [{}, {"scalar": True}, {"learned": False}], ids=str)
def test_batch_normalized_networks_end_where_pytorch_ends(options, dtype, tolerance):
    network = nn.mlp(
        8, [12, 10], 4, norm=lambda n: nn.BatchNorm(n, **options), dropout=nn.Dropout(0.2)
    )
    for optimizer in ("sgd", "adam"):
        assert Training(network, optimizer, dtype, 5).error() < tolerance


@PRECISIONS
@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "adam"])
def test_weight_normalized_networks_end_where_pytorch_ends(optimizer, dtype, tolerance):
    network = nn.mlp(8, [12, 10], 4, norm=lambda n: nn.WeightNorm(), dropout=nn.Dropout(0.2))
    training = Training(network, optimizer, dtype, 5, dead=[1, 4])
    assert training.error() < tolerance


@PRECISIONS
@pytest.mark.parametrize("optimizer", ["sgd", "nesterov", "adam"])
def test_gradient_clipping_with_label_smoothing(optimizer, dtype, tolerance):
    """At a limit that some gradients exceed, in the middle of their norms."""
    network = nn.mlp(8, [12, 10], 4, activation=nn.Tanh())
    training = Training(network, optimizer, dtype, 7, clip=1.0, smoothing=0.1)
    assert training.error() < tolerance
    free = Training(network, optimizer, dtype, 7, smoothing=0.1)
    always = Training(network, optimizer, dtype, 7, clip=1e-2, smoothing=0.1)
    ends = [one.stack.parameters.flat for one in (training, free, always)]
    assert min(distance(ends[0], end) for end in ends[1:]) > 10 * tolerance

"""The training loop against an independent one."""

import numpy as np
import pytest

from overfit import nn
from overfit.streams import Purpose, stream
from overfit.training.loop import Recipe, train
from overfit.training.schedule import Schedule
from tests.training.problems import TEST, part, replicates, rows

NETWORK = nn.mlp(64, [20, 15], 10)


def test_training_follows_the_plain_equations():
    """The same run written out for one replicate in float64, without any of the tricks."""
    [replicate] = replicates([3], optimizer=nn.SGD(0.1), penalties=(nn.L2(0.05),))
    schedule = Schedule(60, 16, 4, 4)
    test = part(TEST)
    [trained] = train(Recipe(NETWORK, schedule), [replicate], test, root_seed=9)
    history = trained.history

    params, _ = NETWORK.init([stream(9, Purpose.INIT, 3)], np.float64)
    layers = [{k: v[0].copy() for k, v in p.items()} for p in params.layers if p]
    x_all, t_all = replicate.train.inputs.astype(float), np.eye(10)[replicate.train.labels]
    order = stream(9, Purpose.ORDER, 3)
    losses = {}
    update = 0

    def forward(x):
        activations = [x]
        for i, layer in enumerate(layers):
            z = activations[-1] @ layer["W"] + layer["b"]
            activations.append(np.maximum(z, 0) if i < len(layers) - 1 else z)
        return activations

    def mean_loss(data):
        z = forward(data.inputs.astype(float))[-1]
        log_p = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
        return -log_p[np.arange(len(z)), data.labels].mean()

    losses[0] = mean_loss(test)
    for _ in range(4):
        permutation = order.permutation(60)
        for batch in np.array_split(permutation, [16, 32, 48]):
            activations = forward(x_all[batch])
            p = np.exp(activations[-1])
            d = (p / p.sum(axis=1, keepdims=True) - t_all[batch]) / len(batch)
            for i in reversed(range(len(layers))):
                W = layers[i]["W"]
                dW = activations[i].T @ d + 0.05 * W
                db = d.sum(axis=0)
                d = (d @ W.T) * (activations[i] > 0)
                layers[i] = {"W": W - 0.1 * dW, "b": layers[i]["b"] - 0.1 * db}
            update += 1
            losses[update] = mean_loss(test)

    compared = [row for row in rows(history) if row["split"] == "test"]
    assert [row["update"] for row in compared] == [0, 1, 4, 9, 16]
    for row in compared:
        assert row["loss"] == pytest.approx(losses[row["update"]], rel=2e-5)


def test_a_small_network_learns_its_training_set():
    test = part(TEST)
    recipe = Recipe(NETWORK, Schedule(60, 20, 150))
    for trained in train(recipe, replicates([1, 2], optimizer=nn.SGD(0.3)), test, root_seed=1):
        last = {row["split"]: row for row in rows(trained.history)[-3:]}
        assert last["train"]["accuracy"] == 1.0
        assert 0.5 < last["test"]["accuracy"] < 1.0
        assert last["train"]["epoch"] == 150


def test_a_training_set_of_the_wrong_size_is_refused():
    recipe = Recipe(NETWORK, Schedule(50, 10, 1))
    members = replicates([4])
    with pytest.raises(ValueError, match="seed 4 has 60 training examples; .* expects 50"):
        train(recipe, members, part(TEST), root_seed=1)

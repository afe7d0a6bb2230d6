"""The training loop against an independent one, and its laws."""

import math
import warnings

import numpy as np
import pytest
from sklearn.datasets import load_digits

from overfit import nn
from overfit.nn.dropout import Dropout
from overfit.streams import Purpose, stream
from overfit.training import Examples, Recipe, Replicate, Schedule, train


@pytest.fixture(scope="module")
def digits():
    images, labels = load_digits(return_X_y=True)
    return Examples((images / 16).astype(np.float32), labels.astype(np.uint8))


def part(examples, rows):
    return Examples(examples.inputs[rows], examples.labels[rows])


def replicates(digits, seeds, *, n=60, lr=0.05, l2=0.0):
    made = []
    for seed in seeds:
        rows = np.random.default_rng(seed).permutation(1000)
        train_part, validation = part(digits, rows[:n]), part(digits, rows[n : n + 40])
        made.append(Replicate(seed, train_part, validation, nn.SGD(lr), (nn.L2(l2),)))
    return made


def rows(history):
    columns = history.columns
    return [
        dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)
    ]


NETWORKS = {
    "plain": nn.mlp(64, [20, 15], 10),
    "batch_norm": nn.mlp(64, [20, 15], 10, norm=nn.BatchNorm),
    "dropout": nn.mlp(64, [20, 15], 10, dropout=Dropout(0.3)),
    "sigmoid": nn.mlp(64, [20, 15], 10, activation=nn.Sigmoid(), initializer=nn.Xavier()),
}


@pytest.mark.parametrize("name", NETWORKS)
def test_a_replicate_is_bitwise_the_same_alone_in_a_stack_and_in_another_order(digits, name):
    schedule = Schedule(60, 16, 3, 5)
    test = part(digits, slice(1000, 1100))

    def histories(seeds, stack):
        recipe = Recipe(NETWORKS[name], schedule)
        members = replicates(digits, seeds, l2=0.01)
        trained = train(recipe, members, test, root_seed=1, stack=stack)
        return {one.history.columns["seed"][0]: one.history.columns for one in trained}

    alone = histories(range(8), 1)
    assert histories(range(8), 8) == alone
    assert histories(range(8), 3) == alone
    assert histories(reversed(range(8)), 8) == alone
    assert histories([5], 1)[5] == alone[5]


def test_training_follows_the_plain_equations(digits):
    """The same run written out for one replicate in float64, without any of the tricks."""
    [replicate] = replicates(digits, [3], lr=0.1, l2=0.05)
    schedule = Schedule(60, 16, 4, 4)
    test = part(digits, slice(1000, 1100))
    [trained] = train(Recipe(NETWORKS["plain"], schedule), [replicate], test, root_seed=9)
    history = trained.history

    params, _ = NETWORKS["plain"].init([stream(9, Purpose.INIT, 3)], np.float64)
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


def test_a_small_network_learns_its_training_set(digits):
    test = part(digits, slice(1000, 1100))
    recipe = Recipe(NETWORKS["plain"], Schedule(60, 20, 150))
    for trained in train(recipe, replicates(digits, [1, 2], lr=0.3), test, root_seed=1):
        last = {row["split"]: row for row in rows(trained.history)[-3:]}
        assert last["train"]["accuracy"] == 1.0
        assert 0.5 < last["test"]["accuracy"] < 1.0
        assert last["train"]["epoch"] == 150


def test_divergence_is_recorded_without_warnings(digits):
    test = part(digits, slice(1000, 1100))
    members = [*replicates(digits, [1], lr=1e6), *replicates(digits, [2], lr=0.05)]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        recipe = Recipe(NETWORKS["plain"], Schedule(60, 20, 30, 20))
        diverged, healthy = (t.history for t in train(recipe, members, test, root_seed=1, stack=2))
    losses = diverged.columns["loss"]
    assert all(diverged.columns["diverged"])
    assert math.isfinite(losses[0])
    assert math.isnan(losses[-1])
    first = next(i for i, loss in enumerate(losses) if math.isnan(loss))
    assert all(math.isnan(loss) for loss in losses[first:])
    assert not any(healthy.columns["diverged"])
    assert all(map(math.isfinite, healthy.columns["loss"]))


def test_a_training_set_of_the_wrong_size_is_refused(digits):
    recipe = Recipe(NETWORKS["plain"], Schedule(50, 10, 1))
    members = replicates(digits, [4])
    with pytest.raises(ValueError, match="seed 4 has 60 training examples; .* expects 50"):
        train(recipe, members, digits, root_seed=1)

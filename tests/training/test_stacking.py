"""A replicate's numbers are bitwise the same alone, in a stack, and in another order."""

from dataclasses import replace

import numpy as np
import pytest

from overfit import nn
from overfit.nn.schedules import WarmUp
from overfit.nn.schedules.cosine import Cosine
from overfit.training.examples import Examples
from overfit.training.loop import EarlyStopping, Recipe, train
from overfit.training.schedule import Schedule
from tests.training.problems import TEST, beyond, digits, part, replicates

SCHEDULE = Schedule(60, 16, 3, 5)
EVERYTHING = frozenset({"predictions", "parameters"})
PLAIN = nn.mlp(64, [20, 15], 10)


def recipe(network=PLAIN, schedule=SCHEDULE, **options):
    return Recipe(network, schedule, keep=EVERYTHING, **options)


def trained(recipe, members, stack, test=None):
    """What is left of each seed: history, parameters, predictions."""
    made = train(recipe, members, test or part(TEST), root_seed=1, stack=stack)
    return {
        one.history.columns["seed"][0]: (one.history.columns, one.stopped, one.kept) for one in made
    }


def assert_same(some, others):
    assert some.keys() == others.keys()
    for seed, (history, stopped, kept) in some.items():
        other_history, other_stopped, other_kept = others[seed]
        assert stopped == other_stopped
        for name, column in history.items():
            np.testing.assert_array_equal(column, other_history[name])  # NaN equals NaN
        assert kept.keys() == other_kept.keys()
        for name, array in kept.items():
            np.testing.assert_array_equal(array, other_kept[name], err_msg=name)


def assert_independent(recipe, members, test=None):
    """Eight replicates alone, together, three at a time, and in reverse."""
    alone = trained(recipe, members, 1, test)
    assert len(alone) == len(members) == 8
    assert_same(trained(recipe, members, 8, test), alone)
    assert_same(trained(recipe, members, 3, test), alone)
    assert_same(trained(recipe, members[::-1], 8, test), alone)
    assert_same(trained(recipe, members[5:6], 1, test), {5: alone[5]})
    return alone


NETWORKS = {
    "plain": PLAIN,
    "one_affine_layer": nn.mlp(64, [], 10),
    "odd_widths": nn.mlp(64, [33, 1, 7], 10),
    "batch_norm": nn.mlp(64, [20, 15], 10, norm=nn.BatchNorm),
    "batch_norm_after_activation": nn.mlp(
        64, [20, 15], 10, norm=lambda n: nn.BatchNorm(n, scalar=True, place="after")
    ),
    "layer_norm_gelu": nn.mlp(64, [20, 15], 10, activation=nn.GELU(), norm=nn.LayerNorm),
    "leaky_relu_orthogonal": nn.mlp(
        64, [20, 15], 10, activation=nn.LeakyReLU(), initializer=nn.Orthogonal()
    ),
    "tanh": nn.mlp(64, [20, 15], 10, activation=nn.Tanh(), initializer=nn.XavierUniform()),
    "sigmoid": nn.mlp(64, [20, 15], 10, activation=nn.Sigmoid(), initializer=nn.Xavier()),
    "dropout": nn.mlp(64, [20, 15], 10, dropout=nn.Dropout(0.3)),
    "input_dropout_test_time": nn.mlp(
        64,
        [20, 15],
        10,
        dropout=nn.Dropout(0.3, "test_time", input=0.1),
    ),
}


def test_monte_carlo_evaluation():
    assert_independent(recipe(NETWORKS["dropout"], monte_carlo=3), replicates(range(8)))


@pytest.mark.parametrize("name", NETWORKS)
def test_networks(name):
    assert_independent(recipe(NETWORKS[name]), replicates(range(8)))


# Hyperparameters that differ between replicates, as in a search: u runs from 0.1 to 1.
OPTIMIZERS = {
    "sgd": lambda u: nn.SGD(0.2 * u),
    "momentum": lambda u: nn.Momentum(0.05 * u, 0.9 * u),
    "nesterov": lambda u: nn.Nesterov(0.05 * u, 0.9 * u),
    "adagrad": lambda u: nn.AdaGrad(0.05 * u),
    "rmsprop": lambda u: nn.RMSProp(0.01 * u, 0.9 * u),
    "adam": lambda u: nn.Adam(0.01 * u, 0.9 * u, 0.99 * u),
    "adamw": lambda u: nn.AdamW(0.01 * u, weight_decay=u),
}
PENALTIES = {
    "l1": lambda u: (nn.L1(0.01 * u),),
    "l2": lambda u: (nn.L2(0.1 * u),),
    "elastic_net": lambda u: (nn.L1(0.01 * u), nn.L2(0.1 * (1 - u))),
    "lp": lambda u: (nn.Lp(3 * u, 0.01),),
    "lp_below_1": lambda u: (nn.Lp(0.9 * u, 0.01 * u),),
    "lp_2": lambda u: (nn.Lp(2, 0.1 * u),),
}
CONSTRAINTS = {
    "max_norm": lambda u: (nn.MaxNorm(u),),
    "proximal_l1": lambda u: (nn.ProximalL1(0.05 * u),),
}


def each(part, make):
    """Eight replicates, each with a part of its own."""
    return [
        replace(member, **{part: make(u)})
        for member, u in zip(replicates(range(8)), np.linspace(0.1, 1, 8).tolist(), strict=True)
    ]


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_optimizers(name):
    assert_independent(recipe(), each("optimizer", OPTIMIZERS[name]))


@pytest.mark.parametrize("name", PENALTIES)
def test_penalties(name):
    assert_independent(recipe(), each("penalties", PENALTIES[name]))


@pytest.mark.parametrize("name", CONSTRAINTS)
def test_constraints(name):
    assert_independent(recipe(), each("penalties", CONSTRAINTS[name]))


@pytest.mark.parametrize("optimizer", [nn.SGD(0.3), nn.Adam(0.01)], ids=["sgd", "adam"])
def test_clipping_smoothing_and_a_learning_rate_schedule(optimizer):
    options = {"clip": 0.8, "label_smoothing": 0.1, "lr_schedule": WarmUp(3, Cosine(9))}
    assert_independent(recipe(**options), replicates(range(8), optimizer=optimizer))


def test_sampling_with_replacement():
    schedule = Schedule(60, 16, updates=12, points=5, sampling="replacement")
    assert_independent(recipe(schedule=schedule), replicates(range(8)))


def test_early_stopping_at_different_times():
    network = nn.mlp(64, [20, 15], 10, norm=nn.BatchNorm)
    alone = assert_independent(
        recipe(network, Schedule(60, 16, 30, 30), early_stopping=EarlyStopping(2)),
        each("optimizer", lambda u: nn.SGD(2 * u)),
    )
    assert len({stopped for _, stopped, _ in alone.values()}) > 2


def test_a_diverging_neighbour():
    assert_independent(
        recipe(), each("optimizer", lambda u: beyond(nn.SGD(0.1), lr=1e8 if u > 0.7 else 0.1))
    )


def test_pixels_that_rows_select_in_a_network_of_the_books_size():
    images = np.random.default_rng(1).integers(0, 256, (1000, 784), np.uint8)
    members = []
    for member in replicates(range(8)):
        rows = np.random.default_rng(member.seed).permutation(1000)
        sets = {
            name: Examples(images, digits().labels[chosen], chosen)
            for name, chosen in (("train", rows[:60]), ("validation", rows[60:100]))
        }
        members.append(replace(member, **sets))
    chosen = np.arange(900, 1000)
    test = Examples(images, digits().labels[chosen], chosen)
    assert_independent(recipe(nn.mlp(784, [100, 100], 10, norm=nn.BatchNorm)), members, test)


def test_pixels_and_floats_made_of_them_give_the_same_numbers():
    """The conversion is `x * float32(1/255)`, whether it is done batch by batch or at once."""
    images = np.random.default_rng(1).integers(0, 256, (1000, 64), np.uint8)
    floats = images * np.float32(1 / 255)
    made = []
    for inputs in (images, floats):
        members = []
        for member in replicates(range(3)):
            chosen = np.random.default_rng(member.seed).permutation(1000)[:100]
            labels = digits().labels[chosen]
            if inputs is images:
                train_set = Examples(images, labels[:60], chosen[:60])
                validation = Examples(images, labels[60:], chosen[60:])
            else:
                train_set = Examples(floats[chosen[:60]], labels[:60])
                validation = Examples(floats[chosen[60:]], labels[60:])
            members.append(replace(member, train=train_set, validation=validation))
        made.append(trained(recipe(), members, 3))
    assert_same(*made)

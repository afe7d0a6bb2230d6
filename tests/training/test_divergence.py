"""Divergence is a result: recorded, without warnings, and of no effect on the neighbours."""

import math
import warnings

import numpy as np
import pytest

from overfit import nn
from overfit.training.evaluate import score
from overfit.training.loop import EarlyStopping, Recipe, train
from overfit.training.schedule import Schedule
from overfit.training.stack import Stack
from tests.training.problems import TEST, beyond, part, replicates, rows

NETWORK = nn.mlp(64, [20, 15], 10)
OPTIMIZERS = [
    nn.SGD,
    nn.Momentum,
    nn.Nesterov,
    nn.AdaGrad,
    nn.RMSProp,
    nn.Adam,
    nn.AdamW,
]


def diverging(optimizer, healthy=None, **options):
    members = replicates([1], optimizer=optimizer, penalties=options.pop("penalties", ()))
    members += replicates([2], optimizer=healthy) if healthy else []
    schedule = options.pop("schedule", Schedule(60, 20, 30, 20))
    recipe = Recipe(options.pop("network", NETWORK), schedule, **options)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return train(recipe, members, part(TEST), root_seed=1, stack=2)


def assert_diverged(one):
    """Rows up to the divergence, then NaN; every row is flagged."""
    losses = one.history.columns["loss"]
    assert all(one.history.columns["diverged"])
    assert math.isfinite(losses[0])
    assert math.isnan(losses[-1])
    first = next(i for i, loss in enumerate(losses) if math.isnan(loss))
    assert all(map(math.isnan, losses[first:]))
    assert all(map(math.isnan, one.history.columns["accuracy"][first:]))
    assert all(map(math.isfinite, losses[:first]))


@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_an_absurd_learning_rate_is_recorded_without_warnings(kind):
    diverged, healthy = diverging(beyond(kind(1.0), lr=1e30), kind(1e-3))
    assert_diverged(diverged)
    assert not any(healthy.history.columns["diverged"])
    assert all(map(math.isfinite, healthy.history.columns["loss"]))


def test_weights_that_grow_step_by_step_keep_their_rows_up_to_the_divergence():
    """A decay of lr l2 = 4 multiplies the weights by -3 in every update."""
    [one] = diverging(nn.SGD(0.01), penalties=(nn.L2(400.0),))
    assert_diverged(one)
    assert sum(map(math.isfinite, one.history.columns["loss"])) > 9


@pytest.mark.parametrize(
    "options",
    [
        {"network": nn.mlp(64, [20], 10, activation=nn.GELU(), norm=nn.LayerNorm)},
        {"network": nn.mlp(64, [20], 10, norm=nn.BatchNorm, dropout=nn.Dropout(0.2))},
        {"clip": 1.0},
        {"label_smoothing": 0.1},
        {"early_stopping": EarlyStopping(2)},
        {"keep": frozenset({"predictions", "parameters"})},
    ],
    ids=lambda options: next(iter(options)),
)
def test_whatever_else_is_done_there_is_no_warning(options):
    diverging(beyond(nn.SGD(1.0), lr=1e30), **options)


@pytest.mark.parametrize("batch", [20, 7])
def test_early_stopping_ends_with_the_best_network_before_the_divergence(batch):
    """History and kept predictions are those of the same network, whatever is recorded when."""
    [one] = diverging(
        beyond(nn.Momentum(0.02), momentum=1.8),
        schedule=Schedule(60, batch, 30, 20),
        early_stopping=EarlyStopping(30),
        keep=frozenset({"predictions", "parameters"}),
    )
    assert one.stopped is not None
    assert not any(one.history.columns["diverged"])
    assert all(map(math.isfinite, one.history.columns["loss"]))
    last = rows(one.history)[-1]
    found = score(one.kept["predictions"], part(TEST).labels)
    assert found == pytest.approx((last["loss"], last["accuracy"]), rel=1e-5)


def test_a_run_that_diverged_keeps_nothing_that_looks_like_a_network():
    """Wherever the history has no numbers, what is kept has none, too."""
    [one] = diverging(beyond(nn.SGD(1.0), lr=1e30), keep=frozenset({"predictions", "parameters"}))
    assert_diverged(one)
    assert all(np.isnan(array).all() for array in one.kept.values())


def test_networks_that_have_all_diverged_are_not_trained_on(monkeypatch):
    """Nothing that follows is recorded; another one in the stack still gets all of its updates."""
    made = []
    update = Stack.update
    monkeypatch.setattr(Stack, "update", lambda *args: made.append(1) or update(*args))
    [one] = diverging(beyond(nn.SGD(1.0), lr=1e30))
    assert_diverged(one)
    assert 0 < len(made) == one.stopped < 90
    assert one.history.columns["update"][-1] == 90
    made.clear()
    diverging(beyond(nn.SGD(1.0), lr=1e30), nn.SGD(1e-3))
    assert len(made) == 90

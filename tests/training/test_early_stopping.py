"""Early stopping against the same run without it."""

from dataclasses import replace

import numpy as np
import pytest

from overfit import nn
from overfit.training.evaluate import evaluate
from overfit.training.history import load_parameters
from overfit.training.loop import EarlyStopping, Recipe, train
from overfit.training.schedule import Schedule
from tests.training.problems import TEST, beyond, part, replicates, rows

# Learning rates at which the validation loss rises again, with state that must be restored, too.
RECIPE = Recipe(
    nn.mlp(64, [20, 15], 10, norm=nn.BatchNorm),
    Schedule(60, 16, 30, 30),
    keep=frozenset({"parameters"}),
)
SEEDS = range(6)
EPOCH = 4
"""Updates."""


def run(stopping, **changes):
    recipe = replace(RECIPE, early_stopping=stopping, **changes)
    members = replicates(SEEDS, optimizer=nn.SGD(0.5))
    return train(recipe, members, part(TEST), root_seed=1), members


@pytest.fixture(scope="module")
def free():
    """Without early stopping: by seed and update, each with its three rows."""
    trained, _ = run(None, schedule=replace(RECIPE.schedule, points=10_000))
    return [np.reshape(rows(one.history), (-1, 3)).tolist() for one in trained]


def value(evaluation, metric):
    split, quantity = metric.split("_")
    return next(row[quantity] for row in evaluation if row["split"] == split)


def expected(updates, metric, patience, min_delta=0.0):
    """The update of the best epoch, and the one after which to stop, if any."""
    sign = 1 if metric == "validation_loss" else -1
    best = 0
    for update in range(0, len(updates), EPOCH):
        gain = sign * (value(updates[best], metric) - value(updates[update], metric))
        if gain > min_delta:
            best = update
        elif update - best == patience * EPOCH:
            return best, update
    return best, None


CASES = pytest.mark.parametrize("patience", [1, 2, 5, 100])
METRICS = pytest.mark.parametrize("metric", ["validation_loss", "validation_accuracy"])


@METRICS
@CASES
@pytest.mark.parametrize("min_delta", [0.0, 0.03])
def test_it_stops_after_so_many_epochs_without_improvement(free, metric, patience, min_delta):
    trained, _ = run(EarlyStopping(patience, metric, min_delta))
    for one, updates in zip(trained, free, strict=True):
        _, stop = expected(updates, metric, patience, min_delta)
        assert one.stopped == stop
    if patience == 2:
        assert all(one.stopped is not None for one in trained)
    if patience == 100:
        assert all(one.stopped is None for one in trained)


@METRICS
@CASES
def test_the_history_ends_with_the_scores_of_the_best_epoch(free, metric, patience):
    """Up to the stop it is the history of the run without early stopping."""
    trained, _ = run(EarlyStopping(patience, metric))
    for one, updates in zip(trained, free, strict=True):
        best, stop = expected(updates, metric, patience)
        found = np.reshape(rows(one.history), (-1, 3)).tolist()
        points = RECIPE.schedule.evaluation_points()
        for evaluation, point in zip(found, points, strict=True):
            ended = point >= (points[-1] if stop is None else stop)
            for row, like in zip(evaluation, updates[best if ended else point], strict=True):
                assert row == like | {"update": point, "epoch": point / EPOCH}


@pytest.mark.parametrize("points", [2, 7, 120])
@pytest.mark.parametrize("monte_carlo", [None, 3])
def test_evaluation_points_move_neither_the_stop_nor_the_network(points, monte_carlo):
    network = nn.mlp(64, [20, 15], 10, dropout=nn.Dropout(0.2))
    changes = {"network": network, "monte_carlo": monte_carlo}
    schedule = replace(RECIPE.schedule, points=points)
    wanted, _ = run(EarlyStopping(3), **changes)
    trained, _ = run(EarlyStopping(3), schedule=schedule, **changes)
    assert any(one.stopped is not None for one in trained)
    for one, other in zip(trained, wanted, strict=True):
        assert one.stopped == other.stopped
        for name, array in one.kept.items():
            np.testing.assert_array_equal(array, other.kept[name])


def test_it_is_keras_rule():
    """As keras.callbacks.EarlyStopping compares, but beginning with the untrained network."""
    losses = [3.0, 2.0, 1.95, 1.91, 1.99, 1.7]
    stopping = EarlyStopping(2, min_delta=0.1)
    assert [stopping.improves(loss, 2.0) for loss in losses] == [False] * 3 + [False, False, True]


@METRICS
@CASES
def test_the_final_parameters_are_those_of_the_best_evaluation(metric, patience):
    trained, members = run(EarlyStopping(patience, metric))
    for one, member in zip(trained, members, strict=True):
        kept = {name: array[None] for name, array in one.kept.items()}
        kept["seeds"] = np.array([member.seed])
        params, states = load_parameters(kept, RECIPE.network, member.seed)
        last = {row["split"]: (row["loss"], row["accuracy"]) for row in rows(one.history)[-3:]}
        sets = {"train": member.train, "validation": member.validation, "test": part(TEST)}
        for split, examples in sets.items():
            scratch = nn.Scratch(np.float32)
            assert evaluate(RECIPE.network, params, states, examples, scratch) == last[split]


def test_a_nan_never_improves():
    stopping = EarlyStopping(1)
    assert not stopping.improves(float("nan"), float("nan"))
    assert not stopping.improves(float("nan"), 1.0)
    assert stopping.improves(1.0, float("nan"))
    assert not stopping.improves(1.0, 1.0)


def test_a_network_that_never_gave_a_number_is_stopped_once():
    """Its weights overflow before the first update."""
    network = nn.mlp(64, [8], 10, initializer=beyond(nn.Normal(1.0), std=1e30))
    members = replicates(SEEDS, optimizer=nn.SGD(0.1))
    recipe = replace(RECIPE, network=network, early_stopping=EarlyStopping(2))
    for one in train(recipe, members, part(TEST), root_seed=1):
        assert one.stopped == 0
        assert all(one.history.columns["diverged"])

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


def run(stopping, **changes):
    recipe = replace(RECIPE, early_stopping=stopping, **changes)
    members = replicates(SEEDS, optimizer=nn.SGD(0.5))
    return train(recipe, members, part(TEST), root_seed=1), members


@pytest.fixture(scope="module")
def free():
    """Without early stopping: by seed, the evaluations in order, each with its three rows."""
    trained, _ = run(None)
    return [np.reshape(rows(one.history), (-1, 3)).tolist() for one in trained]


def value(evaluation, metric):
    split, quantity = metric.split("_")
    return next(row[quantity] for row in evaluation if row["split"] == split)


def expected(evaluations, metric, patience):
    """Where the best evaluation is, and the one after which to stop, if any."""
    sign = 1 if metric == "validation_loss" else -1
    best = 0
    for i, evaluation in enumerate(evaluations):
        if sign * value(evaluation, metric) < sign * value(evaluations[best], metric):
            best = i
        elif i - best == patience:
            return best, i
    return best, None


CASES = pytest.mark.parametrize("patience", [1, 2, 5, 100])
METRICS = pytest.mark.parametrize("metric", ["validation_loss", "validation_accuracy"])


@METRICS
@CASES
def test_it_stops_after_so_many_evaluations_without_improvement(free, metric, patience):
    trained, _ = run(EarlyStopping(patience, metric))
    for one, evaluations in zip(trained, free, strict=True):
        _, stop = expected(evaluations, metric, patience)
        assert one.stopped == (None if stop is None else evaluations[stop][0]["update"])
    if patience == 2:
        assert all(one.stopped is not None for one in trained)
    if patience == 100:
        assert all(one.stopped is None for one in trained)


@METRICS
@CASES
def test_the_history_ends_with_the_best_evaluation(free, metric, patience):
    """Up to the stop it is the history of the run without early stopping."""
    trained, _ = run(EarlyStopping(patience, metric))
    for one, evaluations in zip(trained, free, strict=True):
        best, stop = expected(evaluations, metric, patience)
        found = np.reshape(rows(one.history), (-1, 3)).tolist()
        assert len(found) == len(evaluations)
        before = len(found) - 1 if stop is None else stop
        assert found[:before] == evaluations[:before]
        for evaluation, free_evaluation in zip(found[before:], evaluations[before:], strict=True):
            for row, like, when in zip(evaluation, evaluations[best], free_evaluation, strict=True):
                assert row == like | {"update": when["update"], "epoch": when["epoch"]}


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
    """Its weights overflow before the first update, and there is nothing to restore."""
    network = nn.mlp(64, [8], 10, initializer=beyond(nn.Normal(1.0), std=1e30))
    members = replicates(SEEDS, optimizer=nn.SGD(0.1))
    recipe = replace(RECIPE, network=network, early_stopping=EarlyStopping(2))
    for one in train(recipe, members, part(TEST), root_seed=1):
        assert one.stopped == RECIPE.schedule.evaluation_points()[1]
        assert all(one.history.columns["diverged"])

"""What every method keeps to, whatever it searches."""

import math
import time

import numpy as np
import pytest
from scipy import stats

from overfit.config.space import grid
from overfit.search.gp import Gp
from overfit.search.hyperband import Hyperband
from overfit.search.method import Round, finite
from overfit.search.one_round import Grid, Random, RandomGrid, Sobol
from overfit.search.tpe import Tpe
from tests.search.objectives import cube, searched, sphere
from tests.search.spaces import MIXED, is_in_space

METHODS = {
    "grid": Grid,
    "random": Random,
    "random_grid": RandomGrid,
    "qmc": Sobol,
    "tpe": Tpe,
    "gp": Gp,
    "hyperband": lambda *arguments: Hyperband(*arguments, whole=9),
}


def proposed(method, cost=lambda values: math.log(values["lr"])):
    """All trials of a search, and the sizes of its rounds."""
    told = []
    while trials := method.propose(told):
        told.append(Round(trials, [cost(trial.values) for trial in trials]))
    return [trial for round_ in told for trial in round_.trials], [len(r.trials) for r in told]


@pytest.mark.parametrize("name", METHODS)
def test_trials_lie_in_the_space_and_keep_its_conditions(name):
    trials, _ = proposed(METHODS[name](MIXED, 40, 3))
    assert len(trials) >= 40
    assert all(is_in_space(trial.values) for trial in trials)
    assert {"momentum" in trial.values for trial in trials} == {True, False}


@pytest.mark.parametrize("name", METHODS)
def test_the_same_seed_gives_the_same_trials(name):
    first, _ = proposed(METHODS[name](MIXED, 40, 3))
    again, _ = proposed(METHODS[name](MIXED, 40, 3))
    assert again == first
    if name != "grid":
        other, _ = proposed(METHODS[name](MIXED, 40, 4))
        assert other != first


@pytest.mark.parametrize("name", ["tpe", "gp", "hyperband"])
def test_a_search_goes_on_from_what_it_was_told_as_if_never_stopped(name):
    method = METHODS[name](MIXED, 24, 3)
    told = searched(method, lambda values: float(len(str(values))))
    fresh = METHODS[name](MIXED, 24, 3)
    assert fresh.propose(told[:2]) == list(told[2].trials)


@pytest.mark.parametrize("name", METHODS)
def test_trials_that_fail_do_not_end_a_search(name):
    trials, _ = proposed(METHODS[name](MIXED, 40, 3), cost=lambda values: math.inf)
    assert len(trials) >= 40


def test_a_failed_trial_costs_as_much_as_the_worst_of_the_others():
    assert finite(np.array([1.0, np.inf, 3.0, np.nan])).tolist() == [1.0, 3.0, 3.0, 3.0]
    assert finite(np.array([np.inf])).tolist() == [0.0]


@pytest.mark.parametrize("name", ["grid", "random", "random_grid", "qmc"])
def test_methods_that_do_not_learn_have_one_round(name):
    _, rounds = proposed(METHODS[name](MIXED, 40, 3))
    assert rounds == [40] == [METHODS[name](MIXED, 40, 3).budget]


@pytest.mark.parametrize("name", ["tpe", "gp"])
def test_methods_that_learn_have_rounds_of_one_size_and_a_short_last_one(name):
    method = METHODS[name](MIXED, 20, 3)
    assert proposed(method)[1] == [8, 8, 4]
    assert method.rounds == 3


@pytest.mark.parametrize("name", ["random", "qmc"])
def test_draws_are_uniform_on_the_scale_of_their_dimension(name):
    trials, _ = proposed(METHODS[name](MIXED, 512, 0))
    column = {key: [t.values[key] for t in trials if key in t.values] for key in MIXED}
    lr = (np.log10(column["lr"]) + 6) / 4
    momentum = np.array(column["momentum"]) / 0.9
    for values in (lr, np.array(column["rate"]) / 0.5, momentum):
        assert stats.kstest(values, "uniform").pvalue > 0.01
    for key, size in (("depth", 4), ("norm", 2), ("optimizer", 3)):
        counts = [column[key].count(value) for value in dict.fromkeys(column[key])]
        assert len(counts) == size
        assert stats.chisquare(counts).pvalue > 0.01


def test_sobol_points_are_spread_more_evenly_than_random_ones():
    discrepancy = {}
    for name in ("random", "qmc"):
        trials, _ = proposed(METHODS[name](cube(3), 64, 0), cost=lambda values: 0.0)
        points = np.array([list(trial.values.values()) for trial in trials])
        discrepancy[name] = stats.qmc.discrepancy(points)
    assert discrepancy["qmc"] < discrepancy["random"] / 3


def test_points_are_drawn_from_a_grid_without_replacement():
    size = grid(MIXED).size
    drawn, _ = proposed(RandomGrid(MIXED, 50, 0))
    texts = [repr(sorted(trial.values.items(), key=str)) for trial in drawn]
    assert len(set(texts)) == 50
    every, _ = proposed(RandomGrid(MIXED, size, 0))
    in_order, _ = proposed(Grid(MIXED, size, 0))
    assert len({repr(sorted(t.values.items())) for t in every}) == size
    assert {repr(sorted(t.values.items())) for t in every} == {
        repr(sorted(t.values.items())) for t in in_order
    }
    assert every != in_order


@pytest.mark.parametrize(("name", "bound"), [("tpe", 0.05), ("gp", 0.1)])
def test_a_trial_is_proposed_in_little_time(name, bound):
    """Of processor time, for each of 100 trials in six dimensions."""
    started = time.process_time()
    trials, _ = proposed(METHODS[name](MIXED, 100, 0))
    assert (time.process_time() - started) / len(trials) < bound


@pytest.mark.parametrize("name", ["tpe", "gp"])
def test_later_rounds_are_better_than_the_first(name):
    told = searched(METHODS[name](cube(2), 40, 1), sphere)
    first, last = (np.mean(round_.costs) for round_ in (told[0], told[-1]))
    assert last < first / 2

"""What every method does, and what Hyperband and the Gaussian process do."""

import itertools
import math
import time
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, stats

from overfit.search.methods import NAMES, Round, finite, method
from overfit.search.methods.gp import expected_improvement
from overfit.search.methods.grid import GridSearch
from overfit.search.methods.hyperband import Hyperband, Rung, bracket, brackets, cost, depth
from overfit.search.methods.random_grid import RandomGrid
from overfit.search.space import grid
from tests.search.objectives import MIXED, cube, is_in_space, searched, sphere


def searching(name, *arguments):
    """A method; Hyperband has 9 epochs to give."""
    return method(name)(*arguments, whole=9)


LEARNING = [name for name in NAMES if method(name).learns]
SIZED = [name for name in NAMES if method(name).sized]
INDEPENDENT = [name for name in NAMES if not method(name).learns]


def proposed(method, cost=lambda values: math.log(values["lr"])):
    """All trials of a search, and the sizes of its rounds."""
    told = []
    while trials := method.propose(told):
        told.append(Round(trials, [cost(trial.values) for trial in trials]))
    return [trial for round_ in told for trial in round_.trials], [len(r.trials) for r in told]


@pytest.mark.parametrize("name", NAMES)
def test_trials_lie_in_the_space_and_keep_its_conditions(name):
    trials, _ = proposed(searching(name, MIXED, 40, 3))
    assert len(trials) >= 40
    assert all(is_in_space(trial.values) for trial in trials)
    assert {"momentum" in trial.values for trial in trials} == {True, False}


@pytest.mark.parametrize("name", NAMES)
def test_the_same_seed_gives_the_same_trials(name):
    first, _ = proposed(searching(name, MIXED, 40, 3))
    again, _ = proposed(searching(name, MIXED, 40, 3))
    assert again == first
    if name != "grid":
        other, _ = proposed(searching(name, MIXED, 40, 4))
        assert other != first


@pytest.mark.parametrize("name", LEARNING)
def test_a_search_goes_on_from_what_it_was_told_as_if_never_stopped(name):
    method = searching(name, MIXED, 40, 3)
    told = searched(method, lambda values: float(len(str(values))))
    fresh = searching(name, MIXED, 40, 3)
    assert fresh.propose(told[:2]) == list(told[2].trials)


@pytest.mark.parametrize("name", NAMES)
def test_trials_that_fail_do_not_end_a_search(name):
    trials, _ = proposed(searching(name, MIXED, 40, 3), cost=lambda values: math.inf)
    assert len(trials) >= 40


def test_a_failed_trial_costs_as_much_as_the_worst_of_the_others():
    assert finite(np.array([1.0, np.inf, 3.0, np.nan])).tolist() == [1.0, 3.0, 3.0, 3.0]
    assert finite(np.array([np.inf])).tolist() == [0.0]


@pytest.mark.parametrize("name", INDEPENDENT)
def test_methods_that_do_not_learn_have_one_round(name):
    _, rounds = proposed(searching(name, MIXED, 40, 3))
    assert [(count, 1) for count in rounds] == [(40, 1)] == searching(name, MIXED, 40, 3).plan


@pytest.mark.parametrize("name", SIZED)
def test_rounds_grow_with_what_is_known_up_to_their_size(name):
    method = searching(name, cube(2), 64, 3)
    sizes = [10, 2, 3, 3, 4, 5, 6, 8, 8, 8, 7]
    assert [len(round_.trials) for round_ in searched(method, sphere)] == sizes
    assert method.plan == [(size, 1) for size in sizes]
    small = replace(method, size=3)
    assert [count for count, _ in small.plan] == [10, 2] + [3] * 17 + [1]


@pytest.mark.parametrize("name", SIZED)
def test_more_trials_go_on_from_those_of_a_smaller_search(name):
    few, _ = proposed(searching(name, MIXED, 17, 3))
    more, _ = proposed(searching(name, MIXED, 40, 3))
    assert more[: len(few)] == few


@pytest.mark.parametrize("name", LEARNING)
def test_a_method_says_that_it_learns_nothing_just_where_costs_change_nothing(name):
    """With 10 trials of 9 epochs or fewer, or of any budget that pays for no choice."""

    def trials(count, whole, cost):
        one = method(name)(MIXED if name == "gp" else cube(2), count, 3, whole=whole)
        return proposed(one, cost)[0], one.learns_nothing()

    def first(values):
        return next(iter(values.values()))

    for count, whole in [(1, 9), (2, 9), (10, 9), (11, 9), (24, 9), (25, 9), (64, 2), (3, 3)]:
        rising, why = trials(count, whole, first)
        falling, _ = trials(count, whole, lambda values: -first(values))
        assert (rising == falling) == (why is not None), (count, whole)


@pytest.mark.parametrize("name", ["random", "qmc"])
def test_draws_are_uniform_on_the_scale_of_their_dimension(name):
    trials, _ = proposed(searching(name, MIXED, 512, 0))
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
        trials, _ = proposed(searching(name, cube(3), 64, 0), cost=lambda values: 0.0)
        points = np.array([list(trial.values.values()) for trial in trials])
        discrepancy[name] = stats.qmc.discrepancy(points)
    assert discrepancy["qmc"] < discrepancy["random"] / 3


def test_points_are_drawn_from_a_grid_without_replacement():
    size = grid(MIXED).size
    drawn, _ = proposed(RandomGrid(MIXED, 50, 0))
    texts = [repr(sorted(trial.values.items(), key=str)) for trial in drawn]
    assert len(set(texts)) == 50
    every, _ = proposed(RandomGrid(MIXED, size, 0))
    in_order, _ = proposed(GridSearch(MIXED, size, 0))
    assert len({repr(sorted(t.values.items())) for t in every}) == size
    assert {repr(sorted(t.values.items())) for t in every} == {
        repr(sorted(t.values.items())) for t in in_order
    }
    assert every != in_order


@pytest.mark.parametrize(("name", "bound"), [("tpe", 0.05), ("gp", 0.1)])
def test_a_trial_is_proposed_in_little_time(name, bound):
    """Of processor time, for each of 100 trials in six dimensions."""
    started = time.process_time()
    trials, _ = proposed(searching(name, MIXED, 100, 0))
    assert (time.process_time() - started) / len(trials) < bound


@pytest.mark.parametrize("name", SIZED)
def test_later_rounds_are_better_than_the_first(name):
    told = searched(searching(name, cube(2), 40, 1), sphere)
    first, last = (np.mean(round_.costs) for round_ in (told[0], told[-1]))
    assert last < first / 2


@given(st.floats(-3, 3), st.floats(0.01, 3), st.floats(-3, 3))
def test_expected_improvement_is_the_mean_of_the_improvement(mean, deviation, best):
    """By numerical integration of max(best - y, 0) over the normal density."""
    density = stats.norm(mean, deviation).pdf
    wanted, _ = integrate.quad(lambda y: (best - y) * density(y), mean - 10 * deviation, best)
    if best < mean - 10 * deviation:
        wanted = 0.0
    found = expected_improvement(np.array([mean]), np.array([deviation]), best)
    assert found[0] == pytest.approx(wanted, abs=1e-6)


def test_without_deviation_the_improvement_is_certain():
    found = expected_improvement(np.array([1.0, 3.0]), np.zeros(2), 2.0)
    assert found.tolist() == [1.0, 0.0]


def test_expected_improvement_grows_with_the_deviation_and_falls_with_the_mean():
    rising = expected_improvement(np.zeros(20), np.linspace(0.01, 2, 20), 0.0)
    falling = expected_improvement(np.linspace(-2, 2, 20), np.ones(20), 0.0)
    assert (np.diff(rising) > 0).all()
    assert (np.diff(falling) < 0).all()


def test_brackets_are_those_of_the_paper():
    """Table 1 of Li et al. (2018): R = 81, eta = 3, what all brackets once over cost."""
    assert [depth(whole) for whole in (1, 2, 3, 8, 9, 81, 242)] == [0, 0, 1, 1, 2, 4, 4]
    rungs = brackets(30, 81)
    starts = [(rung.count, rung.budget) for rung in rungs if rung.first]
    # The paper rounds n = ceil(5 / (s + 1) 3^s) up, too: 81, 34, 15, 8, 5.
    assert starts[:5] == [(81, 1), (34, 3), (15, 9), (8, 27), (5, 81)]
    assert [(rung.count, rung.budget) for rung in rungs[:5]] == [
        (81, 1), (27, 3), (9, 9), (3, 27), (1, 81),
    ]  # fmt: skip


@given(st.integers(1, 60), st.integers(1, 300))
def test_no_more_is_spent_than_the_budget_and_almost_all_of_it(trials, whole):
    rungs = brackets(trials, whole)
    assert trials * whole - whole < cost(rungs) <= trials * whole
    assert all(1 <= rung.budget <= whole for rung in rungs)


@given(st.integers(1, 200), st.integers(0, 4), st.integers(81, 300))
def test_a_bracket_keeps_a_third_at_each_rung_and_ends_with_the_whole_budget(count, s, whole):
    rungs = bracket(count, s, whole)
    assert [rung.first for rung in rungs] == [True] + [False] * s
    assert rungs[-1].budget == whole
    for above, below in itertools.pairwise(rungs):
        assert below.count == max(1, above.count // 3)
        assert above.budget < below.budget


def test_the_best_of_a_rung_go_on_with_more_epochs():
    method = Hyperband(cube(2), 20, 0, whole=9)
    assert method.rungs[:3] == [Rung(9, 1, True), Rung(3, 3, False), Rung(1, 9, False)]
    first = method.propose([])
    costs = [5.0, 1.0, 9.0, float("nan"), 2.0, 8.0, 0.0, 7.0, float("inf")]
    second = method.propose([Round(first, costs)])
    assert [trial.values for trial in second] == [first[i].values for i in (1, 4, 6)]
    assert {trial.share for trial in first} == {1 / 9}
    assert {trial.share for trial in second} == {3 / 9}
    third = method.propose([Round(first, costs), Round(second, [3.0, 1.0, 2.0])])
    assert [(trial.values, trial.share) for trial in third] == [(first[4].values, 1.0)]
    fourth = method.propose([Round(first, costs), Round(second, [1, 2, 3]), Round(third, [1])])
    assert not {str(trial.values) for trial in fourth} & {str(trial.values) for trial in first}


def test_the_budget_is_that_of_so_many_whole_trainings():
    method = Hyperband(cube(2), 20, 0, whole=9)
    told = []
    while trials := method.propose(told):
        told.append(Round(trials, range(len(trials))))
    spent = sum(trial.share for round_ in told for trial in round_.trials)
    assert [(len(one.trials), one.trials[0].share) for one in told] == method.plan
    assert 19 < spent <= 20

"""Brackets and rungs of Hyperband."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from overfit.config.brackets import Rung, bracket, brackets, cost, depth
from overfit.search.hyperband import Hyperband
from overfit.search.method import Round
from tests.search.objectives import cube


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
    assert spent == pytest.approx(method.budget)
    assert 19 < spent <= 20

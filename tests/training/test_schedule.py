from itertools import islice

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from overfit.training.schedule import Schedule


@given(st.integers(1, 200), st.integers(1, 200), st.integers(1, 50), st.integers(1, 60))
def test_evaluation_points_rise_from_the_start_to_the_last_update(examples, batch, epochs, points):
    schedule = Schedule(examples, min(batch, examples), epochs, points)
    found = schedule.evaluation_points()
    assert found[0] == 0
    assert found[-1] == schedule.budget
    assert found == sorted(set(found))
    assert len(found) <= points + 1


def test_the_books_run_is_evaluated_about_40_times():
    assert 35 <= len(Schedule(300, 100, 201).evaluation_points()) <= 41


@given(st.integers(1, 60), st.integers(1, 60), st.integers(1, 4))
def test_every_example_comes_once_an_epoch(examples, batch, epochs):
    schedule = Schedule(examples, min(batch, examples), epochs)
    batches = list(islice(schedule.batches(np.random.default_rng(1)), schedule.budget))
    seen = np.concatenate(batches).reshape(epochs, examples)
    assert (np.sort(seen, axis=1) == np.arange(examples)).all()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((10, 20, 1), "batch_size is 20; it must not exceed the 10 examples"),
        ((10, 0, 1), "batch_size is 0; it must be a whole number"),
        ((10, 5, 0), "epochs is 0; it must be a whole number"),
    ],
)
def test_impossible_schedules_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        Schedule(*arguments)


def test_a_budget_of_updates_needs_no_epochs():
    schedule = Schedule(300, 100, updates=1000)
    assert schedule.budget == 1000
    assert schedule.evaluation_points()[-1] == 1000


def test_sampling_with_replacement_draws_every_batch_anew():
    schedule = Schedule(20, 10, 200, sampling="replacement")
    batches = np.stack(list(islice(schedule.batches(np.random.default_rng(1)), schedule.budget)))
    assert batches.shape == (400, 10)
    assert any(len(set(batch)) < 10 for batch in batches.tolist())
    counts = np.bincount(batches.ravel(), minlength=20)
    assert stats.chisquare(counts).pvalue > 1e-3


@pytest.mark.parametrize("both", [{}, {"epochs": 3, "updates": 4}])
def test_a_schedule_has_one_budget(both):
    with pytest.raises(ValueError, match="set exactly one of them"):
        Schedule(10, 5, **both)

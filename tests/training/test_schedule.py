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


def generators(*seeds):
    return [np.random.default_rng(seed) for seed in seeds]


def test_the_books_run_is_evaluated_about_40_times():
    assert 35 <= len(Schedule(300, 100, 201).evaluation_points()) <= 41


@given(st.integers(1, 60), st.integers(1, 60), st.integers(1, 4))
def test_every_example_comes_once_an_epoch(examples, batch, epochs):
    schedule = Schedule(examples, min(batch, examples), epochs)
    batches = list(islice(schedule.batches(generators(1, 2)), schedule.budget))
    seen = np.concatenate(batches, axis=1).reshape(2, epochs, examples)
    assert (np.sort(seen, axis=2) == np.arange(examples)).all()


@pytest.mark.parametrize("sampling", ["shuffle", "replacement"])
def test_the_batches_of_a_replicate_depend_on_its_own_generator_only(sampling):
    schedule = Schedule(20, 8, 3, sampling=sampling)
    together, alone = (
        list(islice(schedule.batches(generators(*seeds)), schedule.budget))
        for seeds in ((1, 2, 3), (2,))
    )
    assert all((both[1] == own[0]).all() for both, own in zip(together, alone, strict=True))
    assert any((both[1] != both[0]).any() for both in together)


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
    batches = np.concatenate(list(islice(schedule.batches(generators(1)), schedule.budget)))
    assert batches.shape == (400, 10)
    assert any(len(set(batch)) < 10 for batch in batches.tolist())
    counts = np.bincount(batches.ravel(), minlength=20)
    assert stats.chisquare(counts).pvalue > 1e-3


@pytest.mark.parametrize("both", [{}, {"epochs": 3, "updates": 4}])
def test_a_schedule_has_one_budget(both):
    with pytest.raises(ValueError, match="set exactly one of them"):
        Schedule(10, 5, **both)

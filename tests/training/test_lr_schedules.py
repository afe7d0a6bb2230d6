import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from overfit import nn
from overfit.nn.schedules import WarmUp
from overfit.nn.schedules.constant import Constant
from overfit.nn.schedules.cosine import Cosine
from overfit.nn.schedules.step import Step
from overfit.training.loop import Recipe, train
from overfit.training.schedule import Schedule
from tests.training.problems import TEST, part, replicates


def factors(schedule, updates):
    return [schedule.factor(t) for t in range(updates)]


def test_constant_is_1():
    assert factors(Constant(), 5) == [1.0] * 5


def test_step_drops_after_every_so_many_updates():
    assert factors(Step(3, 0.5), 8) == [1, 1, 1, 0.5, 0.5, 0.5, 0.25, 0.25]


@given(st.integers(1, 100), st.floats(0, 0.99))
@settings(deadline=None)
def test_cosine_falls_from_1_to_its_end_and_stays_there(updates, end):
    found = factors(Cosine(updates, end), updates + 5)
    assert found[0] == 1
    assert (np.diff(found) <= 1e-15).all()
    np.testing.assert_allclose(found[updates:], end, atol=1e-15)
    np.testing.assert_allclose(Cosine(2 * updates, end).factor(updates), (1 + end) / 2)


@given(st.integers(1, 100))
@settings(deadline=None)
def test_warm_up_rises_in_equal_steps_to_1_and_hands_over(updates):
    found = factors(WarmUp(updates, Step(4, 0.5)), updates + 6)
    np.testing.assert_allclose(found[:updates], np.arange(1, updates + 1) / updates)
    assert found[updates:] == [1, 1, 1, 1, 0.5, 0.5]


@pytest.mark.parametrize("optimizer", [nn.SGD(0.1), nn.Adam(0.01)], ids=["sgd", "adam"])
@pytest.mark.parametrize("clip", [None, 0.5], ids=["free", "clipped"])
def test_a_learning_rate_that_has_come_to_0_changes_nothing_any_more(optimizer, clip):
    def final(epochs):
        recipe = Recipe(
            nn.mlp(64, [8], 10),
            Schedule(60, 20, epochs, 1),
            lr_schedule=Cosine(6),
            clip=clip,
            keep=frozenset({"parameters"}),
        )
        [one] = train(recipe, replicates([1], optimizer=optimizer), part(TEST), root_seed=1)
        return one.kept

    two, four = final(2), final(4)
    for name, array in two.items():
        np.testing.assert_array_equal(array, four[name])


@pytest.mark.parametrize("kind", [nn.SGD, nn.Momentum, nn.AdamW])
def test_a_constant_factor_is_a_smaller_learning_rate(kind):
    """For AdamW's decay, too; a quarter is exact in binary."""

    def losses(lr, schedule):
        recipe = Recipe(nn.mlp(64, [8], 10), Schedule(60, 20, 4), lr_schedule=schedule)
        members = replicates([1], optimizer=kind(lr), penalties=(nn.ProximalL1(0.01),))
        [one] = train(recipe, members, part(TEST), root_seed=1)
        return one.history.columns["loss"]

    assert losses(0.02, WarmUp(4, Step(1000))) != losses(0.02, Constant())
    assert losses(0.02, Quarter()) == losses(0.005, Constant())


class Quarter:
    def factor(self, t):
        return 0.25

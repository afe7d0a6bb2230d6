"""Dimensions, conditions, grids, columns, and the unit cube."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from overfit.config.model import position_of
from overfit.search.dimensions import Choice, Int, LogInt, LogUniform, Range, Uniform
from overfit.search.methods.random import Random
from overfit.search.space import Cube, corners, grid, parents_first
from overfit.search.trials import choice_text, trial_columns, values_in
from tests.search.objectives import MIXED, is_in_space


@pytest.mark.parametrize(
    ("dimension", "values"),
    [
        (Uniform(uniform=(0.0, 1.0), points=5), [0.0, 0.25, 0.5, 0.75, 1.0]),
        (LogUniform(log_uniform=(1e-4, 1e-1), points=4), [1e-4, 1e-3, 1e-2, 1e-1]),
        (Int(int=(2, 5)), [2, 3, 4, 5]),
        (Int(int=(0, 10), points=3), [0, 5, 10]),
        (Int(int=(1, 3), points=50), [1, 2, 3]),
        (LogInt(log_int=(10, 1000), points=3), [10, 100, 1000]),
        (Choice(choice=([10], [10, 10], None)), [[10], [10, 10], None]),
        (Uniform(uniform=(0.0, 1.0)), None),
    ],
)
def test_values_of_a_grid_are_even_on_the_scale_of_the_dimension(dimension, values):
    is_numbers = isinstance(dimension, Range) and values
    assert dimension.grid == (pytest.approx(values) if is_numbers else values)


def test_ends_of_a_logarithmic_grid_are_exact():
    ends = (3e-7, 0.7)
    found = LogUniform(log_uniform=ends, points=9).grid
    assert (found[0], found[-1]) == ends


def test_every_point_of_a_grid_comes_once_and_keeps_the_conditions():
    points = grid(MIXED)
    every = [points.point(number) for number in range(points.size)]
    assert all(is_in_space(values) for values in every)
    assert len({repr(values) for values in every}) == points.size
    # lr 3, rate 2, width 3, norm 2; for 4 depths, sgd and adam, or momentum 2 with nesterov 2 or 0
    assert points.size == 3 * 2 * 3 * 2 * (4 * 2 + 2 * 2 * 2 + 2 * 2)
    with pytest.raises(IndexError):
        points.point(points.size)


def test_a_huge_grid_is_counted_and_its_points_found_without_listing_them():
    points = grid({f"x{i}": Uniform(uniform=(0.0, 1.0), points=1000) for i in range(6)})
    assert points.size == 10**18
    assert points.point(10**18 - 1) == {f"x{i}": 1.0 for i in range(6)}


def test_keys_come_after_those_of_their_conditions():
    order = parents_first(MIXED)
    assert order.index("optimizer") < order.index("momentum")
    assert max(order.index("depth"), order.index("optimizer")) < order.index("nesterov")
    plain = {key: MIXED[key] for key in ("width", "lr", "depth")}
    assert parents_first(plain) == ["depth", "lr", "width"]


def test_corners_hold_every_pair_of_written_values_that_the_conditions_allow():
    found = [{key: value for key, (_, value) in corner.items()} for corner in corners(MIXED)]
    assert found[0]["lr"] == 1e-6
    pairs = [
        ("lr", 1e-2, "rate", 0.5),
        ("norm", None, "optimizer", "adam"),
        ("momentum", 0.9, "lr", 1e-2),
        ("nesterov", True, "momentum", 0.9),
        ("depth", 4, "width", 200),
    ]
    for one, a, other, b in pairs:
        assert any(c.get(one) == a and c.get(other) == b for c in found if one in c and other in c)
    assert all(is_in_space(values) for values in found)


def test_true_is_not_1():
    assert position_of(True, [1, True]) == 1
    assert position_of(1, [True]) is None
    assert Choice(choice=(1, True)).choice == (1, True)


def test_columns_of_trials_give_their_values_back():
    values = Random(MIXED, 100, 0).draw()
    columns = trial_columns(MIXED, values)
    assert {key: str(column.type) for key, column in columns.items()} == {
        "lr": "double", "rate": "double", "depth": "int64", "width": "int64", "norm": "string",
        "optimizer": "string", "momentum": "double", "nesterov": "string",
    }  # fmt: skip
    for i, one in enumerate(values):
        row = {key: column[i].as_py() for key, column in columns.items()}
        assert values_in(MIXED, row) == one


def test_choices_of_numbers_are_columns_of_numbers():
    space = {
        "a": Choice(choice=(16, 32)),
        "b": Choice(choice=(0.1, 1)),
        "c": Choice(choice=(1, None)),
    }
    types = {key: str(column.type) for key, column in trial_columns(space, []).items()}
    assert types == {"a": "int64", "b": "double", "c": "string"}
    assert [choice_text(value) for value in ("adam", True, None, [10, 20], {"a": 1})] == [
        "adam", "true", "null", "[10, 20]", '{"a": 1}',
    ]  # fmt: skip


@given(st.integers(0, 2**32 - 1))
def test_points_of_the_cube_are_values_and_back(seed):
    space = Cube(MIXED)
    point = np.random.default_rng(seed).random(space.size)
    values = space.values(point)
    assert is_in_space(values)
    back = space.values(space.point(values))
    assert set(back) == set(values)
    for key, value in values.items():
        assert back[key] == pytest.approx(value) if isinstance(value, float) else back[key] == value


def test_a_choice_is_a_feature_for_each_value_and_other_keys_are_one():
    space = Cube(MIXED)
    values = Random(MIXED, 200, 0).draw()
    features = space.features(np.array([space.point(one) for one in values]))
    # lr, rate, depth, width, momentum; norm 2, optimizer 3, nesterov 2
    assert features.shape == (200, 12)
    for one, row in zip(values, features, strict=True):
        active = 1 + 1 + ("nesterov" in one)  # norm, optimizer, nesterov
        named = dict(zip(_names(space), row, strict=True))
        chosen = [value for name, value in named.items() if "=" in name]
        assert sorted(chosen)[-active:] == [1.0] * active
        assert sum(chosen) == active
        if "momentum" not in one:
            assert named["momentum"] == 0.5
        assert named["lr"] == pytest.approx((np.log10(one["lr"]) + 6) / 4)
        assert named["depth"] == pytest.approx((one["depth"] - 0.5) / 4)


def _names(space):
    names = []
    for key in space.keys:
        choice = getattr(MIXED[key], "choice", None)
        names += [key] if choice is None else [f"{key}={value}" for value in choice]
    return names

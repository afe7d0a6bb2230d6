"""The gradient check as users see it: errors by step, and a figure."""

import numpy as np
import pytest

from overfit import figures
from overfit.figures.gradient_check import BOUND, CHOSEN_STEP, draw
from overfit.jobs.gradients import (
    MISTAKE,
    PARTS,
    STEPS,
    Differentiable,
    Part,
    central_differences,
    gradient_errors,
)


@pytest.fixture(scope="module")
def errors():
    return gradient_errors()


def worst_at(errors, step):
    chosen = errors[np.isclose(errors["step"], step, rtol=1e-6)]
    return chosen.groupby("part")["relative_error"].max()


def test_every_part_is_right_and_the_mistake_is_found(errors):
    worst = worst_at(errors, CHOSEN_STEP)
    assert set(worst.index) == {part.name for part in (*PARTS, MISTAKE)}
    assert worst.pop(MISTAKE.name) > 0.1
    assert worst.max() < BOUND


def test_the_error_falls_with_the_square_of_the_step_until_rounding_sets_in(errors):
    for part in ("Sigmoid", "Tanh", "GELU", "Batch normalization", "Whole network"):
        assert worst_at(errors, 1e-2)[part] / worst_at(errors, 1e-3)[part] == pytest.approx(
            100, rel=0.15
        )
        assert worst_at(errors, 1e-9)[part] > 10 * worst_at(errors, 1e-6)[part]


def test_a_function_without_third_derivative_has_only_rounding(errors):
    for part in ("Affine", "ReLU", "L2", "Dropout"):
        assert worst_at(errors, 0.1)[part] < 1e-12


def test_the_mistake_differs_from_batch_normalization_in_its_gradient_alone():
    """Its function is batch normalization's, which sums to beta over the batch whatever x is."""
    made = MISTAKE.at_random(np.random.default_rng(3))
    right = central_differences(made, "x", 1e-5)
    assert np.abs(right.sum(axis=1)).max() < 1e-8  # shifting x changes nothing
    assert np.abs(made.gradients["x"].sum(axis=1)).max() > 0.1  # constants do not know it


def test_a_gradient_that_misses_a_factor_is_wrong_at_every_step():
    def doubled(rng):
        x = rng.normal(size=(1, 5))
        square = Differentiable(lambda at: (at["x"] ** 2).sum(axis=1), {"x": x}, {"x": x.copy()})
        assert central_differences(square, "x", 1e-3) == pytest.approx(2 * x)
        return square

    table = gradient_errors([Part("layer", "doubled", doubled)], steps=STEPS)
    assert table["relative_error"].min() == pytest.approx(0.5, abs=1e-3)


def test_the_figure_is_the_same_each_time(errors, tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        figures.save(draw(errors), tmp_path / name / "gradient_check")
    for suffix in ("svg", "png"):
        a, b = (tmp_path / name / f"gradient_check.{suffix}" for name in ("a", "b"))
        assert a.read_bytes() == b.read_bytes()


def test_the_figure_names_every_part(errors):
    labels = [label.get_text() for label in draw(errors).axes[1].get_yticklabels()]
    assert sorted(labels) == sorted({part.name for part in (*PARTS, MISTAKE)})

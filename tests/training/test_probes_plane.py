"""Decision boundaries, against networks whose boundary is known."""

import math
from dataclasses import replace

import numpy as np
import pytest

from overfit import nn
from overfit.training.examples import Examples
from overfit.training.probes.plane import ROOM, SIDE
from overfit.training.stack import Replicate
from tests.training.probing import CLASSES, measured, seen

LINEAR = nn.mlp(2, [], CLASSES)
CORNERS = np.array([[-1.0, -2.0], [1.0, 2.0], [0.3, 0.1]], np.float32)
SIZE = np.array([2.0, 4.0]) * (1 + 2 * ROOM)


def linear(normal, bias=1e-3):
    """What the probe measures of a network with class 1 where `normal x + bias > 0`, else 0."""
    test = Examples(CORNERS, np.arange(3))
    view, _ = seen(LINEAR, Replicate(0, test, test, nn.SGD(0.1)), batch_size=3)
    weights = np.zeros((2, CLASSES))
    weights[:, 1] = normal
    biases = np.array([0, bias, *[-1e3] * (CLASSES - 2)])
    flat = np.concatenate([weights.ravel(), biases]).astype(np.float32)
    return measured("plane", replace(view, parameters=view.parameters.like(flat[None]), test=test))


def through_the_middle(angle):
    """Length of a line at an angle within the plane, and the length that the probe finds."""
    along = np.array([math.cos(angle), math.sin(angle)])
    found = linear([-along[1], along[0]])[0, "boundary"]
    return min(SIZE / np.maximum(np.abs(along), 1e-9)), found


@pytest.mark.parametrize("degrees", range(0, 180, 15))
def test_the_length_of_a_straight_line_follows_from_its_extents(degrees):
    angle = math.radians(degrees)
    length, found = through_the_middle(angle)
    extents = length * (abs(math.cos(angle)) + abs(math.sin(angle)))
    assert found == pytest.approx(math.pi / 4 * extents, abs=2 * max(SIZE) / SIDE)


def test_over_all_directions_lengths_are_right():
    angles = (np.arange(90) + 0.5) / 90 * math.pi
    ratios = [found / length for length, found in map(through_the_middle, angles)]
    assert np.mean(ratios) == pytest.approx(1, abs=0.02)


def test_one_class_everywhere_has_no_boundary():
    found = linear([0, 0], -1.0)
    assert found[0, "boundary"] == 0
    assert {found[point, "plane_class"] for point in range(1, SIDE**2 + 1)} == {0.0}


def test_points_are_listed_row_by_row_from_the_lowest():
    found = linear([1, 0])  # class 1 on the right
    plane = np.array([found[p, "plane_class"] for p in range(1, SIDE**2 + 1)]).reshape(SIDE, SIDE)
    assert (plane == (np.arange(SIDE) >= SIDE / 2)).all()
    assert [found[1, "plane_low"], found[2, "plane_low"]] == pytest.approx([-1.1, -2.2])
    assert [found[1, "plane_high"], found[2, "plane_high"]] == pytest.approx([1.1, 2.2])


def test_training_examples_are_listed_with_their_labels():
    found = linear([1, 0])
    for number, (corner, label) in enumerate(zip(CORNERS, range(3), strict=True), start=1):
        listed = [found[number, f"plane_{name}"] for name in ("x", "y", "label")]
        assert listed == pytest.approx([*corner, label])

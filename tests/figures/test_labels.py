import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from overfit.figures.toolkit import spread

heights = st.lists(st.floats(0, 100), min_size=1, max_size=8)


@given(heights)
def test_spread_labels_never_overlap_and_keep_their_order(wanted) -> None:
    found = spread(wanted, [10.0] * len(wanted), -100, 200)
    order = np.argsort(wanted, kind="stable")
    assert (np.diff(np.asarray(found)[order]) >= 10 - 1e-6).all()


@given(heights)
def test_spread_labels_move_no_further_than_needed(wanted) -> None:
    """The sum of moves within a block is 0: no shift of the whole would be nearer."""
    found = spread(wanted, [10.0] * len(wanted), -1000, 1000)
    assert abs(np.sum(found) - np.sum(wanted)) < 1e-6


def test_labels_that_have_room_stay_where_they_are() -> None:
    assert spread([0, 50, 20], [10, 10, 10], -100, 100) == [0, 50, 20]


def test_labels_are_kept_within_the_panel() -> None:
    assert spread([99, 100], [10, 10], 0, 100) == [85, 95]

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from overfit.training.examples import with_label_noise

SHARE = st.floats(0, 1, exclude_max=True)


def labels_of(count, classes, dtype=np.uint8):
    return np.random.default_rng(7).integers(0, classes, count, dtype)


def noisy(labels, classes, share, seed=1):
    return with_label_noise(labels, classes, share, np.random.default_rng(seed))


@given(st.integers(1, 200), st.integers(2, 256), SHARE)
@settings(deadline=None)
def test_exactly_the_share_of_labels_is_wrong(count, classes, share):
    labels = labels_of(count, classes)
    made = noisy(labels, classes, share)
    assert (made != labels).sum() == round(share * count)
    assert made.min() >= 0
    assert made.max() < classes


@given(st.integers(1, 200), SHARE, SHARE)
@settings(deadline=None)
def test_a_smaller_share_is_a_part_of_a_larger_one(count, some, other):
    labels = labels_of(count, 10)
    few, many = (noisy(labels, 10, share) for share in sorted((some, other)))
    wrong = few != labels
    np.testing.assert_array_equal(few[wrong], many[wrong])


def test_wrong_labels_are_spread_evenly_over_the_other_classes():
    labels = labels_of(90_000, 10)
    made = noisy(labels, 10, 0.5)
    wrong = made != labels
    for label in range(10):
        counts = np.bincount(made[wrong & (labels == label)], minlength=10)
        assert counts[label] == 0
        assert stats.chisquare(np.delete(counts, label)).pvalue > 1e-4


def test_which_labels_are_wrong_does_not_depend_on_the_labels():
    wrong = noisy(np.zeros(30_000, np.uint8), 10, 0.3) != 0
    np.testing.assert_array_equal(wrong, noisy(np.full(30_000, 4, np.uint8), 10, 0.3) != 4)
    halves = wrong.reshape(2, -1).sum(axis=1)
    assert stats.chisquare(halves).pvalue > 1e-4


def test_the_labels_that_came_in_stay_as_they_are():
    labels = labels_of(100, 10)
    before = labels.copy()
    noisy(labels, 10, 0.5)
    np.testing.assert_array_equal(labels, before)


def test_more_classes_than_the_type_of_the_labels_holds_do_not_overflow():
    labels = labels_of(10_000, 200)
    made = noisy(labels, 1000, 0.9)
    assert made.max() > 900
    assert ((made >= 0) & (made < 1000)).all()


@pytest.mark.parametrize(
    ("labels", "classes", "share", "message"),
    [
        ([0, 1], 2, 1.0, "share is 1.0; it must be at least 0 and below 1"),
        ([0, 1], 2, -0.1, "share is -0.1; it must be at least 0 and below 1"),
        ([0, 1], 2, float("nan"), "share is nan"),
        ([0, 0], 1, 0.5, "classes is 1; a wrong label needs at least 2"),
        ([0, 2], 2, 0.5, "labels run from 0 to 2; 2 classes allow 0 to 1"),
        ([0.0, 1.0], 2, 0.5, "labels are float64; they must be integers"),
    ],
)
def test_noise_that_makes_no_sense_is_refused(labels, classes, share, message):
    with pytest.raises(ValueError, match=message):
        noisy(np.array(labels), classes, share)

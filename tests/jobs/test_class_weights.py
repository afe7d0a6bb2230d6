"""Weights of classes, from settings to the classes of a dataset."""

import numpy as np
import pytest

from overfit.data import Prepared
from overfit.data.checked import DataError
from overfit.jobs import build
from tests.jobs.test_resources import defaults_with

LABELS = np.array([0, 0, 0, 1, 2], np.uint8)


@pytest.fixture
def dataset():
    return Prepared(np.zeros((5, 2), np.float32), LABELS, 5, 3, 1.0, ("ant", "bee", "7"))


@pytest.fixture
def weights(dataset, repository):
    def of(wanted):
        found = defaults_with(repository).updated({"train": {"class_weights": wanted}})
        return build.class_weights(found, dataset, LABELS)

    return of


def test_classes_are_named_as_the_data_calls_them(weights):
    assert weights("none") is None
    np.testing.assert_allclose(weights("balanced"), [5 / 9, 5 / 3, 5 / 3])
    np.testing.assert_array_equal(weights({"bee": 4.0, "7": 0.5}), [1, 4, 0.5])


def test_an_unknown_class_is_refused_with_those_there_are(weights):
    with pytest.raises(DataError, match=r"train.class_weights: mnist-5k has no class 'bees'; did"):
        weights({"bees": 4.0})

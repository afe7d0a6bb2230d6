"""Metrics of each class, against scikit-learn."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import balanced_accuracy_score, f1_score, recall_score

from overfit import nn
from overfit.training.examples import Examples
from tests.training.probing import CLASSES, INPUTS, examples, measured, replicate, seen

NETWORK = nn.mlp(INPUTS, [7], CLASSES)


def only(classes, count=1500):
    """More than a chunk of examples of some classes."""
    found = examples(5, 2 * count)
    rows = np.flatnonzero(np.isin(found.labels, classes))[:count]
    return Examples(found.inputs[rows], found.labels[rows])


@pytest.mark.parametrize("updates", [0, 40])
@pytest.mark.parametrize("classes", [[0, 1, 2, 3], [0, 2], [3]])
def test_they_are_those_of_scikit_learn(updates, classes):
    own = replace(replicate(1), validation=only(classes))
    view, stack = seen(NETWORK, own, updates=updates)
    view = replace(view, test=only(classes, 1100))
    found = measured("classes", view)
    assert len(found) == 6 + len(classes)
    for prefix, some in (
        ("train_", own.train),
        ("validation_", own.validation),
        ("", view.test),
    ):
        params, states = stack.one(0)
        scratch = nn.Scratch(np.float32)
        logits, _ = NETWORK.forward(params, states, some.inputs[None], train=False, scratch=scratch)
        guessed = logits[0].argmax(axis=-1)
        for name, expected in (
            ("balanced_accuracy", balanced_accuracy_score(some.labels, guessed)),
            ("f1", f1_score(some.labels, guessed, average="macro", zero_division=0)),
        ):
            assert found[0, f"{prefix}{name}"] == pytest.approx(expected, rel=1e-12)
    shares = recall_score(view.test.labels, guessed, labels=classes, average=None)
    for label, expected in zip(classes, shares, strict=True):
        assert found[label + 1, "recall"] == pytest.approx(expected, rel=1e-12)

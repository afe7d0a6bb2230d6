"""Calibration, against scikit-learn and against bins that are filled one by one."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import brier_score_loss

from overfit import nn
from overfit.nn.layers.dropout import Dropout
from overfit.training.loop import Recipe, train
from overfit.training.probes import make
from overfit.training.schedule import Schedule
from tests.training.probing import CLASSES, INPUTS, examples, measured, replicate, seen

NETWORK = nn.mlp(INPUTS, [7], CLASSES)


def with_predictions(p, labels):
    """What the probe measures of these probabilities of test images."""
    view, _ = seen(NETWORK, replicate(1))
    test = replace(examples(1, len(labels)), labels=labels)
    return measured("calibration", replace(view, test=test, predicted={"test": p}))


def brute_force(p, labels):
    """The expected calibration error and its bins `{bin: (n, accuracy, confidence)}`."""
    bins = {}
    for row, label in zip(p, labels, strict=True):
        for b in range(1, 16):
            if (b - 1) / 15 < row.max() <= b / 15:
                bins.setdefault(b, []).append((row.argmax() == label, row.max()))
    means = {b: (len(rows), *np.mean(rows, axis=0)) for b, rows in bins.items()}
    error = sum(n * abs(right - sure) for n, right, sure in means.values()) / len(labels)
    return error, means


@pytest.mark.parametrize("sharpness", [0.1, 1.0, 30.0])
def test_it_is_what_counting_image_by_image_gives(sharpness):
    rng = np.random.default_rng(3)
    p = rng.dirichlet(np.full(CLASSES, 1 / sharpness), 800)
    labels = rng.integers(0, CLASSES, 800)
    found = with_predictions(p, labels)
    error, bins = brute_force(p, labels)
    assert found[0, "ece"] == pytest.approx(error, rel=1e-12)
    assert found[0, "brier"] == pytest.approx(brier_score_loss(labels, p, scale_by_half=False))
    for b, expected in bins.items():
        got = [found[b, f"reliability_{name}"] for name in ("n", "accuracy", "confidence")]
        assert got == pytest.approx(list(expected), rel=1e-12)
    confident = (p.max(axis=1) - (p.argmax(axis=1) == labels)).mean()
    assert found[0, "overconfidence"] == pytest.approx(confident, rel=1e-12)
    assert len(found) == 3 + 3 * len(bins)


def test_a_network_that_is_sure_and_right_has_no_error():
    found = with_predictions(np.eye(CLASSES), np.arange(CLASSES))
    assert found == {(0, "ece"): 0, (0, "overconfidence"): 0, (0, "brier"): 0} | {
        (15, "reliability_n"): 4,
        (15, "reliability_accuracy"): 1,
        (15, "reliability_confidence"): 1,
    }
    wrong = with_predictions(np.eye(CLASSES), (np.arange(CLASSES) + 1) % CLASSES)
    assert [wrong[0, name] for name in ("ece", "overconfidence", "brier")] == [1, 1, 2]


def test_a_network_that_is_right_more_often_than_it_says_is_underconfident():
    p = np.full((CLASSES, CLASSES), 0.4 / (CLASSES - 1))
    np.fill_diagonal(p, 0.6)
    found = with_predictions(p, np.arange(CLASSES))
    assert found[0, "overconfidence"] == pytest.approx(-0.4)
    assert found[0, "ece"] == pytest.approx(0.4)


def test_a_network_that_guesses_is_calibrated():
    found = with_predictions(np.full((4, CLASSES), 1 / CLASSES), np.arange(CLASSES))
    assert found[0, "ece"] == pytest.approx(0, abs=1e-12)
    assert found[0, "brier"] == pytest.approx(1 - 1 / CLASSES)


def test_probabilities_are_those_of_the_network_and_computed_once():
    view, stack = seen(NETWORK, replicate(2), updates=30)
    params, states = stack.one(0)
    logits, _ = NETWORK.forward(
        params, states, view.test.inputs[None], train=False, scratch=nn.Scratch(np.float32)
    )
    p = np.exp(logits[0].astype(float))
    found = view.probabilities("test")
    np.testing.assert_allclose(found, p / p.sum(axis=1, keepdims=True), rtol=1e-6)
    assert view.probabilities("test") is found


def test_with_monte_carlo_dropout_probes_see_the_predictions_that_the_history_scores():
    network = nn.mlp(INPUTS, [7], CLASSES, layers=[lambda n: Dropout(0.5)])
    test = examples(9, 60)
    recipe = Recipe(
        network,
        Schedule(20, 10, epochs=3, points=3),
        probes=(make("calibration"), make("classes")),
        keep=frozenset({"predictions"}),
        monte_carlo=3,
    )
    (one,) = train(recipe, [replicate(1)], test, root_seed=0)
    probes = pd.DataFrame(one.probes.columns)
    last = probes[probes["update"] == probes["update"].max()]
    brier = brier_score_loss(test.labels, one.kept["predictions"], scale_by_half=False)
    assert last.set_index("quantity").loc["brier", "value"] == pytest.approx(brier, rel=1e-6)
    history = pd.DataFrame(one.history.columns)
    accuracy = history[history["split"] == "test"]["accuracy"].iloc[-1]
    counts = np.bincount(test.labels, minlength=CLASSES)
    recalls = last[last["quantity"] == "recall"]["value"]
    assert (recalls * counts).sum() / 60 == pytest.approx(accuracy, rel=1e-12)

"""Batch normalization between its modes, against PyTorch and against variances by hand."""

from dataclasses import replace

import numpy as np
import pytest

from overfit import nn
from tests.nn.torch_twin import tensor, twin
from tests.training.probing import CLASSES, INPUTS, examples, measured, replicate, seen

NETWORK = nn.mlp(INPUTS, [7, 5], CLASSES, norm=nn.BatchNorm)


def with_test_images(network, count, *, batch_size=8, **options):
    """A snapshot after thirty updates, with so many test images."""
    view, stack = seen(network, replicate(2), updates=30, batch_size=batch_size, **options)
    return replace(view, test=examples(9, count)), stack


def test_accuracy_with_batch_statistics_is_that_of_pytorch_in_training_mode():
    view, stack = with_test_images(NETWORK, 83)
    found = measured("running_statistics", view)
    order = np.random.default_rng(2).permutation(83)[:80]
    right = {}
    for training in (True, False):
        model = twin(NETWORK, stack.parameters.layers, 0)
        for layer, peer, state in zip(NETWORK.layers, model, stack.states, strict=True):
            if isinstance(layer, nn.BatchNorm):
                peer.running_mean.copy_(tensor(state["mean"][0, 0]))
                peer.running_var.copy_(tensor(state["var"][0, 0]))
        model.train(training)
        hits = [
            model(tensor(view.test.inputs[rows])).detach().numpy().argmax(axis=1)
            == view.test.labels[rows]
            for rows in order.reshape(10, 8)
        ]
        right[training] = np.mean(hits)
    assert found[0, "batch_accuracy"] == pytest.approx(right[True], abs=1e-12)
    assert found[0, "running_gain"] == pytest.approx(right[False] - right[True], abs=1e-12)
    assert right[False] != right[True]


def test_variance_shift_compares_the_running_variance_with_that_of_the_inputs_in_evaluation():
    network = nn.mlp(INPUTS, [7], CLASSES, norm=nn.BatchNorm)
    view, stack = with_test_images(network, 50)
    z = view.test.inputs @ stack.parameters.layers[0]["W"][0]
    v, r = z.var(axis=0) + 1e-5, stack.states[1]["var"][0, 0] + 1e-5
    expected = np.maximum(v / r, r / v).mean()
    found = measured("running_statistics", view)
    assert found[1, "variance_shift"] == pytest.approx(expected, rel=1e-5)
    assert found[0, "variance_shift"] == found[1, "variance_shift"]


@pytest.mark.parametrize("place", ["before", "after"])
def test_dropout_right_before_a_normalization_shifts_its_variance(place):
    """After it, there is nothing that differs between training and evaluation."""
    network = nn.mlp(
        INPUTS, [40], CLASSES, norm=lambda n: nn.BatchNorm(n, momentum=0.02, place="after"),
        dropout=nn.Dropout(0.5, place={"before": "before", "after": "last"}[place]),
    )  # fmt: skip
    own = replicate(2, train=200)
    view, _ = seen(network, replace(own, optimizer=nn.SGD(1e-9)), updates=400, batch_size=100)
    shift = measured("running_statistics", replace(view, test=own.train))[1, "variance_shift"]
    assert shift > 1.5 if place == "before" else shift < 1.1


def test_nothing_changes_in_the_network_and_others_have_nothing_to_measure():
    view, stack = with_test_images(NETWORK, 60)
    before = [{name: a.copy() for name, a in state.items()} for state in stack.states]
    once = measured("running_statistics", view)
    assert measured("running_statistics", view) == once
    for state, kept in zip(stack.states, before, strict=True):
        for name, array in state.items():
            np.testing.assert_array_equal(array, kept[name])
    plain, _ = with_test_images(nn.mlp(INPUTS, [7], CLASSES), 60)
    assert measured("running_statistics", plain) == {}


@pytest.mark.parametrize("layers", ["all", "last"])
def test_dropout_of_the_last_layer_only_shifts_no_variance(layers):
    """Since no normalization comes after it."""
    dropout = nn.Dropout(0.5, layers=layers)
    network = nn.mlp(INPUTS, [60, 60], CLASSES, norm=nn.BatchNorm, dropout=dropout)
    own = replicate(2, train=400)
    view, _ = seen(network, replace(own, optimizer=nn.SGD(1e-9)), updates=200, batch_size=200)
    shift = measured("running_statistics", replace(view, test=own.train))
    assert shift[1, "variance_shift"] < 1.1
    assert shift[2, "variance_shift"] > 1.2 if layers == "all" else shift[2, "variance_shift"] < 1.1

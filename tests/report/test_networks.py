"""The picture of an experiment's networks."""

from __future__ import annotations

import json

import pytest

from overfit.report.diagram import clipped, diagram
from tests.written import experiment


@pytest.fixture
def card(study):
    path = study.results.dataset("mnist-5k").card
    path.parent.mkdir(parents=True)
    card = {"values": 784, "classes": 10, "shape": [28, 28]}
    path.write_text(json.dumps(card))


def drawn(study, **variants):
    """The diagram of an experiment of these variants."""
    return diagram(experiment(variants), study.results)


def chips(found):
    return [(chip.name, chip.note) for chip in found.chips]


def test_layers_are_as_tall_as_they_are_wide(study, card):
    found = drawn(study, plain={"model": {"hidden": [200, 50]}})
    heights = [bar.height for bar in found.bars]
    assert heights == sorted(heights, reverse=True)
    assert len(set(heights)) == 4
    assert (found.inputs, found.outputs) == ("784 inputs (28 × 28)", "10 outputs")
    assert found.hidden == "2 hidden layers of 200, 50 units"


def test_a_dataset_that_was_not_prepared_leaves_sizes_open(study):
    found = drawn(study, plain={})
    assert (found.inputs, found.outputs) == ("inputs", "outputs")
    assert found.hidden == "6 hidden layers of 100 units"


def test_parts_stand_in_the_order_in_which_they_are_computed(study):
    everything = {
        "batch_norm": {"place": "before"},
        "dropout": {"rate": 0.2, "input": 0.1},
        "penalty": {"l2": 0.1, "l1": 0.01, "max_norm": 3.0},
        "train": {"label_smoothing": 0.1},
    }
    assert chips(drawn(study, plain=everything)) == [
        ("dropout 0.1", ""),
        ("weights, initially He", ""),
        ("L1 penalty 0.01", ""),
        ("L2 penalty 0.1", ""),
        ("norm at most 3", ""),
        ("batch normalization", ""),
        ("ReLU", ""),
        ("dropout 0.2", ""),
        ("softmax and cross-entropy", ""),
        ("label smoothing 0.1", ""),
    ]
    after = drawn(study, plain={"layer_norm": {"place": "after"}})
    assert [name for name, _ in chips(after)][1:3] == ["ReLU", "layer normalization"]


def test_what_only_some_networks_have_says_which(study):
    found = drawn(study, plain={}, other={"label": "Dropout 0.2", "dropout": {"rate": 0.2}})
    assert chips(found)[2] == ("dropout 0.2", "in Dropout 0.2")
    assert "dropout 0.2 (in Dropout 0.2)" in found.words


def test_several_values_are_told(study):
    rates = {f"r{place}": {"dropout": {"rate": r}} for place, r in enumerate((0.1, 0.2, 0.5))}
    assert chips(drawn(study, plain={}, **rates))[2] == ("dropout 0.1 to 0.5", "in 3 of 4 variants")
    assert chips(drawn(study, **rates))[2] == ("dropout 0.1 to 0.5", "varies")


def test_what_is_searched_is_called_searched(study):
    search = {
        "method": "random",
        "trials": 10,
        "objective": {"maximize": "validation_accuracy"},
        "space": {
            "penalty.l2": {"uniform": [0.0, 1.0]},
            "model.width": {"int": [10, 100]},
        },
    }
    found = drawn(study, plain={}, other={"search": search})
    assert chips(found)[1] == ("L2 penalty", "searched in Other")
    assert found.hidden == "6 hidden layers, units searched"


def test_weights_and_activations_that_vary_say_so(study):
    found = drawn(study, plain={}, other={"model": {"activation": "tanh"}})
    assert chips(found)[1] == ("ReLU or tanh", "varies")
    scales = {
        f"s{place}": {"model": {"init": {"std": s}}} for place, s in enumerate((1, 0.1, 0.01))
    }
    assert chips(drawn(study, **scales))[0] == ("weights, initially std 0.01 to 1", "varies")


def test_layers_that_only_the_deepest_have_are_marked(study):
    hidden = {name: {"model": {"hidden": [100] * n}} for name, n in [("flat", 5), ("deep", 8)]}
    found = drawn(study, **hidden)
    assert [bar.some for bar in found.bars] == [False] * 6 + [True] * 3 + [False]
    assert found.hidden == "5 to 8 hidden layers of 100 units"


def test_of_many_layers_the_middle_ones_are_left_out(study):
    found = drawn(study, plain={"model": {"hidden": [10] * 64}})
    assert len(found.bars) == 10
    assert len(found.links) == 8
    assert found.dots is not None
    assert not any(bar.some for bar in found.bars)


def test_everything_is_drawn_inside_the_picture(study):
    label = "An extraordinarily long label that nobody could ever draw in a picture like this one"
    found = drawn(study, plain={}, long={"label": label, "dropout": {"rate": 0.2, "input": 0.3}})
    for chip in found.chips:
        assert chip.x + chip.width <= found.width
        assert chip.y + chip.height < found.height
        assert len(chip.note) <= 52
    edges = [chip.y for chip in found.chips]
    assert edges == sorted(edges)


@pytest.mark.parametrize(
    ("text", "shown"),
    [("dropout", "dropout"), ("a" * 11, "a" * 9 + "…"), ("正则化方法的", "正则化方…")],
)
def test_texts_are_cut_to_the_width_of_their_letters(text, shown):
    assert clipped(text, 10) == shown

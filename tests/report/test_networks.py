"""The picture of an experiment's networks."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest

from overfit import parts
from overfit.report.networks import clipped, diagram
from tests.report.study import SETTINGS, changed


@pytest.fixture
def card(study):
    folder = study.results / "datasets" / "mnist-5k"
    folder.mkdir(parents=True)
    card = {"values": 784, "classes": 10, "shape": [28, 28]}
    (folder / "card.json").write_text(json.dumps(card))


def drawn(study, *settings, searches=None, labels=("Plain", "Other")):
    """The diagram of an experiment whose variants have these settings."""
    names = [f"v{i}" for i in range(len(settings))]
    plan = {
        "variants": {name: {"label": label} for name, label in zip(names, labels, strict=False)},
        "cells": [
            {"variant": name, "at": {}, "settings": own}
            for name, own in zip(names, settings, strict=True)
        ],
        "searches": searches or {},
    }
    return diagram(plan, study.results)


def chips(found):
    return [(chip.name, chip.note) for chip in found.chips]


def test_layers_are_as_tall_as_they_are_wide(study, card):
    found = drawn(study, changed(SETTINGS, model__hidden=[200, 50]))
    heights = [bar.height for bar in found.bars]
    assert heights == sorted(heights, reverse=True)
    assert len(set(heights)) == 4
    assert (found.inputs, found.outputs) == ("784 inputs (28 × 28)", "10 outputs")
    assert found.hidden == "2 hidden layers of 200, 50 units"


def test_a_dataset_that_was_not_prepared_leaves_sizes_open(study):
    found = drawn(study, SETTINGS)
    assert (found.inputs, found.outputs) == ("inputs", "outputs")
    assert found.hidden == "6 hidden layers of 100 units"


def test_parts_stand_in_the_order_in_which_they_are_computed(study):
    norm = {"place": "before"}
    everything = changed(
        SETTINGS,
        batch_norm=norm,
        layer_norm={"place": "after"},
        dropout={"rate": 0.2, "input": 0.1},
        penalty={"l2": 0.1, "l1": 0.01, "lp": 0, "max_norm": 3.0},
        train__label_smoothing=0.1,
    )
    assert chips(drawn(study, everything)) == [
        ("dropout 0.1", ""),
        ("weights, initially He", ""),
        ("L2 penalty 0.1", ""),
        ("L1 penalty 0.01", ""),
        ("norm at most 3", ""),
        ("batch normalization", ""),
        ("ReLU", ""),
        ("layer normalization", ""),
        ("dropout 0.2", ""),
        ("softmax and cross-entropy", ""),
        ("label smoothing 0.1", ""),
    ]


def test_what_only_some_networks_have_says_which(study):
    dropout = changed(SETTINGS, dropout={"rate": 0.2, "input": 0.0})
    found = drawn(study, SETTINGS, dropout, labels=("Plain", "Dropout 0.2"))
    assert chips(found)[2] == ("dropout 0.2", "in Dropout 0.2")
    assert "dropout 0.2 (in Dropout 0.2)" in found.words


def test_several_values_are_told(study):
    rates = [changed(SETTINGS, dropout={"rate": r, "input": 0.0}) for r in (0.1, 0.2, 0.5)]
    found = drawn(study, SETTINGS, *rates, labels="abcd")
    assert chips(found)[2] == ("dropout 0.1 to 0.5", "in 3 of 4 variants")
    assert chips(drawn(study, *rates, labels="abc"))[2] == ("dropout 0.1 to 0.5", "varies")


def test_what_is_searched_is_called_searched(study):
    search = {"space": {"penalty.l2": {}, "model.width": {}}}
    found = drawn(study, SETTINGS, SETTINGS, searches={"v1": search})
    assert chips(found)[1] == ("L2 penalty", "searched in Other")
    assert found.hidden == "6 hidden layers, units searched"


def test_weights_and_activations_that_vary_say_so(study):
    found = drawn(study, SETTINGS, changed(SETTINGS, model__activation="tanh"))
    assert chips(found)[1] == ("ReLU or tanh", "varies")
    scales = [changed(SETTINGS, model__init={"name": "normal", "std": s}) for s in (1.0, 0.1, 0.01)]
    assert chips(drawn(study, *scales, labels="abc"))[0] == (
        "weights, initially std 0.01 to 1", "varies",
    )  # fmt: skip


def test_parts_of_one_s_own_are_drawn_where_they_stand(study, monkeypatch):
    kinds = {"noise": SimpleNamespace(), "early_noise": SimpleNamespace(place="before")}
    monkeypatch.setattr(parts, "parts", lambda kind: kinds)
    monkeypatch.setattr(parts, "names", lambda kind: ("cauchy",))
    own = changed(SETTINGS, noise={"std": 0.2}, early_noise={}, penalty__cauchy={"strength": 0.1})
    assert [name for name, _ in chips(drawn(study, own))][1:5] == [
        "cauchy penalty strength 0.1",
        "early noise",
        "ReLU",
        "noise std 0.2",
    ]


def test_layers_that_only_the_deepest_have_are_marked(study):
    deep = changed(SETTINGS, model__hidden=[100] * 8)
    found = drawn(study, changed(SETTINGS, model__hidden=[100] * 5), deep)
    assert [bar.some for bar in found.bars] == [False] * 6 + [True] * 3 + [False]
    assert found.hidden == "5 to 8 hidden layers of 100 units"


def test_of_many_layers_the_middle_ones_are_left_out(study):
    found = drawn(study, changed(SETTINGS, model__hidden=[10] * 64))
    assert len(found.bars) == 10
    assert len(found.links) == 8
    assert found.dots is not None
    assert not any(bar.some for bar in found.bars)


def test_everything_is_drawn_inside_the_picture(study):
    label = "An extraordinarily long label that nobody could ever draw in a picture like this one"
    long = changed(SETTINGS, dropout={"rate": 0.2, "input": 0.3})
    found = drawn(study, SETTINGS, long, labels=("Plain", label))
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

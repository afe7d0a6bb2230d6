"""What the core refuses: each message names the argument, its value and what is allowed."""

import numpy as np
import pytest

from overfit.nn import (
    L1,
    L2,
    SGD,
    AdaGrad,
    Adam,
    AdamW,
    Affine,
    BatchNorm,
    Dropout,
    GroupNorm,
    LayerNorm,
    LeakyReLU,
    Lp,
    MaxNorm,
    Momentum,
    Nesterov,
    Network,
    Normal,
    Orthogonal,
    ProximalL1,
    ReLU,
    RMSNorm,
    RMSProp,
    mlp,
    stacked,
    targets,
)
from tests.nn.checking import run

NAN, INF = float("nan"), float("inf")
POSITIVE = "it must be above 0"
NOT_NEGATIVE = "it must be at least 0 and at most 1e+06"
SHARE = "it must be at least 0 and below 1"
WHOLE = "it must be a whole number, at least 1"

# A constructor of one argument, what it is called, values that it refuses, what is allowed.
ARGUMENTS = [
    (lambda v: Affine(v, 3), "n_in", [0, -1, 2.5, NAN, INF, None, "3"], WHOLE),
    (lambda v: Affine(3, v), "n_out", [0, -1, 2.5], WHOLE),
    (BatchNorm, "n", [0, 1.5], WHOLE),
    (lambda v: BatchNorm(3, momentum=v), "momentum", [-0.1, 0.0, 1.1, NAN, "0.1"], POSITIVE),
    (lambda v: BatchNorm(3, eps=v), "eps", [0.0, -1e-5, NAN, INF], POSITIVE),
    (LayerNorm, "n", [0, 1.5], WHOLE),
    (lambda v: LayerNorm(3, eps=v), "eps", [0.0, -1e-5, NAN, INF], POSITIVE),
    (lambda v: GroupNorm(6, groups=v), "groups", [0, 1.5, NAN], WHOLE),
    (RMSNorm, "n", [0, 1.5], WHOLE),
    (Dropout, "rate", [-0.1, 1.0, 1.5, NAN, "0.5", None], SHARE),
    (lambda v: Dropout(0.1, v), "scaling", ["both"], "it must be one of 'inverted', 'test_time'"),
    (LeakyReLU, "leak", [-0.1, 1.1, NAN], "it must be at least 0 and at most 1"),
    (Normal, "std", [0.0, -1.0, NAN, INF], POSITIVE),
    (Orthogonal, "gain", [0.0, -1.0, NAN], POSITIVE),
    (L1, "l1", [-0.1, NAN, INF], NOT_NEGATIVE),
    (L2, "l2", [-0.1, NAN, INF, "0.1"], NOT_NEGATIVE),
    (lambda v: Lp(v, 0.1), "p", [0, -1, NAN, INF], POSITIVE),
    (lambda v: Lp(2, v), "lp", [-0.1, NAN, INF], NOT_NEGATIVE),
    (
        lambda v: Lp(0.5, 1.0, v),
        "smoothing",
        [0.0, NAN, 1e-30],
        "it must be at least 1e-15",
    ),
    (MaxNorm, "max_norm", [0.0, -1.0, NAN], POSITIVE),
    (ProximalL1, "l1", [-0.1, NAN], NOT_NEGATIVE),
    *(
        (optimizer, "lr", [0.0, -0.1, NAN, INF, "0.1", None], POSITIVE)
        for optimizer in (SGD, Momentum, Nesterov, AdaGrad, RMSProp, Adam, AdamW)
    ),
    (lambda v: Momentum(0.1, v), "momentum", [-0.1, 1.0, NAN], SHARE),
    (lambda v: Nesterov(0.1, v), "momentum", [-0.1, 1.0, NAN], SHARE),
    (lambda v: AdaGrad(0.1, v), "eps", [0.0, -1.0, NAN], POSITIVE),
    (lambda v: RMSProp(0.1, v), "decay", [-0.1, 1.0, NAN], SHARE),
    (lambda v: RMSProp(0.1, eps=v), "eps", [0.0, NAN], POSITIVE),
    (lambda v: Adam(0.1, v), "beta1", [-0.1, 1.0, NAN], SHARE),
    (lambda v: Adam(0.1, 0.9, v), "beta2", [-0.1, 1.0, NAN], SHARE),
    (lambda v: Adam(0.1, eps=v), "eps", [0.0, NAN], POSITIVE),
    (lambda v: AdamW(0.1, v), "beta1", [1.0], SHARE),
    (lambda v: AdamW(0.1, weight_decay=v), "weight_decay", [-0.1, NAN, INF], NOT_NEGATIVE),
    (lambda v: mlp(v, [3], 2), "n_in", [0], WHOLE),
    (lambda v: mlp(3, [v], 2), "n_out", [0, 2.5], WHOLE),
    (lambda v: mlp(3, [3], v), "n_out", [0], WHOLE),
    (
        lambda v: targets(np.zeros(2, int), 3, np.float32, v),
        "smoothing",
        [-0.1, 1.0, NAN],
        SHARE,
    ),
]
CASES = [
    pytest.param(make, value, f"{name} is {value!r}; {allowed}", id=f"{i}-{name}-{value}")
    for i, (make, name, values, allowed) in enumerate(ARGUMENTS)
    for value in values
]


@pytest.mark.parametrize(("make", "value", "message"), CASES)
def test_constructors_refuse_what_makes_no_sense(make, value, message):
    with pytest.raises(ValueError) as refusal:  # noqa: PT011 - compared below, as plain text
        make(value)
    assert str(refusal.value).startswith(message)


@pytest.mark.parametrize(
    "make",
    [
        lambda: Dropout(0.0),
        lambda: LeakyReLU(0.0),
        lambda: LeakyReLU(1.0),
        lambda: BatchNorm(1, momentum=1.0),
        lambda: Momentum(1e-12, 0.0),
        lambda: Lp(0.01, 0.0),
        lambda: SGD(np.float32(0.1)),
        lambda: Affine(np.int64(3), 1),
    ],
)
def test_the_ends_of_what_is_allowed_are_allowed(make):
    make()


@pytest.mark.parametrize(
    ("layer", "x", "message"),
    [
        (Affine(3, 2), (1, 2, 4), r"x has shape \(1, 2, 4\); its last axis must be n_in = 3"),
        (BatchNorm(3), (1, 2, 4), r"x has shape \(1, 2, 4\); its last axis must be n = 3"),
        (BatchNorm(1), (1, 2, 4), r"its last axis must be n = 1"),
        (LayerNorm(3), (1, 2, 4), r"x has shape \(1, 2, 4\); its last axis must be n = 3"),
        (LayerNorm(1), (1, 2, 4), r"its last axis must be n = 1"),
        (BatchNorm(3), (1, 1, 3), "the batch has 1 example; .* at least 2 in training"),
    ],
)
def test_layers_refuse_inputs_that_do_not_fit(layer, x, message):
    with pytest.raises(ValueError, match=message):
        run(layer, np.zeros(x))


def test_batch_norm_evaluates_a_batch_of_one():
    run(BatchNorm(3), np.zeros((1, 1, 3)), train=False)


@pytest.mark.parametrize(
    ("layers", "message"),
    [
        ((Affine(3, 4), Affine(5, 2)), r"layers\[1\] is Affine\(n_in=5.* take the 4 outputs"),
        ((Affine(3, 4), BatchNorm(3)), r"layers\[1\] is BatchNorm\(n=3.* take the 4 outputs"),
        ((Affine(3, 4), ReLU(), LayerNorm(1)), r"layers\[2\] is LayerNorm\(n=1.* the 4 outputs"),
        ((BatchNorm(5), Affine(3, 4)), r"layers\[1\] is Affine\(n_in=3.* the 5 outputs"),
    ],
)
def test_networks_refuse_layers_that_do_not_fit(layers, message):
    with pytest.raises(ValueError, match=message):
        Network(layers)


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ([0, 3], "labels run from 0 to 3; 3 classes allow 0 to 2"),
        ([-1, 2], "labels run from -1 to 2; 3 classes allow 0 to 2"),
        ([0.0, 1.0], "labels are float64; they must be integers"),
    ],
)
def test_targets_refuse_labels_that_are_no_class(labels, message):
    with pytest.raises(ValueError, match=message):
        targets(np.array(labels), 3, np.float32)


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ([SGD(0.1), Adam(0.1)], "the same kind of each part"),
        ([L1(0.1), ProximalL1(0.1)], "l1_method differs .* only numbers may"),
    ],
)
def test_what_is_not_a_number_may_not_differ_between_replicates(members, message):
    with pytest.raises(ValueError, match=message):
        stacked(members)

"""What must hold of the layers whatever the numbers are."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.special import log_softmax

from overfit.nn import (
    GELU,
    Affine,
    BatchNorm,
    Dropout,
    GroupNorm,
    He,
    LayerNorm,
    LeakyReLU,
    Network,
    Normal,
    ReLU,
    RMSNorm,
    Scratch,
    Sigmoid,
    Tanh,
    WeightNorm,
    Xavier,
    cross_entropy,
    mlp,
    softmax_minus_target,
    targets,
)
from overfit.nn.layers.dropout import random_levels
from tests.nn.checking import initial, run


@given(st.integers(2, 40), st.integers(1, 6), st.floats(-100, 100), st.floats(0.1, 100))
@settings(max_examples=50, deadline=None)
def test_batch_norm_gives_mean_0_and_variance_1(batch, n, shift, scale):
    x = np.random.default_rng(1).normal(shift, scale, (2, batch, n))
    eps = 1e-5
    y, _ = run(BatchNorm(n, eps=eps), x)
    var = x.var(axis=1)
    assert np.abs(y.mean(axis=1)).max() < 1e-9
    np.testing.assert_allclose(y.var(axis=1), var / (var + eps))  # 1, up to eps


def test_batch_norm_moves_the_running_statistics_towards_the_batch():
    x = np.random.default_rng(1).normal(3, 2, (1, 10, 4))
    _, state = run(BatchNorm(4, momentum=0.25), x)
    np.testing.assert_allclose(state["mean"][0, 0], 0.25 * x[0].mean(axis=0))
    np.testing.assert_allclose(state["var"][0, 0], 0.75 + 0.25 * x[0].var(axis=0, ddof=1))


def test_batch_norm_in_evaluation_treats_each_row_alone():
    x = np.random.default_rng(1).normal(3, 2, (1, 10, 4))
    _, state = run(BatchNorm(4), x)
    whole, _ = run(BatchNorm(4), x, train=False, state=state)
    alone, _ = run(BatchNorm(4), x[:, 3:4], train=False, state=state)
    np.testing.assert_array_equal(whole[:, 3:4], alone)


def test_batch_norm_undoes_the_scale_of_the_weights_before_it():
    x = np.random.default_rng(1).normal(size=(1, 20, 5))
    affine = Affine(5, 3)
    params, _ = affine.init(np.random.default_rng(2))
    outputs = []
    for factor in (1.0, 1000.0):
        scaled = {"W": params["W"][None] * factor, "b": params["b"][None]}
        y, _ = run(affine, x, params=scaled)
        outputs.append(run(BatchNorm(3, eps=1e-12), y)[0])
    np.testing.assert_allclose(outputs[0], outputs[1], atol=1e-9)


def test_dropout_of_rate_0_is_the_identity():
    x = np.random.default_rng(1).normal(size=(2, 5, 4)).astype(np.float32)
    for scaling in ("inverted", "test_time"):
        for train in (True, False):
            assert run(Dropout(0.0, scaling), x, train=train)[0] is x


@pytest.mark.parametrize("rate", [0.01, 0.2, 0.5, 0.9])
def test_dropout_keeps_each_unit_with_its_probability(rate):
    x = np.ones((1, 1000, 1000), np.float32)
    y, _ = run(Dropout(rate), x)
    kept = int((y != 0).sum())
    assert stats.binomtest(kept, y.size, 1 - rate).pvalue > 1e-4
    assert np.unique(y).tolist() == [0.0, np.float32(1 / Dropout(rate).keep)]


@given(st.floats(0, 1, exclude_max=True))
@settings(deadline=None)
def test_dropout_rounds_the_rate_by_less_than_1e_4(rate):
    dropout = Dropout(rate)
    assert abs((1 - dropout.keep) - rate) < 1e-4
    assert dropout.keep > 0


def test_both_ways_of_scaling_dropout_have_one_expectation():
    x = np.random.default_rng(1).normal(size=(1, 4, 50))
    trained = np.mean([run(Dropout(0.3, "test_time"), x, seed=s)[0] for s in range(4000)], axis=0)
    evaluated, _ = run(Dropout(0.3, "test_time"), x, train=False)
    assert np.abs(trained - evaluated).max() < 0.1
    inverted = np.mean([run(Dropout(0.3), x, seed=s)[0] for s in range(4000)], axis=0)
    assert np.abs(inverted - run(Dropout(0.3), x, train=False)[0]).max() < 0.15


def test_random_levels_are_uniform():
    levels = random_levels(np.random.default_rng(1), 400_001)
    assert len(levels) == 400_001
    assert stats.kstest(levels / 65536, "uniform").pvalue > 1e-3


def test_a_smaller_dropout_rate_drops_a_part_of_what_a_larger_drops():
    x = np.ones((1, 50, 50))
    little, much = (run(Dropout(rate), x)[0] == 0 for rate in (0.1, 0.4))
    assert (much | ~little).all()


@given(st.floats(-1e4, 1e4), st.floats(0, 1e4))
@settings(max_examples=50, deadline=None)
def test_cross_entropy_is_finite_and_right_for_logits_of_any_size(shift, scale):
    rng = np.random.default_rng(1)
    logits = rng.normal(shift, scale + 1e-3, (2, 5, 7))
    labels = rng.integers(0, 7, (2, 5))
    expected = -np.take_along_axis(log_softmax(logits, axis=-1), labels[..., None], -1)[..., 0]
    np.testing.assert_allclose(cross_entropy(logits, labels), expected, rtol=1e-9, atol=1e-12)


def test_sigmoid_is_safe_at_both_ends():
    x = np.array([[[-1e4, -20.0, 0.0, 20.0, 1e4]]])
    with np.errstate(all="raise"):
        y, _ = run(Sigmoid(), x)
    np.testing.assert_allclose(
        y[0, 0], [0, 1 / (1 + np.exp(20.0)), 0.5, 1 / (1 + np.exp(-20.0)), 1]
    )


@pytest.mark.parametrize(
    ("initializer", "std"),
    [(He(), np.sqrt(2 / 300)), (Xavier(), np.sqrt(1 / 300)), (Normal(0.01), 0.01)],
)
def test_initial_weights_are_normal_with_the_stated_deviation(initializer, std):
    params, _ = Affine(300, 200, initializer).init(np.random.default_rng(1))
    assert stats.kstest(params["W"].ravel() / std, "norm").pvalue > 1e-3
    assert not params["b"].any()


def test_affine_layers_start_alike_whatever_stands_between_them():
    plain, _ = mlp(6, [5, 5], 3).init([np.random.default_rng(1)])
    other, _ = mlp(6, [5, 5], 3, norm=BatchNorm, dropout=Dropout(0.2)).init(
        [np.random.default_rng(1)]
    )
    weights = [[p["W"] for p in net.layers if "W" in p] for net in (plain, other)]
    for a, b in zip(*weights, strict=True):
        np.testing.assert_array_equal(a, b)


def test_a_wide_layer_starts_like_the_same_layer_of_another_depth():
    shallow, _ = mlp(6, [5], 3).init([np.random.default_rng(1)])
    deep, _ = mlp(6, [5, 5, 5], 3).init([np.random.default_rng(1)])
    np.testing.assert_array_equal(shallow.layers[0]["W"], deep.layers[0]["W"])


def test_parameters_put_all_weights_first():
    params, _ = mlp(4, [3, 3], 2, norm=BatchNorm).init([np.random.default_rng(1)])
    assert params.weights.shape == (1, 4 * 3 + 3 * 3 + 3 * 2)
    params.flat[:] = 0
    params.weights[:] = 1
    for layer in params.layers:
        for name, value in layer.items():
            assert (value == (name == "W")).all()


def test_the_hot_loop_allocates_nothing():
    """The second step writes into the same memory as the first."""
    network: Network = mlp(6, [5, 5], 3, norm=BatchNorm, dropout=Dropout(0.2))
    rngs = [np.random.default_rng(r) for r in (1, 2)]
    params, states = network.init(rngs)
    scratch = Scratch(np.float32)
    x = np.ones((2, 4, 6), np.float32)
    seen = []
    for _ in range(2):
        logits, caches = network.forward(
            params.layers, states, x, train=True, rng=rngs, scratch=scratch
        )
        grads = params.like(np.empty_like(params.flat))
        dx = network.backward(
            params.layers, caches, logits, grads=grads.layers, scratch=scratch, input_gradient=True
        )
        seen.append((logits.ctypes.data, dx.ctypes.data))
    assert seen[0] == seen[1]


def test_leaky_relu_at_its_ends_is_relu_and_the_identity():
    x = np.random.default_rng(1).normal(size=(2, 5, 4))
    np.testing.assert_array_equal(run(LeakyReLU(0.0), x)[0], run(ReLU(), x)[0])
    np.testing.assert_array_equal(run(LeakyReLU(1.0), x)[0], x)


@given(st.integers(2, 40), st.floats(-100, 100), st.floats(0.1, 100))
@settings(max_examples=50, deadline=None)
def test_layer_norm_gives_each_example_mean_0_and_variance_1(n, shift, scale):
    x = np.random.default_rng(1).normal(shift, scale, (2, 6, n))
    y, _ = run(LayerNorm(n), x)
    var = x.var(axis=2)
    assert np.abs(y.mean(axis=2)).max() < 1e-9
    np.testing.assert_allclose(y.var(axis=2), var / (var + 1e-5))  # 1, up to eps


@given(st.integers(1, 5), st.integers(2, 9), st.floats(-100, 100), st.floats(0.1, 100))
@settings(max_examples=50, deadline=None)
def test_group_norm_is_layer_norm_of_each_group(groups, units, shift, scale):
    x = np.random.default_rng(1).normal(shift, scale, (2, 6, groups * units))
    y, _ = run(GroupNorm(groups * units, groups=groups), x)
    each = [run(LayerNorm(units), part)[0] for part in np.split(x, groups, axis=2)]
    np.testing.assert_array_equal(y, np.concatenate(each, axis=2))


def test_group_norm_needs_no_number_of_inputs_that_its_groups_divide():
    network = mlp(7, [6], 3, norm=lambda n: GroupNorm(n, groups=2))
    assert [type(layer) for layer in network.layers] == [Affine, GroupNorm, ReLU, Affine]


@given(st.integers(1, 40), st.floats(0.1, 100), st.floats(0.1, 10))
@settings(max_examples=50, deadline=None)
def test_rms_norm_ignores_the_scale_of_an_example_but_for_eps(n, scale, factor):
    x = np.random.default_rng(1).normal(0, scale, (2, 6, n))
    y, _ = run(RMSNorm(n, eps=1e-12), x)
    np.testing.assert_allclose(np.mean(y**2, axis=2), 1, rtol=1e-3)
    np.testing.assert_allclose(run(RMSNorm(n, eps=1e-12), factor * x)[0], y, rtol=1e-3)


@given(st.integers(2, 9), st.floats(0.01, 100))
@settings(max_examples=25, deadline=None)
def test_weight_norm_starts_as_the_affine_layer_and_ignores_the_length_of_its_weights(n, factor):
    x = np.random.default_rng(1).normal(size=(2, 6, n))
    params, _ = initial(WeightNorm(n, 4), 2, 3)
    y, _ = run(WeightNorm(n, 4), x, params=params)
    np.testing.assert_allclose(y, run(Affine(n, 4), x, seed=3)[0], rtol=1e-9, atol=1e-12)
    longer = {**params, "W": factor * params["W"]}
    np.testing.assert_allclose(run(WeightNorm(n, 4), x, params=longer)[0], y, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize(
    ("dropout", "expected"),
    [
        (Dropout(0.3), "Affine ReLU BatchNorm Dropout Affine ReLU BatchNorm Dropout Affine"),
        (
            Dropout(0.3, place="before"),
            "Affine Dropout ReLU BatchNorm Affine Dropout ReLU BatchNorm Affine",
        ),
        (Dropout(0.3, layers="last"), "Affine ReLU BatchNorm Affine ReLU BatchNorm Dropout Affine"),
    ],
    ids=["after", "before", "last"],
)
def test_dropout_comes_after_or_before_a_normalization_or_only_in_the_last_layer(dropout, expected):
    network = mlp(4, [5, 5], 3, norm=lambda n: BatchNorm(n, place="after"), dropout=dropout)
    assert " ".join(type(layer).__name__ for layer in network.layers) == expected


@given(st.integers(1, 5), st.floats(0, 0.99))
@settings(deadline=None)
def test_label_smoothing_makes_distributions_whose_largest_share_is_the_label(classes, smoothing):
    labels = np.arange(classes)
    made = targets(labels, classes, np.float64, smoothing)
    np.testing.assert_allclose(made.sum(axis=1), 1)
    np.testing.assert_array_equal(made.argmax(axis=1), labels)
    np.testing.assert_allclose(
        made.min(axis=1) * classes, smoothing if classes > 1 else 1, atol=1e-12
    )


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("size", [1e4, 1e30])
def test_loss_and_its_gradient_are_safe_for_huge_logits(size, dtype):
    """The right class at the top, another there, and the right one at the bottom."""
    logits = np.array([[[size, 0, -size], [-size, size, 0], [-size, 0, size]]], dtype)
    labels = np.array([[0, 2, 0]])
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        losses = cross_entropy(logits, labels)
        dz = softmax_minus_target(logits, targets(labels, 3, dtype), 1.0, Scratch(dtype))
    np.testing.assert_allclose(losses, [[0, size, 2 * size]], rtol=1e-6)
    np.testing.assert_array_equal(dz, [[[0, 0, 0], [0, 1, -1], [-1, 0, 1]]])


@pytest.mark.parametrize("place", ["before", "after"])
@pytest.mark.parametrize("scaling", ["inverted", "test_time"])
def test_layers_that_share_memory_give_the_bits_of_layers_that_do_not(place, scaling):
    network = mlp(
        6, [5, 5, 5], 5, norm=lambda n: BatchNorm(n, place=place), dropout=Dropout(0.3, scaling)
    )
    params, states = network.init([np.random.default_rng(r) for r in (1, 2)])
    x, dlogits = np.random.default_rng(2).normal(size=(2, 2, 8, 6)).astype(np.float32)
    dlogits = dlogits[..., :5]
    alone, shared = (params.like(np.zeros_like(params.flat)) for _ in range(2))

    rng = [np.random.default_rng(r) for r in (3, 4)]
    kept, y, caches = [{k: v.copy() for k, v in state.items()} for state in states], x, []
    for layer, own, state in zip(network.layers, params.layers, kept, strict=True):
        y, cache = layer.forward(own, state, y, train=True, rng=rng, scratch=Scratch())
        caches.append(cache)
    dx = dlogits
    for i in reversed(range(len(caches))):
        dx = network.layers[i].backward(
            params.layers[i], caches[i], dx, grads=alone.layers[i], scratch=Scratch()
        )

    rng, scratch = [np.random.default_rng(r) for r in (3, 4)], Scratch()
    logits, caches = network.forward(params.layers, states, x, train=True, rng=rng, scratch=scratch)
    np.testing.assert_array_equal(logits, y)
    found = network.backward(
        params.layers,
        caches,
        dlogits,
        grads=shared.layers,
        scratch=scratch,
        input_gradient=True,
    )
    np.testing.assert_array_equal(found, dx)
    np.testing.assert_array_equal(shared.flat, alone.flat)


@pytest.mark.parametrize("activation", [ReLU(), LeakyReLU(), GELU()], ids=repr)
@pytest.mark.parametrize("norm", [BatchNorm, LayerNorm])
@pytest.mark.parametrize("place", ["before", "after"])
def test_logits_are_those_of_the_forward_pass_in_evaluation(activation, norm, place):
    network = mlp(
        6,
        [6, 6, 6],
        6,
        activation=activation,
        norm=lambda n: norm(n, place=place),
        dropout=Dropout(0.3, "test_time", input=0.1),
    )
    params, states = network.init([np.random.default_rng(r) for r in (1, 2)])
    x, before = (np.random.default_rng(2).normal(size=(2, 8, 6)).astype(np.float32) for _ in "ab")
    forward, _ = network.forward(params.layers, states, x, train=False, scratch=Scratch())
    found = network.logits(params.layers, states, x, scratch=Scratch())
    np.testing.assert_array_equal(found, forward)
    np.testing.assert_array_equal(x, before)


def test_what_comes_in_is_not_written_to():
    """Layers may work in place on each other's memory, never on the caller's."""
    for activation in (ReLU(), LeakyReLU(), Sigmoid(), Tanh(), GELU()):
        for layers in ((activation, Affine(4, 3)), (Dropout(0.0), activation, Affine(4, 3))):
            network = Network(layers)
            params, states = network.init([np.random.default_rng(1)])
            x = np.random.default_rng(2).normal(size=(1, 5, 4)).astype(np.float32)
            before = x.copy()
            network.forward(params.layers, states, x, train=True, scratch=Scratch())
            np.testing.assert_array_equal(x, before)


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_an_example_has_the_same_bits_alone_and_among_others(smoothing):
    """NumPy adds a single column pairwise, but rows in their order."""
    rng = np.random.default_rng(0)
    logits = rng.normal(size=(200, 1, 10)).astype(np.float32)
    labels = rng.integers(0, 10, (200, 1))
    target = targets(labels, 10, np.float32, smoothing)
    together = cross_entropy(logits, labels, smoothing)
    gradient = softmax_minus_target(logits, target, 1.0, Scratch())
    for r in range(200):
        one = slice(r, r + 1)
        alone = cross_entropy(logits[one], labels[one], smoothing)
        np.testing.assert_array_equal(alone, together[one])
        own = softmax_minus_target(logits[one], target[one], 1.0, Scratch())
        np.testing.assert_array_equal(own, gradient[one])

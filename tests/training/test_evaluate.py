"""Several replicates evaluated at once score, bit by bit, what each of them scores alone."""

import numpy as np
import pytest
from scipy.special import log_softmax

from overfit import nn
from overfit.training.evaluate import AT_ONCE, evaluate, evaluate_stack
from overfit.training.examples import Examples
from tests.training.problems import digits
from tests.training.test_stacking import NETWORKS

SIZE = 9


def networks(name, dtype=np.float32):
    """Networks of nine seeds, with running statistics that differ, too."""
    network = NETWORKS[name]
    rng = np.random.default_rng(0)
    parameters, states = network.init([np.random.default_rng(r) for r in range(SIZE)], dtype)
    parameters.flat += rng.normal(0, 0.1, parameters.flat.shape)
    for state in states:
        for value in state.values():
            value *= rng.uniform(0.5, 2, value.shape)
            value += rng.uniform(0, 1, value.shape)
    return network, parameters.layers, states


def own(count=40, dtype=np.float32):
    """Examples of nine replicates; `count` may differ between them."""
    counts = np.broadcast_to(count, SIZE)
    chosen = [np.random.default_rng(r).permutation(1797)[:n] for r, n in enumerate(counts)]
    return [Examples(digits().inputs[c].astype(dtype), digits().labels[c]) for c in chosen]


def one_by_one(network, params, states, examples):
    scratch = nn.Scratch(examples[0].dtype)
    return [
        evaluate(
            network,
            [{name: a[r : r + 1] for name, a in layer.items()} for layer in params],
            [{name: a[r : r + 1] for name, a in state.items()} for state in states],
            examples[r],
            scratch,
        )
        for r in range(SIZE)
    ]


def at_once(network, params, states, examples):
    """As `evaluate_stack` has it, and how many replicates each pass had."""
    widths = []

    class Counting(type(network)):
        def logits(self, params, states, x, **options):
            widths.append(len(x))
            return super().logits(params, states, x, **options)

    scratch = nn.Scratch(examples[0].dtype)
    return evaluate_stack(Counting(network.layers), params, states, examples, scratch), widths


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", NETWORKS)
def test_on_examples_of_their_own_and_on_those_of_all(name, dtype):
    made = networks(name, dtype)
    for examples in (own(dtype=dtype), own(dtype=dtype)[:1] * SIZE):
        scores, widths = at_once(*made, examples)
        assert widths == [SIZE]
        assert scores == one_by_one(*made, examples)
        assert len(set(scores)) == SIZE


def test_the_scores_are_those_of_plain_arithmetic():
    network, params, states = networks("plain", np.float64)
    examples = own(dtype=np.float64)
    scores, _ = at_once(network, params, states, examples)
    for r, (loss, accuracy) in enumerate(scores):
        x = examples[r].inputs
        for i, layer in enumerate(params):
            if layer:
                x = (np.maximum(x, 0) if i else x) @ layer["W"][r] + layer["b"][r]
        labels = examples[r].labels
        chosen = log_softmax(x, axis=1)[np.arange(len(labels)), labels]
        assert loss == pytest.approx(-chosen.mean(), rel=1e-12)
        assert accuracy == (x.argmax(axis=1) == labels).mean()


def test_a_replicate_that_diverged_is_nan_and_changes_no_other():
    network, params, states = networks("batch_norm")
    before, _ = at_once(network, params, states, own())
    params[0]["W"][3, 0] = np.nan
    params[0]["W"][5] = 1e38
    params[-1]["W"][5] = 1e38
    with np.errstate(all="ignore"):
        scores, widths = at_once(network, params, states, own())
    assert widths == [SIZE]
    assert np.isnan([scores[3], scores[5]]).all()
    assert [s for r, s in enumerate(scores) if r not in (3, 5)] == [
        s for r, s in enumerate(before) if r not in (3, 5)
    ]


def test_different_numbers_of_examples_are_evaluated_one_by_one():
    made = networks("batch_norm")
    examples = own([40] * 8 + [39])
    scores, widths = at_once(*made, examples)
    assert widths == [1] * SIZE
    assert scores == one_by_one(*made, examples)


@pytest.mark.parametrize("shared", [False, True])
def test_pixels_that_rows_select_in_more_than_one_chunk(shared):
    images = np.random.default_rng(1).integers(0, 256, (2000, 64), np.uint8)
    labels = np.random.default_rng(2).integers(0, 10, 2000)
    examples = []
    for r in range(SIZE):
        rows = np.random.default_rng(r).permutation(2000)[:1500]
        examples.append(Examples(images, labels[rows], rows))
    examples[4] = examples[4].converted()  # one that is ready among those that are not
    examples = examples[:1] * SIZE if shared else examples
    made = networks("batch_norm")
    scores, widths = at_once(*made, examples)
    assert widths == [2, 2] * 4 + [1, 1], "1024 rows of 64 floats are half of what is done at once"
    assert scores == one_by_one(*made, examples)


def test_what_would_fall_out_of_the_cache_is_evaluated_one_by_one():
    network = nn.mlp(784, [20], 10)
    parameters, states = network.init([np.random.default_rng(r) for r in range(SIZE)])
    rows = AT_ONCE // (784 * 4) + 1
    many = Examples(np.ones((rows, 784), np.float32), np.zeros(rows, int))
    _, widths = at_once(network, parameters.layers, states, [many] * SIZE)
    assert widths == [1] * SIZE

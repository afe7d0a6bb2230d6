"""The running statistics of batch normalization, against formulas written out."""

import numpy as np
import pytest

from overfit.nn import BatchNorm
from overfit.nn.memory import Scratch

RNG = np.random.default_rng(3)
BATCHES = [RNG.normal(RNG.normal(), 2, (7, 5)) for _ in range(6)]
X = RNG.normal(size=(4, 5))


class Book:
    """Batch normalization as in Deep Learning from Scratch, 6.3.2, forward only."""

    momentum = 0.9

    def __init__(self):
        self.running_mean = np.zeros(5)
        self.running_var = np.zeros(5)

    def forward(self, x, train):
        if not train:
            return (x - self.running_mean) / np.sqrt(self.running_var + 10e-7)
        mu = np.mean(x, axis=0)
        var = np.mean((x - mu) ** 2, axis=0)
        self.running_mean = self.momentum * self.running_mean + (1 - self.momentum) * mu
        self.running_var = self.momentum * self.running_var + (1 - self.momentum) * var
        return (x - mu) / np.sqrt(var + 10e-7)


class Layer:
    """Our layer, with one replicate."""

    def __init__(self, **options):
        self.layer = BatchNorm(5, **options)
        params, state = self.layer.init(np.random.default_rng(0))
        self.params = {name: value[None] for name, value in params.items()}
        self.state = {name: value[None] for name, value in state.items()}

    def forward(self, x, train):
        y, _ = self.layer.forward(
            self.params, self.state, x[None], train=train, rng=[], scratch=Scratch(np.float64)
        )
        return y[0]


def test_the_book_s_statistics_give_the_book_s_outputs():
    book = Book()
    ours = Layer(momentum=0.1, eps=1e-6, running_variance="biased", initial_variance=0.0)
    for batch in BATCHES:
        np.testing.assert_allclose(ours.forward(batch, True), book.forward(batch, True), rtol=1e-12)
        np.testing.assert_allclose(ours.forward(X, False), book.forward(X, False), rtol=1e-12)
    np.testing.assert_allclose(ours.state["var"][0, 0], book.running_var, rtol=1e-12)


def test_statistics_of_nothing_normalize_nothing():
    """Where no update has moved statistics that start at 0, evaluation divides by 1."""
    ours = Layer(initial_variance=0.0, eps=1e-6)
    np.testing.assert_allclose(ours.forward(X, False), X / np.sqrt(1 + 1e-6), rtol=1e-12)


@pytest.mark.parametrize(("variance", "ddof"), [("unbiased", 1), ("biased", 0)])
@pytest.mark.parametrize("start", [1.0, 0.0, 0.25])
def test_running_variances_are_weighted_sums_of_the_batches(variance, ddof, start):
    ours = Layer(momentum=0.3, running_variance=variance, initial_variance=start)
    for batch in BATCHES:
        ours.forward(batch, True)
    weights = 0.3 * 0.7 ** np.arange(len(BATCHES))[::-1]
    expected = start * 0.7 ** len(BATCHES) + weights @ [b.var(axis=0, ddof=ddof) for b in BATCHES]
    np.testing.assert_allclose(ours.state["var"][0, 0], expected, rtol=1e-12)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"running_variance": "both"}, "running_variance is 'both'; it must be one of 'unbiased'"),
        ({"initial_variance": -1.0}, "initial_variance is -1.0; it must be at least 0"),
    ],
)
def test_statistics_that_do_not_exist_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        BatchNorm(5, **options)

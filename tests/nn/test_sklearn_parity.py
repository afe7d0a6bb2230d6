"""scikit-learn's MLPClassifier as a second witness of SGD, momentum and Adam with L2."""

import numpy as np
import pytest
from sklearn.neural_network import MLPClassifier

from overfit import nn
from overfit.training.examples import Examples
from overfit.training.stack import Replicate, Stack

EXAMPLES, BATCH, EPOCHS, CLASSES = 60, 12, 5, 4
L2 = 0.05
OPTIMIZERS = {
    "sgd": (nn.SGD(0.1), {"solver": "sgd", "momentum": 0.0}),
    "momentum": (
        nn.Momentum(0.05, 0.8),
        {"solver": "sgd", "momentum": 0.8, "nesterovs_momentum": False},
    ),
    "nesterov": (
        nn.Nesterov(0.05, 0.8),
        {"solver": "sgd", "momentum": 0.8, "nesterovs_momentum": True},
    ),
    # scikit-learn adds eps before it corrects the bias of v, the paper's algorithm and we after it.
    # An eps of next to nothing makes them one.
    "adam": (nn.Adam(0.01, 0.8, 0.95, 1e-14), {"solver": "adam", "beta_1": 0.8, "beta_2": 0.95}),
}
ACTIVATIONS = {"relu": nn.ReLU(), "tanh": nn.Tanh(), "logistic": nn.Sigmoid()}


def scikit_learn(layers, x, labels, activation, lr, options):
    """Its weights and biases after a few epochs in order, starting from ours."""
    model = MLPClassifier(
        [len(layer["b"][0, 0]) for layer in layers[:-1]],
        activation=activation,
        # Its decay is divided by the batch size, ours is not.
        alpha=L2 * BATCH,
        batch_size=BATCH,
        learning_rate_init=lr,
        max_iter=1,
        shuffle=False,
        warm_start=True,
        tol=0.0,
        n_iter_no_change=10**6,
        epsilon=1e-14,
        random_state=0,
        **options,
    )
    model.fit(x, labels)  # which makes its arrays; the training proper starts from ours
    model.coefs_ = [layer["W"][0].copy() for layer in layers]
    model.intercepts_ = [layer["b"][0, 0].copy() for layer in layers]
    model.max_iter = EPOCHS
    model.n_iter_ = 0
    model.fit(x, labels)
    return model


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_weights_agree_after_a_few_epochs(name, activation):
    optimizer, options = OPTIMIZERS[name]
    rng = np.random.default_rng(3)
    x = rng.normal(size=(EXAMPLES, 7))
    labels = rng.permutation(np.arange(EXAMPLES) % CLASSES)
    network = nn.mlp(7, [9, 6], CLASSES, activation=ACTIVATIONS[activation])
    examples = Examples(x, labels)
    member = Replicate(0, examples, examples, optimizer, (nn.L2(L2),))
    stack = Stack(network, [member] * 2, CLASSES, [np.random.default_rng(r) for r in (1, 2)])

    params, _ = stack.one(1)
    layers = [layer for layer in params if layer]
    peer = scikit_learn(layers, x, labels, activation, optimizer.lr, options)
    for _ in range(EPOCHS):
        for batch in np.arange(EXAMPLES).reshape(-1, BATCH):
            stack.update(np.stack([batch, batch]))

    for layer, W, b in zip(layers, peer.coefs_, peer.intercepts_, strict=True):
        # Rounding differs by 1e-16; ReLU's units without a gradient and Adam's quotients keep it
        # below 1e-9 of the largest weight.
        assert np.abs(layer["W"][0] - W).max() < 1e-9 * np.abs(W).max()
        assert np.abs(layer["b"][0, 0] - b).max() < 1e-9 * np.abs(W).max()

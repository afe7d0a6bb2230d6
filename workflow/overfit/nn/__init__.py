"""The NumPy core: layers, loss, penalties, initial weights, optimizers, network, gradient check.

Arrays carry a leading replicate axis R: several networks of one shape are stepped together, each
with its own data, weights and randomness. A replicate's numbers never depend on its neighbours.
"""

from overfit.nn.activations import ReLU, Sigmoid, Tanh
from overfit.nn.affine import Affine
from overfit.nn.batch_norm import BatchNorm
from overfit.nn.dropout import Dropout
from overfit.nn.initializers import He, Initializer, Normal, Xavier
from overfit.nn.layer import Layer
from overfit.nn.loss import cross_entropy, softmax_minus_target
from overfit.nn.network import Network, Parameters, mlp
from overfit.nn.optimizers import SGD, Optimizer
from overfit.nn.penalties import L2, Penalty
from overfit.nn.scratch import Scratch

__all__ = [
    "L2",
    "SGD",
    "Affine",
    "BatchNorm",
    "Dropout",
    "He",
    "Initializer",
    "Layer",
    "Network",
    "Normal",
    "Optimizer",
    "Parameters",
    "Penalty",
    "ReLU",
    "Scratch",
    "Sigmoid",
    "Tanh",
    "Xavier",
    "cross_entropy",
    "mlp",
    "softmax_minus_target",
]

"""The NumPy core: layers, loss, penalties, initial weights, optimizers, network, gradient check.

Arrays carry a leading replicate axis R: several networks of one shape are stepped together, each
with its own data, weights and randomness. A replicate's numbers never depend on its neighbours.
"""

from overfit.nn.activations import GELU, LeakyReLU, ReLU, Sigmoid, Tanh
from overfit.nn.affine import Affine
from overfit.nn.batch_norm import BatchNorm
from overfit.nn.constraints import Constraint, MaxNorm, ProximalL1
from overfit.nn.dropout import Dropout
from overfit.nn.initializers import He, Initializer, Normal, Orthogonal, Xavier
from overfit.nn.layer import Layer
from overfit.nn.layer_norm import LayerNorm
from overfit.nn.loss import cross_entropy, softmax_minus_target, targets
from overfit.nn.network import Network, mlp
from overfit.nn.optimizers import (
    SGD,
    AdaGrad,
    Adam,
    AdamW,
    Momentum,
    Nesterov,
    Optimizer,
    RMSProp,
)
from overfit.nn.parameters import Parameters
from overfit.nn.penalties import L1, L2, Lp, Penalty, elastic_net
from overfit.nn.scratch import Scratch
from overfit.nn.stacking import stacked

__all__ = [
    "GELU",
    "L1",
    "L2",
    "SGD",
    "AdaGrad",
    "Adam",
    "AdamW",
    "Affine",
    "BatchNorm",
    "Constraint",
    "Dropout",
    "He",
    "Initializer",
    "Layer",
    "LayerNorm",
    "LeakyReLU",
    "Lp",
    "MaxNorm",
    "Momentum",
    "Nesterov",
    "Network",
    "Normal",
    "Optimizer",
    "Orthogonal",
    "Parameters",
    "Penalty",
    "ProximalL1",
    "RMSProp",
    "ReLU",
    "Scratch",
    "Sigmoid",
    "Tanh",
    "Xavier",
    "cross_entropy",
    "elastic_net",
    "mlp",
    "softmax_minus_target",
    "stacked",
    "targets",
]

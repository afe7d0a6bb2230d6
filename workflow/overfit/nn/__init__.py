"""The NumPy core: layers, loss, penalties, initial weights, optimizers, network, gradient check.

The first axis of each array is the replicate R: several networks of one shape train together, each
with its own data, weights and randomness. The results of a replicate never depend on the others.

A part of a network is a file in one of the folders `activations`, `layers`, `penalties`,
`optimizers`, `schedules` and `initializers`: its options, its computation and its words. The
configuration finds it there. The names below are for programs that use the core directly.
"""

from overfit.nn.activations import Activation
from overfit.nn.activations.gelu import GELU
from overfit.nn.activations.relu import LeakyReLU, ReLU
from overfit.nn.activations.sigmoid import Sigmoid
from overfit.nn.activations.tanh import Tanh
from overfit.nn.affine import Affine
from overfit.nn.initializers import Initializer
from overfit.nn.initializers.he import He, HeUniform
from overfit.nn.initializers.normal import Normal
from overfit.nn.initializers.orthogonal import Orthogonal
from overfit.nn.initializers.xavier import Glorot, GlorotUniform, Xavier, XavierUniform
from overfit.nn.layers import Layer
from overfit.nn.layers.batch_norm import BatchNorm
from overfit.nn.layers.dropout import Dropout
from overfit.nn.layers.layer_norm import LayerNorm
from overfit.nn.loss import cross_entropy, softmax_minus_target, targets
from overfit.nn.memory import Parameters, Scratch, stacked
from overfit.nn.network import Network, mlp
from overfit.nn.optimizers import Optimizer
from overfit.nn.optimizers.adagrad import AdaGrad
from overfit.nn.optimizers.adam import Adam, AdamW
from overfit.nn.optimizers.momentum import Momentum, Nesterov
from overfit.nn.optimizers.rmsprop import RMSProp
from overfit.nn.optimizers.sgd import SGD
from overfit.nn.penalties import Constraint, Penalty
from overfit.nn.penalties.l1 import L1, ProximalL1
from overfit.nn.penalties.l2 import L2
from overfit.nn.penalties.lp import Lp
from overfit.nn.penalties.max_norm import MaxNorm

__all__ = [
    "GELU",
    "L1",
    "L2",
    "SGD",
    "Activation",
    "AdaGrad",
    "Adam",
    "AdamW",
    "Affine",
    "BatchNorm",
    "Constraint",
    "Dropout",
    "Glorot",
    "GlorotUniform",
    "He",
    "HeUniform",
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
    "XavierUniform",
    "cross_entropy",
    "mlp",
    "softmax_minus_target",
    "stacked",
    "targets",
]

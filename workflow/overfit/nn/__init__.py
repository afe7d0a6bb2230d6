"""The NumPy core: layers, loss, penalties, initial weights, optimizers, network, gradient check.

The first axis of each array is the replicate R: several networks of one shape train together, each
with its own data, weights and randomness. The results of a replicate never depend on the others.

A part of a network is a file in one of the folders `activations`, `layers`, `penalties`,
`optimizers`, `schedules` and `initializers`: its options, its computation and its words. The
configuration finds it there. The names below are for programs that use the core directly.
"""

from overfit.nn.activations import Activation as Activation
from overfit.nn.activations.gelu import GELU as GELU
from overfit.nn.activations.relu import LeakyReLU as LeakyReLU
from overfit.nn.activations.relu import ReLU as ReLU
from overfit.nn.activations.sigmoid import Sigmoid as Sigmoid
from overfit.nn.activations.tanh import Tanh as Tanh
from overfit.nn.affine import Affine as Affine
from overfit.nn.initializers import Initializer as Initializer
from overfit.nn.initializers.he import He as He
from overfit.nn.initializers.he import HeUniform as HeUniform
from overfit.nn.initializers.normal import Normal as Normal
from overfit.nn.initializers.orthogonal import Orthogonal as Orthogonal
from overfit.nn.initializers.xavier import (
    Glorot as Glorot,
)
from overfit.nn.initializers.xavier import (
    GlorotUniform as GlorotUniform,
)
from overfit.nn.initializers.xavier import (
    Xavier as Xavier,
)
from overfit.nn.initializers.xavier import (
    XavierUniform as XavierUniform,
)
from overfit.nn.layers import Layer as Layer
from overfit.nn.layers.batch_norm import BatchNorm as BatchNorm
from overfit.nn.layers.dropout import Dropout as Dropout
from overfit.nn.layers.group_norm import GroupNorm as GroupNorm
from overfit.nn.layers.layer_norm import LayerNorm as LayerNorm
from overfit.nn.layers.rms_norm import RMSNorm as RMSNorm
from overfit.nn.layers.weight_norm import WeightNorm as WeightNorm
from overfit.nn.loss import (
    balanced_weights as balanced_weights,
)
from overfit.nn.loss import (
    cross_entropy as cross_entropy,
)
from overfit.nn.loss import (
    softmax_minus_target as softmax_minus_target,
)
from overfit.nn.loss import (
    targets as targets,
)
from overfit.nn.memory import Parameters as Parameters
from overfit.nn.memory import Scratch as Scratch
from overfit.nn.memory import stacked as stacked
from overfit.nn.network import Network as Network
from overfit.nn.network import mlp as mlp
from overfit.nn.optimizers import Optimizer as Optimizer
from overfit.nn.optimizers.adagrad import AdaGrad as AdaGrad
from overfit.nn.optimizers.adam import Adam as Adam
from overfit.nn.optimizers.adam import AdamW as AdamW
from overfit.nn.optimizers.momentum import Momentum as Momentum
from overfit.nn.optimizers.momentum import Nesterov as Nesterov
from overfit.nn.optimizers.rmsprop import RMSProp as RMSProp
from overfit.nn.optimizers.sgd import SGD as SGD
from overfit.nn.penalties import Constraint as Constraint
from overfit.nn.penalties import Penalty as Penalty
from overfit.nn.penalties.l1 import L1 as L1
from overfit.nn.penalties.l1 import ProximalL1 as ProximalL1
from overfit.nn.penalties.l2 import L2 as L2
from overfit.nn.penalties.lp import Lp as Lp
from overfit.nn.penalties.max_norm import MaxNorm as MaxNorm

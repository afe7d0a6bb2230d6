"""Optimizers: from gradients to new parameters.

Each works on the whole block of parameters (R, P), theta. Its hyperparameters are numbers, or
columns (R, 1) where replicates differ (see `overfit.nn.stacking`). g is the gradient. theta and the
memory are changed in place, in the order of operations of PyTorch, with which the tests compare.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np

from overfit.nn.checks import not_negative, positive, share
from overfit.nn.parameters import Parameters
from overfit.nn.scratch import Array, Scratch

Memory = dict[str, Array]


class Update(NamedTuple):
    """Which update it is."""

    t: int
    """Its number, from 1."""
    factor: float
    """What the learning-rate schedule says of it."""
    scratch: Scratch
    """Memory for the step."""


class Optimizer(Protocol):
    """Turns gradients into steps."""

    @property
    def lr(self) -> float:
        """Learning rate."""
        ...

    def init(self, theta: Array) -> Memory:
        """What the optimizer remembers between updates, all zeros."""
        ...

    def gradient_scale(self, factor: float) -> Array | float:
        """What the gradient is to be multiplied with before `step` sees it."""
        ...

    def step(self, parameters: Parameters, g: Array, memory: Memory, now: Update) -> None:
        """Update `parameters` and `memory` in place; `g` is used up."""
        ...


@dataclass(frozen=True)
class SGD:
    """Stochastic gradient descent: `theta = theta - lr g`.

    The factor -lr is folded into the gradient of the logits, a few thousand numbers, rather than
    multiplied into the gradient of every parameter: then the update is one addition.
    """

    lr: float

    def __post_init__(self) -> None:
        positive("lr", self.lr)

    def init(self, theta: Array) -> Memory:
        """Nothing to remember."""
        return {}

    def gradient_scale(self, factor: float) -> Array | float:
        """-lr."""
        return -self.lr * factor

    def step(self, parameters: Parameters, g: Array, memory: Memory, now: Update) -> None:
        """`theta = theta + g`, g being scaled by -lr."""
        np.add(parameters.flat, g, out=parameters.flat)


@dataclass(frozen=True)
class _Remembering:
    """An optimizer that needs the plain gradient, and remembers arrays as large as theta."""

    lr: float

    def __post_init__(self) -> None:
        positive("lr", self.lr)

    def gradient_scale(self, factor: float) -> Array | float:
        """1."""
        return 1.0

    def _descend(self, theta: Array, direction: Array, factor: float, step: Array) -> None:
        """`theta = theta - lr direction`; the step is made in `step`, which may be `direction`."""
        np.multiply(direction, self.lr * factor, out=step)
        np.subtract(theta, step, out=theta)


@dataclass(frozen=True)
class Momentum(_Remembering):
    """`v = momentum v + g`, `theta = theta - lr v`.

    Deep Learning from Scratch, 6.1.4, has lr inside v, which is the same while lr is constant.
    Source: Polyak (1964), Some methods of speeding up the convergence of iteration methods.
    """

    momentum: float = 0.9

    def __post_init__(self) -> None:
        super().__post_init__()
        share("momentum", self.momentum)

    def init(self, theta: Array) -> Memory:
        """The velocity v."""
        return {"v": np.zeros_like(theta)}

    def step(self, parameters: Parameters, g: Array, memory: Memory, now: Update) -> None:
        """See the class."""
        v = memory["v"]
        np.multiply(v, self.momentum, out=v)
        np.add(v, g, out=v)
        self._descend(parameters.flat, v, now.factor, step=g)


@dataclass(frozen=True)
class Nesterov(Momentum):
    """`v = momentum v + g`, `theta = theta - lr (g + momentum v)`.

    Source: Sutskever et al. (2013), On the importance of initialization and momentum.
    """

    def step(self, parameters: Parameters, g: Array, memory: Memory, now: Update) -> None:
        """See the class."""
        v = memory["v"]
        np.multiply(v, self.momentum, out=v)
        np.add(v, g, out=v)
        ahead = np.multiply(v, self.momentum, out=now.scratch("ahead", v.shape))
        np.add(g, ahead, out=g)
        self._descend(parameters.flat, g, now.factor, step=g)


@dataclass(frozen=True)
class AdaGrad(_Remembering):
    """`h = h + g^2`, `theta = theta - lr g / (sqrt(h) + eps)`.

    Source: Duchi, Hazan, Singer (2011), Adaptive subgradient methods for online learning.
    """

    eps: float = 1e-10

    def __post_init__(self) -> None:
        super().__post_init__()
        positive("eps", self.eps)

    def init(self, theta: Array) -> Memory:
        """The sum of squares h."""
        return {"h": np.zeros_like(theta)}

    def step(self, parameters: Parameters, g: Array, memory: Memory, now: Update) -> None:
        """See the class."""
        h = memory["h"]
        root = np.multiply(g, g, out=now.scratch("root", g.shape))
        np.add(h, root, out=h)
        np.sqrt(h, out=root)
        np.add(root, self.eps, out=root)
        np.divide(g, root, out=g)
        self._descend(parameters.flat, g, now.factor, step=g)


@dataclass(frozen=True)
class RMSProp(_Remembering):
    """`h = decay h + (1 - decay) g^2`, `theta = theta - lr g / (sqrt(h) + eps)`.

    Source: Tieleman and Hinton (2012), Lecture 6.5, rmsprop.
    """

    decay: float = 0.99
    eps: float = 1e-8

    def __post_init__(self) -> None:
        super().__post_init__()
        share("decay", self.decay)
        positive("eps", self.eps)

    def init(self, theta: Array) -> Memory:
        """The moving average of squares h."""
        return {"h": np.zeros_like(theta)}

    def step(self, parameters: Parameters, g: Array, memory: Memory, now: Update) -> None:
        """See the class."""
        h = memory["h"]
        root = np.multiply(g, g, out=now.scratch("root", g.shape))
        np.multiply(root, 1 - self.decay, out=root)
        np.multiply(h, self.decay, out=h)
        np.add(h, root, out=h)
        np.sqrt(h, out=root)
        np.add(root, self.eps, out=root)
        np.divide(g, root, out=g)
        self._descend(parameters.flat, g, now.factor, step=g)


@dataclass(frozen=True)
class Adam(_Remembering):
    """Moving averages of g and of g^2, corrected for their start at 0.

    `m = beta1 m + (1 - beta1) g`, `v = beta2 v + (1 - beta2) g^2`,
    `theta = theta - lr m / (1 - beta1^t) / (sqrt(v / (1 - beta2^t)) + eps)`.

    Source: Kingma and Ba (2015), Adam: a method for stochastic optimization.
    """

    beta1: float = 0.9
    beta2: float = 0.999
    eps: float = 1e-8

    def __post_init__(self) -> None:
        super().__post_init__()
        share("beta1", self.beta1)
        share("beta2", self.beta2)
        positive("eps", self.eps)

    def init(self, theta: Array) -> Memory:
        """The moving averages m and v."""
        return {"m": np.zeros_like(theta), "v": np.zeros_like(theta)}

    def step(self, parameters: Parameters, g: Array, memory: Memory, now: Update) -> None:
        """See the class."""
        m, v = memory["m"], memory["v"]
        work = np.multiply(g, g, out=now.scratch("work", g.shape))
        np.multiply(work, 1 - self.beta2, out=work)
        np.multiply(v, self.beta2, out=v)
        np.add(v, work, out=v)
        np.multiply(g, 1 - self.beta1, out=g)
        np.multiply(m, self.beta1, out=m)
        np.add(m, g, out=m)
        np.sqrt(v, out=work)
        np.multiply(work, 1 / np.sqrt(1 - self.beta2**now.t), out=work)
        np.add(work, self.eps, out=work)
        np.divide(m, work, out=g)
        np.multiply(g, 1 / (1 - self.beta1**now.t), out=g)
        self._descend(parameters.flat, g, now.factor, step=g)


@dataclass(frozen=True)
class AdamW(Adam):
    """Adam with decoupled weight decay: first `W = (1 - lr weight_decay) W`, then Adam's step.

    The decay applies to the weights only. With plain SGD it is the same as `L2`.

    Source: Loshchilov and Hutter (2019), Decoupled weight decay regularization.
    """

    weight_decay: float = 0.01

    def __post_init__(self) -> None:
        super().__post_init__()
        not_negative("weight_decay", self.weight_decay)

    def step(self, parameters: Parameters, g: Array, memory: Memory, now: Update) -> None:
        """See the class."""
        kept = 1 - self.lr * now.factor * self.weight_decay
        np.multiply(parameters.weights, kept, out=parameters.weights)
        super().step(parameters, g, memory, now)

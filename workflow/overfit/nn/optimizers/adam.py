"""The optimizers `adam` and `adamw`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from overfit.nn.checks import Epsilon, NonNegative, Share
from overfit.nn.memory import Array, Parameters
from overfit.nn.optimizers import Memory, Optimizer, Update


@dataclass(frozen=True)
class Adam(Optimizer):
    """Moving averages of gradients and of their squares.

    Both are corrected for their start at 0:
    `m = beta1 m + (1 - beta1) g`, `v = beta2 v + (1 - beta2) g^2`,
    `theta = theta - lr m / (1 - beta1^t) / (sqrt(v / (1 - beta2^t)) + eps)`.

    Source: Kingma and Ba (2015), Adam: a method for stochastic optimization.
    """

    beta1: Share = 0.9
    """Decay of the average of gradients in each update."""
    beta2: Share = 0.999
    """Decay of the average of squared gradients in each update."""
    eps: Epsilon = 1e-8
    """Added to the divisor."""

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
    """Adam with weight decay that is separate from the gradient.

    First `W = (1 - lr weight_decay) W`, then Adam's step. The decay applies to the weights only.
    For plain SGD, such decay is the same as `L2`.

    Source: Loshchilov and Hutter (2019), Decoupled weight decay regularization.
    """

    weight_decay: NonNegative = 0.01
    """Before each update, weights are multiplied by 1 - lr weight_decay."""

    def step(self, parameters: Parameters, g: Array, memory: Memory, now: Update) -> None:
        """See the class."""
        kept = 1 - self.lr * now.factor * self.weight_decay
        np.multiply(parameters.weights, kept, out=parameters.weights)
        super().step(parameters, g, memory, now)


PART = {"adam": Adam, "adamw": AdamW}

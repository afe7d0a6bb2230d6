"""Optimizers, with the hyperparameters' usual defaults."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from overfit.config.model import Number, one_of
from overfit.config.parts import Named, with_own


class _Optimizer(Named):
    lr: Number = Field(gt=0, le=1000)
    """Learning rate."""


class Sgd(_Optimizer):
    """Stochastic gradient descent."""

    name: Literal["sgd"]


class _Momentum(_Optimizer):
    momentum: Number = Field(default=0.9, ge=0, lt=1)
    """What is kept of the sum of gradients in each update."""


class Momentum(_Momentum):
    """Steps along a decaying sum of gradients."""

    name: Literal["momentum"]


class Nesterov(_Momentum):
    """Momentum that looks ahead."""

    name: Literal["nesterov"]


class AdaGrad(_Optimizer):
    """Divides by the root of the sum of squared gradients."""

    name: Literal["adagrad"]
    eps: Number = Field(default=1e-10, gt=0, le=1)
    """Added to what is divided by."""


class RmsProp(_Optimizer):
    """Divides by the root of a moving average of squared gradients."""

    name: Literal["rmsprop"]
    decay: Number = Field(default=0.99, ge=0, lt=1)
    """What is kept of the average of squared gradients in each update."""
    eps: Number = Field(default=1e-8, gt=0, le=1)
    """Added to what is divided by."""


class _Adam(_Optimizer):
    beta1: Number = Field(default=0.9, ge=0, lt=1)
    """What is kept of the average of gradients in each update."""
    beta2: Number = Field(default=0.999, ge=0, lt=1)
    """What is kept of the average of squared gradients in each update."""
    eps: Number = Field(default=1e-8, gt=0, le=1)
    """Added to what is divided by."""


class Adam(_Adam):
    """Moving averages of gradients and of their squares."""

    name: Literal["adam"]


class AdamW(_Adam):
    """Adam with weight decay apart from the gradient."""

    name: Literal["adamw"]
    weight_decay: Number = Field(default=0.01, ge=0, le=1e6)
    """Before each update, weights are multiplied by 1 - lr weight_decay."""


OPTIMIZERS = with_own(
    "optimizers",
    {
        "sgd": Sgd,
        "momentum": Momentum,
        "nesterov": Nesterov,
        "adagrad": AdaGrad,
        "rmsprop": RmsProp,
        "adam": Adam,
        "adamw": AdamW,
    },
    _Optimizer,
)
"""The models of all optimizers, by name."""

if TYPE_CHECKING:
    Optimizer = _Optimizer
else:
    Optimizer = one_of(OPTIMIZERS, "name", "optimizer")

"""From settings to the objects that train: the one place where specification and core meet."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from overfit import nn, parts
from overfit.config.model import Model
from overfit.config.settings import Settings
from overfit.config.settings.train import Cosine, Step
from overfit.training import lr_schedules
from overfit.training.early_stopping import EarlyStopping
from overfit.training.loop import Recipe
from overfit.training.probes import make as make_probe
from overfit.training.scaling import Moments, Scaling
from overfit.training.schedule import Schedule

ACTIVATIONS: dict[str, Callable[..., nn.Layer]] = {
    "relu": nn.ReLU,
    "leaky_relu": nn.LeakyReLU,
    "sigmoid": nn.Sigmoid,
    "tanh": nn.Tanh,
    "gelu": nn.GELU,
    **parts.parts("activations"),
}
INITIALIZERS: dict[str, Callable[..., nn.Initializer]] = {
    "he": nn.He,
    "he_uniform": partial(nn.He, "uniform"),
    "xavier": nn.Xavier,
    "xavier_uniform": partial(nn.Xavier, "uniform"),
    "glorot": partial(nn.Xavier, fan="average"),
    "glorot_uniform": partial(nn.Xavier, "uniform", fan="average"),
    "orthogonal": nn.Orthogonal,
    "normal": nn.Normal,
}
OPTIMIZERS: dict[str, Callable[..., nn.Optimizer]] = {
    "sgd": nn.SGD,
    "momentum": nn.Momentum,
    "nesterov": nn.Nesterov,
    "adagrad": nn.AdaGrad,
    "rmsprop": nn.RMSProp,
    "adam": nn.Adam,
    "adamw": nn.AdamW,
    **parts.parts("optimizers"),
}


def scaling(
    settings: Settings, values: NDArray[Any], rows: NDArray[np.integer[Any]], scale: float
) -> Scaling:
    """How values become inputs.

    Args:
        settings: say whether to standardize, and how.
        values: all images of the dataset (N, d), as stored.
        rows: the training images; standardization looks at no others.
        scale: what a value is multiplied with if it is not standardized.
    """
    kind = settings.data.standardize
    if kind == "none":
        return Scaling(scale)
    moments = Moments.of(values, rows)
    return moments.per_feature(scale) if kind == "per_feature" else moments.overall(scale)


def recipe(
    settings: Settings,
    n_in: int,
    n_out: int,
    *,
    probes: Collection[str] = (),
    keep: Collection[str] = (),
) -> Recipe:
    """All that replicates of these settings share, and what is recorded of them."""
    train = settings.train
    stopping = train.early_stopping
    return Recipe(
        network(settings, n_in, n_out),
        schedule(settings),
        lr_schedule=lr_schedule(settings),
        clip=train.clip,
        label_smoothing=train.label_smoothing,
        early_stopping=EarlyStopping(stopping.patience, stopping.metric) if stopping else None,
        probes=tuple(make_probe(name) for name in probes),
        keep=frozenset(keep),
        monte_carlo=settings.dropout.monte_carlo if settings.dropout else None,
    )


def network(settings: Settings, n_in: int, n_out: int) -> nn.Network:
    """The network that `settings` describe, for `n_in` inputs and `n_out` classes."""
    model, dropout = settings.model, settings.dropout
    norm = settings.batch_norm or settings.layer_norm
    return nn.mlp(
        n_in,
        model.hidden,
        n_out,
        activation=ACTIVATIONS[model.activation.name](**_numbers(model.activation)),
        initializer=INITIALIZERS[model.init.name](**_numbers(model.init)),
        norm=_norm(settings),
        norm_after_activation=norm is not None and norm.place == "after",
        before_activation=tuple(_own_layers(settings, "before")),
        after_activation=tuple(_own_layers(settings, "after")),
        dropout=nn.Dropout(dropout.rate, dropout.scaling) if dropout and dropout.rate else None,
        input_dropout=(
            nn.Dropout(dropout.input, dropout.scaling) if dropout and dropout.input else None
        ),
    )


def optimizer(settings: Settings) -> nn.Optimizer:
    """How gradients become steps."""
    chosen = settings.train.optimizer
    return OPTIMIZERS[chosen.name](**_numbers(chosen))


def penalties(settings: Settings) -> tuple[nn.Penalty, ...]:
    """What is added to the loss; a strength of 0 is left out, since it costs time."""
    penalty = settings.penalty
    found: list[nn.Penalty] = []
    if penalty.l1 and penalty.l1_method == "subgradient":
        found.append(nn.L1(penalty.l1))
    if penalty.l2:
        found.append(nn.L2(penalty.l2))
    if penalty.lp and penalty.p:
        found.append(nn.Lp(penalty.p, penalty.lp, penalty.smoothing))
    for name, kind in parts.parts("penalties").items():
        if own := getattr(penalty, name):
            found.append(kind(**_numbers(own)))
    return tuple(found)


def constraints(settings: Settings) -> tuple[nn.Constraint, ...]:
    """What is done to the weights after each step, in this order."""
    penalty = settings.penalty
    found: list[nn.Constraint] = []
    if penalty.l1 and penalty.l1_method == "proximal":
        found.append(nn.ProximalL1(penalty.l1))
    if penalty.max_norm:
        found.append(nn.MaxNorm(penalty.max_norm))
    return tuple(found)


def schedule(settings: Settings) -> Schedule:
    """Budget, batches and evaluation points."""
    return Schedule(
        examples=settings.data.train,
        batch_size=settings.train.batch_size,
        epochs=settings.train.epochs,
        points=settings.evaluation.points,
        updates=settings.train.updates,
        sampling=settings.train.sampling,
    )


def lr_schedule(settings: Settings) -> lr_schedules.LrSchedule:
    """How the learning rate changes over the budget."""
    chosen, warm_up = settings.train.lr_schedule, settings.train.warm_up
    then: lr_schedules.LrSchedule = lr_schedules.Constant()
    if isinstance(chosen, Step):
        then = lr_schedules.Step(chosen.every, chosen.gamma)
    if isinstance(chosen, Cosine):
        then = lr_schedules.Cosine(settings.budget - warm_up, chosen.end)
    return lr_schedules.WarmUp(warm_up, then) if warm_up else then


def _norm(settings: Settings) -> Callable[[int], nn.Layer] | None:
    if norm := settings.batch_norm:
        return partial(
            nn.BatchNorm,
            momentum=norm.momentum,
            eps=norm.eps,
            learned=norm.learned,
            scalar=norm.scalar,
            running_variance=norm.running_variance,
            initial_variance=norm.initial_variance,
        )
    if layer_norm := settings.layer_norm:
        return partial(nn.LayerNorm, eps=layer_norm.eps)
    return None


def _own_layers(settings: Settings, place: str) -> Iterator[Callable[[int], nn.Layer]]:
    """What makes the layers of `overfit.parts` that stand there, from the number of units."""
    for name, kind in parts.parts("layers").items():
        own = getattr(settings, name)
        if own and parts.place(kind) == place:
            yield _by_size(kind, _numbers(own))


def _by_size(kind: Callable[..., nn.Layer], numbers: dict[str, Any]) -> Callable[[int], nn.Layer]:
    if parts.wants_size(kind):
        return lambda n: kind(n=n, **numbers)
    return lambda n: kind(**numbers)


def _numbers(chosen: Model) -> dict[str, Any]:
    """The hyperparameters of a kind, which are called the same here and there."""
    return {key: value for key, value in chosen if key != "name"}

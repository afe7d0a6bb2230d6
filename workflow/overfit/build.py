"""From settings to the objects that train: the one place where specification and core meet."""

from __future__ import annotations

from functools import partial

from overfit import nn
from overfit.spec.settings import Normal, Settings, Xavier
from overfit.training import Recipe, Schedule

ACTIVATIONS: dict[str, nn.Layer] = {
    "relu": nn.ReLU(),
    "sigmoid": nn.Sigmoid(),
    "tanh": nn.Tanh(),
}


def network(settings: Settings, n_in: int, n_out: int) -> nn.Network:
    """The network that `settings` describe, for `n_in` inputs and `n_out` classes."""
    norm, dropout = settings.batch_norm, settings.dropout
    return nn.mlp(
        n_in,
        settings.model.hidden,
        n_out,
        activation=ACTIVATIONS[settings.model.activation],
        initializer=initializer(settings),
        norm=partial(nn.BatchNorm, momentum=norm.momentum, eps=norm.eps) if norm else None,
        dropout=nn.Dropout(dropout.rate, dropout.scaling) if dropout else None,
    )


def initializer(settings: Settings) -> nn.Initializer:
    """How widely the initial weights scatter."""
    init = settings.model.init
    if isinstance(init, Normal):
        return nn.Normal(init.std)
    return nn.Xavier() if isinstance(init, Xavier) else nn.He()


def optimizer(settings: Settings) -> nn.Optimizer:
    """How gradients become steps."""
    return nn.SGD(settings.train.optimizer.lr)


def penalties(settings: Settings) -> tuple[nn.Penalty, ...]:
    """What is added to the loss; a strength of 0 is left out, since it costs time."""
    return (nn.L2(settings.penalty.l2),) if settings.penalty.l2 else ()


def recipe(settings: Settings, n_in: int, n_out: int) -> Recipe:
    """All that replicates of these settings share."""
    return Recipe(network(settings, n_in, n_out), schedule(settings))


def schedule(settings: Settings) -> Schedule:
    """Budget, batches and evaluation points."""
    return Schedule(
        examples=settings.data.train,
        batch_size=settings.train.batch_size,
        epochs=settings.train.epochs,
        points=settings.evaluation.points,
    )

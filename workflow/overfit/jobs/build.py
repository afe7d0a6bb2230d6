"""From settings to the objects that train: only this module joins specification and core."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from overfit import nn
from overfit.config.parts import PartSettings
from overfit.config.problems import did_you_mean
from overfit.config.settings import Settings
from overfit.config.specs import Recording
from overfit.data import Prepared
from overfit.data.checked import DataError
from overfit.nn.schedules import LrSchedule, WarmUp
from overfit.training.examples import Moments, Scaling, fill_of
from overfit.training.loop import EarlyStopping, Recipe
from overfit.training.probes import make as make_probe
from overfit.training.schedule import Schedule


def scaling(settings: Settings, dataset: Prepared, rows: NDArray[np.integer[Any]]) -> Scaling:
    """The scaling of values to inputs.

    Args:
        settings: the settings, with the kind of standardization.
        dataset: the dataset, with the rule for missing values.
        rows: the training images, from which alone means, deviations and replacements of missing
            values are computed.
    """
    kind = settings.data.standardize
    fill = fill_of(dataset.images, rows, dataset.missing)
    if kind == "none":
        return Scaling(dataset.scale, fill=fill)
    moments = Moments.of(dataset.images, rows, fill)
    of = moments.per_feature if kind == "per_feature" else moments.overall
    return replace(of(dataset.scale), fill=fill)


def recipe(
    settings: Settings,
    n_in: int,
    n_out: int,
    *,
    recording: Recording | None = None,
) -> Recipe:
    """The part of training that all replicates of these settings share, with their recording.

    By default, the recording is a history at the evaluation points of the settings.
    """
    recording = recording or Recording(points=(settings.evaluation.points,))
    train, stopping = settings.train, settings.train.early_stopping
    passes = [getattr(layer, "monte_carlo", None) for _, layer in settings.layers()]
    return Recipe(
        network(settings, n_in, n_out),
        schedule(settings, recording.points),
        lr_schedule=lr_schedule(settings),
        clip=train.clip,
        label_smoothing=train.label_smoothing,
        early_stopping=EarlyStopping(**dict(stopping)) if stopping else None,
        probes=tuple(make_probe(name) for name in recording.probes),
        keep=frozenset(recording.keep),
        monte_carlo=next((number for number in passes if number), None),
    )


def network(settings: Settings, n_in: int, n_out: int) -> nn.Network:
    """The network that `settings` describe, for `n_in` inputs and `n_out` classes."""
    layers = [layer for _, layer in settings.layers()]
    return nn.mlp(
        n_in,
        settings.model.hidden,
        n_out,
        activation=settings.model.activation.made(),
        initializer=settings.model.init.made(),
        layers=[partial(_made, layer) for layer in layers],
    )


def optimizer(settings: Settings) -> nn.Optimizer:
    """The optimizer."""
    return settings.train.optimizer.made()


def penalties(settings: Settings) -> tuple[nn.Penalty | nn.Constraint, ...]:
    """Penalties and constraints, in the order of names, without those of strength 0."""
    return tuple(penalty.made() for _, penalty in settings.penalty.on())


def class_weights(
    settings: Settings, dataset: Prepared, labels: NDArray[np.integer[Any]]
) -> NDArray[np.float64] | None:
    """The weight of each class in the loss; None if all have 1.

    Args:
        settings: the settings, with the weights of classes.
        dataset: the dataset, with the names of the classes.
        labels: the labels of the training set.

    Raises:
        DataError: the settings name a class that the dataset doesn't have.
    """
    wanted = settings.train.class_weights
    if wanted == "none":
        return None
    if wanted == "balanced":
        return nn.balanced_weights(labels, dataset.classes)
    for name in wanted:
        if name not in dataset.names:
            raise DataError(
                f"train.class_weights: {settings.data.dataset} has no class {name!r}"
                f"{did_you_mean(name, dataset.names)}"
            )
    return np.array([wanted.get(name, 1.0) for name in dataset.names])


def schedule(settings: Settings, points: Sequence[int] = ()) -> Schedule:
    """Budget, batches and evaluation points: those of the settings, or of all these numbers."""
    first, *others = points or [settings.evaluation.points]
    return Schedule(
        examples=settings.data.train,
        batch_size=settings.train.batch_size,
        epochs=settings.train.epochs,
        points=first,
        updates=settings.train.updates,
        sampling=settings.train.sampling,
        also=tuple(others),
    )


def lr_schedule(settings: Settings) -> LrSchedule:
    """The learning-rate schedule over the budget."""
    warm_up = settings.train.warm_up
    then = settings.train.lr_schedule.made(updates=settings.budget - warm_up)
    return WarmUp(warm_up, then) if warm_up else then


def _made(layer: PartSettings, n: int) -> nn.Layer:
    return layer.made(n=n)

"""Datasets by name, and training of your networks on small random subsets of them."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml
from numpy.typing import NDArray

from overfit import nn
from overfit.config import shipped
from overfit.config.files import DATASETS
from overfit.config.problems import did_you_mean
from overfit.data import Prepared, draw_subsets
from overfit.data.catalogue import checked
from overfit.data.prepare import prepare
from overfit.nn.memory import Array
from overfit.training import loop
from overfit.training.examples import Examples, Scaling, fill_of
from overfit.training.history import Trained
from overfit.training.loop import Recipe
from overfit.training.probes import make
from overfit.training.schedule import Schedule
from overfit.training.stack import Replicate


def dataset(source: str | Mapping[str, Any], *, project: Path | str = shipped.FOLDER) -> Prepared:
    """A dataset: images (n, d), labels (n,), the pool first, then the test images.

    Args:
        source: a name in `config/datasets.yaml`, or an entry as in that file.
        project: the folder that contains `config`.

    Raises:
        DataError: the source is missing or altered, or doesn't match the entry.
        KeyError: no dataset has this name.
        ValueError: the entry is wrong; the message lists the mistakes by key.
    """
    if isinstance(source, str):
        catalogue = yaml.safe_load((Path(project) / DATASETS).read_text(encoding="utf-8"))
        if source not in catalogue:
            raise KeyError(f"unknown dataset {source!r}{did_you_mean(source, catalogue)}")
        name, entry = source, checked(catalogue[source])
    else:
        name, entry = "notebook", checked(source)
    with tempfile.TemporaryDirectory(prefix="overfit-") as folder:
        prepare(name, entry, Path(folder))
        return Prepared.open(Path(folder))  # its memory maps outlive the names of the files


@dataclass(frozen=True)
class Fitted:
    """The results of training."""

    trained: list[Trained]
    """One for each seed; with `keep`, also its parameters and predictions."""

    @property
    def history(self) -> pd.DataFrame:
        """`seed, update, epoch, split, loss, accuracy`: one row per evaluation and split."""
        return pd.concat([pd.DataFrame(one.history.columns) for one in self.trained])

    @property
    def probes(self) -> pd.DataFrame:
        """`seed, update, layer, quantity, value`: the measurements of the probes."""
        return pd.concat([pd.DataFrame(one.probes.columns) for one in self.trained])


def fit(
    network: nn.Network,
    data: Prepared,
    *,
    train: int = 300,
    validation: int = 300,
    optimizer: nn.Optimizer | None = None,
    penalties: Sequence[nn.Penalty] = (),
    constraints: Sequence[nn.Constraint] = (),
    epochs: int | None = None,
    updates: int | None = None,
    batch_size: int = 100,
    seeds: int = 5,
    points: int = 40,
    probes: Sequence[str] = (),
    root_seed: int = 0,
    **options: Any,
) -> Fitted:
    """Train a network once per seed, each with its own images, initial weights and batches.

    Networks that you fit with the same seeds use the same images in the same order, so you can
    compare them in pairs, seed by seed.

    Args:
        network: the network, see `nn.mlp`.
        data: the dataset, see `dataset`.
        train: number of training images, equally many of each class.
        validation: number of other images for validation.
        optimizer: by default plain gradient descent with a learning rate of 0.1.
        penalties: terms of the loss that depend on the weights.
        constraints: changes of the weights after each update.
        epochs: the budget as passes over the training images; either this or `updates`.
        updates: the budget as parameter updates.
        batch_size: images per update; all if there are fewer.
        seeds: number of seeds.
        points: approximate number of evaluations.
        probes: names of probes.
        root_seed: the root of all random numbers.
        options: options of `Recipe`, such as `lr_schedule`, `early_stopping` or `keep`.

    Raises:
        ValueError: arguments don't fit together; the message explains it.
    """
    drawn = draw_subsets(
        data.pool_labels, train, validation, root_seed=root_seed, seeds=range(seeds)
    )
    schedule = Schedule(
        examples=train,
        batch_size=min(batch_size, train),
        epochs=epochs,
        points=points,
        updates=updates,
    )
    fills = [fill_of(data.images, rows, data.missing) for rows in drawn["train"]]
    test_rows = np.arange(data.pool, len(data.labels))
    replicates = [
        Replicate(
            seed=seed,
            train=_examples(data, drawn["train"][seed], fills[seed]),
            validation=_examples(data, drawn["validation"][seed], fills[seed]),
            test=None if data.missing is None else _examples(data, test_rows, fills[seed]),
            optimizer=optimizer or nn.SGD(0.1),
            penalties=(*penalties, *constraints),
        )
        for seed in range(seeds)
    ]
    recipe = Recipe(network, schedule, probes=tuple(make(name) for name in probes), **options)
    test = _examples(data, test_rows, fills[0])
    return Fitted(loop.train(recipe, replicates, test, root_seed=root_seed))


def _examples(data: Prepared, rows: NDArray[np.integer[Any]], fill: Array | None) -> Examples:
    scaling = Scaling(data.scale, fill=fill)
    return Examples(data.images, data.labels[rows], rows, scaling).converted()

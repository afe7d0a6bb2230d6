"""What a workflow job computes: a block of seeds of a run, or a block of trials of a search."""

from __future__ import annotations

import json
import logging
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from overfit import blas, build
from overfit.data import Prepared, draw_subset
from overfit.data.errors import DataError
from overfit.files import atomic
from overfit.spec import RunSpec, SearchSpec
from overfit.spec.merging import nested
from overfit.spec.settings import Settings
from overfit.training import Examples, History, Replicate, Trained, train

log = logging.getLogger("overfit")
FEW = 5000
"""Up to so many images are converted to floats once, rather than batch by batch: 16 MB of them."""


@contextmanager
def logged(path: str | Path) -> Iterator[None]:
    """Log to `path`; turn an error that its reader can mend into one line and exit status 1."""
    handlers: list[logging.Handler] = [logging.FileHandler(path, mode="w", encoding="utf-8")]
    logging.basicConfig(format="%(asctime)s %(message)s", level=logging.INFO, handlers=handlers)
    try:
        yield
    except DataError as error:
        log.error("%s", error)
        sys.exit(f"Error: {error}")
    except Exception:
        log.exception("failed")
        raise


class Progress:
    """Logs percent, rate and time left, at most once every `interval` seconds and at the end."""

    def __init__(self, what: str, interval: float = 5.0) -> None:
        self.what = what
        self.interval = interval
        self.start = self.last = time.monotonic()

    def __call__(self, done: int, total: int) -> None:
        """Say that `done` of `total` are done."""
        now = time.monotonic()
        if done < total and now - self.last < self.interval:
            return
        self.last = now
        rate = done / max(now - self.start, 1e-9)
        log.info(
            "%s: %d of %d (%d%%), %.2f/s, %.0f s left",
            self.what,
            done,
            total,
            100 * done // total,
            rate,
            (total - done) / rate,
        )


def train_block(
    spec: RunSpec,
    dataset: Prepared,
    subsets: Mapping[str, NDArray[np.integer[Any]]],
    *,
    found: Mapping[str, Any] | None = None,
) -> pa.Table:
    """Train the seeds of `subsets` by `spec` and give their history.

    Args:
        spec: the run.
        dataset: the prepared dataset.
        subsets: `seeds`, `train` and `validation` as `draw_subsets` makes them.
        found: hyperparameters that a search has found, laid over the settings.
    """
    settings = spec.settings.updated(found) if found else spec.settings
    replicates = [
        _replicate(dataset, int(seed), train_rows, validation_rows, settings)
        for seed, train_rows, validation_rows in zip(
            subsets["seeds"], subsets["train"], subsets["validation"], strict=True
        )
    ]
    trained = _train(settings, dataset, replicates, spec.root_seed, Progress("seeds"))
    histories = [one.history for one in trained]
    return table(histories, {"run": [spec.id] * len(histories)})


def search_block(spec: SearchSpec, dataset: Prepared, trials: range) -> pa.Table:
    """Train the trials of a search that are in the range `trials` and give their history.

    All trials share one subset, one stream of initial weights and one order of batches.
    """
    from overfit.search import propose

    proposals = propose(spec)
    data = spec.settings.data
    rows = draw_subset(
        dataset.pool_labels, data.train, data.validation, root_seed=spec.root_seed, seed=spec.seed
    )
    settings = [spec.settings.updated(nested(proposals[trial])) for trial in trials]
    progress = Progress("trials")
    histories: dict[int, History] = {}
    for group in _stackable(settings):
        members = [_replicate(dataset, spec.seed, *rows, settings[i]) for i in group]
        trained = _train(settings[group[0]], dataset, members, spec.root_seed, progress)
        histories |= {i: one.history for i, one in zip(group, trained, strict=True)}
    ordered = [histories[i] for i in range(len(settings))]
    columns: dict[str, list[Any]] = {
        "search": [spec.id] * len(ordered),
        "trial": list(trials),
    }
    for key in spec.space:
        columns[key] = [proposals[trial][key] for trial in trials]
    return table(ordered, columns)


def table(histories: Sequence[History], constants: Mapping[str, Sequence[Any]]) -> pa.Table:
    """Histories one below the other, with columns that are constant in each of them."""
    columns: dict[str, list[Any]] = {
        name: [
            value
            for values, history in zip(per_history, histories, strict=True)
            for value in [values] * len(history)
        ]
        for name, per_history in constants.items()
    }
    for name in histories[0].columns:
        columns[name] = [value for history in histories for value in history.columns[name]]
    return pa.table(columns)


def write_table(path: str | Path, content: pa.Table) -> None:
    """Write Parquet atomically; its metadata says which machine and BLAS made the numbers."""
    metadata = {b"overfit": json.dumps(blas.describe()).encode()}
    with atomic(path) as temporary:
        pq.write_table(content.replace_schema_metadata(metadata), temporary, compression="zstd")


def _replicate(
    dataset: Prepared,
    seed: int,
    train_rows: NDArray[np.integer[Any]],
    validation_rows: NDArray[np.integer[Any]],
    settings: Settings,
) -> Replicate:
    return Replicate(
        seed=seed,
        train=_examples(dataset, train_rows),
        validation=_examples(dataset, validation_rows),
        optimizer=build.optimizer(settings),
        penalties=build.penalties(settings),
    )


def _train(
    settings: Settings,
    dataset: Prepared,
    replicates: Sequence[Replicate],
    root_seed: int,
    progress: Progress,
) -> list[Trained]:
    return train(
        build.recipe(settings, dataset.images.shape[1], dataset.classes),
        replicates,
        _examples(dataset, np.arange(dataset.pool, len(dataset.labels))),
        root_seed=root_seed,
        progress=progress,
    )


def _examples(dataset: Prepared, rows: NDArray[np.integer[Any]]) -> Examples:
    """These rows of a dataset: as floats where they are few, else as pixels, without a copy."""
    if len(rows) <= FEW:
        return Examples(dataset.floats(rows), dataset.labels[rows])
    return Examples(dataset.images, dataset.labels[rows], rows)


def _stackable(settings: Sequence[Settings]) -> list[list[int]]:
    """Indices of the settings that differ in nothing but learning rate and L2, group by group."""
    groups: dict[str, list[int]] = {}
    for i, one in enumerate(settings):
        penalized = float(one.penalty.l2 > 0)
        same = one.updated({"train": {"optimizer": {"lr": 1.0}}, "penalty": {"l2": penalized}})
        groups.setdefault(same.model_dump_json(), []).append(i)
    return list(groups.values())

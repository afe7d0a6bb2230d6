"""The computations of a training job: a block of seeds of a run, or some trials of a search."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import yaml
from numpy.typing import NDArray

from overfit.config.settings import Data, Settings
from overfit.config.specs import Recording, RunSpec, SearchSpec
from overfit.data import Prepared, draw_subsets
from overfit.data.checked import SPEC, DataError, content, damaged, read_arrays, read_parquet
from overfit.jobs import blas, build
from overfit.results import Results, atomic
from overfit.search.trials import (
    NumberedTrial,
    TrialError,
    trial_columns,
    trial_keys,
    trial_settings,
)
from overfit.streams import Purpose, stream
from overfit.trainers import Task, Trainer, TrainerError
from overfit.training.examples import Examples, Scaling, with_label_noise
from overfit.training.history import (
    HISTORY,
    History,
    Trained,
    column,
    history_table,
    kept_arrays,
    probe_table,
)
from overfit.training.stack import Replicate

log = logging.getLogger("overfit")
MACHINE = b"overfit"
"""The key of the metadata of Parquet files that has the machine."""
FEW = 5000
"""Up to this many images are converted to floats once, not batch by batch: 16 MB of them."""


class Progress:
    """Logs percent, rate and time left, at most once every `interval` seconds and at the end."""

    def __init__(self, what: str, interval: float = 5.0) -> None:
        self.what = what
        self.interval = interval
        self.start = self.last = time.monotonic()

    def __call__(self, done: float, total: int) -> None:
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


class KnownTrial(NamedTuple):
    """A trial of a former search: its history, and the reason if it failed."""

    history: History
    failed: str | None


@dataclass(frozen=True)
class Block:
    """The results of training a block of seeds."""

    history: pa.Table
    probes: pa.Table
    """Empty if the run has no probes."""
    kept: dict[str, NDArray[Any]]
    """The seeds, and the kept results of training, see `overfit.training.history`."""


def train_block(
    spec: RunSpec,
    recording: Recording,
    dataset: Prepared,
    subsets: Mapping[str, NDArray[np.integer[Any]]],
    *,
    found: Mapping[str, Any] | None = None,
) -> Block:
    """Train the seeds of `subsets` by `spec`.

    Args:
        spec: the run.
        recording: what it records.
        dataset: the prepared dataset.
        subsets: `seeds`, `train` and `validation` as `draw_subsets` makes them.
        found: the hyperparameters that a search has found, which override the settings; by seed if
            each seed has a search.
    """
    test = _common_test_set(dataset)
    ready: dict[int, Task] = {}
    for seed, train_rows, validation_rows in zip(
        subsets["seeds"].tolist(), subsets["train"], subsets["validation"], strict=True
    ):
        settings = spec.settings
        if found and spec.search:
            own = found[seed] if spec.search.per_seed else found
            settings = settings.updated(own, instead_of=spec.search.finds)
        rows = (train_rows, validation_rows)
        ready[seed] = _task(dataset, test, spec.root_seed, seed, rows, settings, recording)
    done = _trained(ready, Progress("seeds"))
    trained = [done[seed] for seed in ready]
    histories = [one.history for one in trained]
    return Block(
        history=history_table(histories, {"run": column([spec.id] * len(histories), pa.string())}),
        probes=probe_table(trained, spec.id),
        kept=kept_arrays(trained),
    )


def block_of(spec: RunSpec, recording: Recording, name: str, results: Results) -> Block:
    """Train a block of seeds from the dataset, the subsets and the searches in the results."""
    found = _found(spec, name, results)
    return train_block(
        spec,
        recording,
        Prepared.of(spec.settings.data.dataset, results),
        read_arrays(results.subset(spec.subset_id, name)),
        found=yaml.safe_load(found) if found else None,
    )


def write_block(spec: RunSpec, recording: Recording, name: str, results: Results) -> None:
    """Train a block of seeds, and write its history and everything else that it records.

    The metadata of the history contains the result of the search, if there is one.
    """
    began = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    block = block_of(spec, recording, name, results)
    if recording.more:
        write_table(results.probes(spec.id, name), block.probes, spec)
        write_arrays(results.kept(spec.id, name), block.kept)
    found = {"found": text} if (text := _found(spec, name, results)) else {}
    recorded: dict[str, Any] = {"recording": recording, "trained": began, "also": found}
    write_table(results.history(spec.id, name), block.history, spec, **recorded)


def _found(spec: RunSpec, block: str, results: Results) -> bytes | None:
    """The result of a search for a block of seeds, as YAML; None if the run is not searched."""
    of = spec.search
    return content(results.best(of.search, of.method, of.best(block))) if of else None


def train_trials(
    spec: SearchSpec,
    dataset: Prepared,
    trials: Sequence[NumberedTrial],
    progress: Callable[[float, int], None] = lambda done, total: None,
    known: Mapping[Any, KnownTrial] = MappingProxyType({}),
) -> pa.Table:
    """Train trials of a search and return their history.

    The trials of a repeat share one subset, one stream of initial weights and one order of batches.
    Trials whose networks have the same shape are trained together. Test images, which no search
    uses, are evaluated only at the end of each trial. A trial that can't be trained, for instance
    because batch normalization would get a batch of one image, has the reason in the column
    `failed` and the history of a network that diverged at once.

    Args:
        spec: the search.
        dataset: the prepared dataset.
        trials: the trials.
        progress: called with the number of finished trials and of all.
        known: trials that are already trained, by `trial_keys`.
    """

    @cache
    def rows(seed: int, data: Data) -> tuple[NDArray[np.integer[Any]], NDArray[np.integer[Any]]]:
        drawn = draw_subsets(
            dataset.pool_labels,
            data.train,
            data.validation,
            draw=data.draw,
            root_seed=spec.root_seed,
            seeds=[seed],
            names=dataset.names,
        )
        return drawn["train"][0], drawn["validation"][0]

    test = _common_test_set(dataset)
    ready: dict[int, Task] = {}
    failed: dict[int, str | None] = {}
    histories: dict[int, History] = {}
    columns = trial_columns(spec.space, [one.trial.values for one in trials])
    keys = trial_keys(
        [one.repeat for one in trials], [one.trial.share for one in trials], columns.values()
    )
    for i, (trial, key) in enumerate(zip(trials, keys, strict=True)):
        if key in known:
            histories[i], failed[i] = known[key]
            continue
        seed = spec.seed(trial.repeat)
        try:
            own = trial_settings(spec, trial)
            drawn = rows(seed, own.data)
        except (TrialError, DataError) as error:
            log.warning("trial %d of repeat %d failed: %s", trial.number, trial.repeat, error)
            failed[i], histories[i] = str(error), History.of_nothing(seed)
            continue
        task = _task(dataset, test, spec.root_seed, seed, drawn, own)
        ready[i] = replace(task, recipe=replace(task.recipe, test_at_end=True))
    before = len(histories)
    trained = _trained(ready, lambda done, _: progress(before + done, len(trials)))
    histories |= {i: one.history for i, one in trained.items()}
    constants = {
        "search": column([spec.id] * len(trials), pa.string()),
        "repeat": column([one.repeat for one in trials], pa.int64()),
        "round": column([one.round for one in trials], pa.int64()),
        "trial": column([one.number for one in trials], pa.int64()),
        "budget": column([one.trial.share for one in trials], pa.float64()),
        "failed": column([failed.get(i) for i in range(len(trials))], pa.string()),
        **columns,
    }
    return history_table([histories[i] for i in range(len(trials))], constants)


def known_trials(spec: SearchSpec, history: pa.Table) -> dict[Any, KnownTrial]:
    """The trials of the history of a search of the same space, by `trial_keys`."""
    rows = history.to_pydict()
    keys = trial_keys(rows["repeat"], rows["budget"], [history[key] for key in spec.space])
    found: dict[Any, KnownTrial] = {}
    for i, key in enumerate(keys):
        one = found.setdefault(key, KnownTrial(History(), rows["failed"][i]))
        one.history.add(**{name: rows[name][i] for name in HISTORY.names})
    return found


def write_table(
    path: Path,
    table: pa.Table,
    spec: RunSpec | SearchSpec,
    *,
    recording: Recording | None = None,
    trained: str | None = None,
    also: Mapping[str, bytes] = MappingProxyType({}),
) -> None:
    """Write Parquet atomically, with the origin of the numbers in its metadata.

    Args:
        path: the file.
        table: its content.
        spec: the run or search, which `recorded_spec` reads back.
        recording: the recording of a run, for its record.
        trained: the time when the training of a run began, for its record.
        also: more metadata.
    """
    metadata: dict[Any, bytes] = {
        MACHINE: json.dumps(blas.describe()).encode(),
        SPEC: spec.to_yaml().encode(),
        **also,
    }
    recorded = recording.model_dump(mode="json") if recording else None
    about: dict[str, Any] = {"rows": len(table), "columns": table.column_names}
    with atomic(path, **about, recorded=recorded, trained=trained) as temporary:
        pq.write_table(
            table.replace_schema_metadata(metadata),
            temporary,
            compression="zstd",
            write_page_checksum=True,
        )


def recorded_spec(history: Path) -> RunSpec:
    """The run of a history, as recorded by the job that trained it.

    Raises:
        DataError: the file is damaged, or the run is not the one of its folder.
    """
    recorded = (read_parquet(history).schema.metadata or {}).get(SPEC, b"")
    spec = RunSpec.from_yaml(recorded.decode()) if recorded else None
    if spec is None or spec.id != history.parent.name:
        raise damaged(history, "its specification is not the one of this run")
    return spec


def write_arrays(path: Path, arrays: Mapping[str, Any]) -> None:
    """Write a compressed .npz file atomically."""
    with atomic(path) as temporary:
        np.savez_compressed(temporary, **arrays)


def _task(
    dataset: Prepared,
    test: Examples,
    root_seed: int,
    seed: int,
    rows: tuple[NDArray[np.integer[Any]], NDArray[np.integer[Any]]],
    settings: Settings,
    recording: Recording | None = None,
) -> Task:
    """The task of a trainer: a seed with the training and validation examples `rows`."""
    replicate = _replicate(dataset, root_seed, seed, *rows, settings)
    inputs, classes = dataset.images.shape[1], dataset.classes
    recipe = build.recipe(settings, inputs, classes, recording=recording)
    places = {"train": rows[0], "validation": rows[1], "test": _test_rows(dataset)}
    folder = Path(getattr(dataset.images, "filename", None) or ".").parent
    return Task(settings, seed, root_seed, classes, recipe, replicate, test, folder, places)


def _replicate(
    dataset: Prepared,
    root_seed: int,
    seed: int,
    train_rows: NDArray[np.integer[Any]],
    validation_rows: NDArray[np.integer[Any]],
    settings: Settings,
) -> Replicate:
    scaling = build.scaling(settings, dataset, train_rows)
    train_examples = _examples(dataset, train_rows, scaling)
    if share := settings.data.label_noise:
        rng = stream(root_seed, Purpose.NOISE, seed)
        noisy = with_label_noise(train_examples.labels, dataset.classes, share, rng)
        train_examples = replace(train_examples, labels=noisy)
    return Replicate(
        seed=seed,
        train=train_examples,
        validation=_examples(dataset, validation_rows, scaling),
        optimizer=build.optimizer(settings),
        penalties=build.penalties(settings),
        class_weights=build.class_weights(settings, dataset, train_examples.labels),
        # Scaled on the fly rather than copied for each seed.
        test=None if _shares_test_set(settings, dataset) else _test_set(dataset, scaling),
    )


def _trained(
    tasks: Mapping[int, Task], progress: Callable[[float, int], None]
) -> dict[int, Trained]:
    """Each task's result, by its trainer."""
    groups: dict[Trainer, list[int]] = {}
    for key, task in tasks.items():
        groups.setdefault(task.settings.trainer, []).append(key)
    done: dict[int, Trained] = {}
    for trainer, keys in groups.items():
        if missing := trainer.lacks():
            raise DataError(missing)

        def told(now: float, _: int, before: int = len(done)) -> None:
            progress(before + now, len(tasks))

        try:
            found = trainer.train_all([tasks[key] for key in keys], told)
        except TrainerError as error:
            raise DataError(str(error)) from error
        done.update(zip(keys, found, strict=True))
    return done


def _test_rows(dataset: Prepared) -> NDArray[np.integer[Any]]:
    return np.arange(dataset.pool, len(dataset.labels))


def _test_set(dataset: Prepared, scaling: Scaling) -> Examples:
    rows = _test_rows(dataset)
    return Examples(dataset.images, dataset.labels[rows], rows, scaling)


def _shares_test_set(settings: Settings, dataset: Prepared) -> bool:
    """Whether the inputs of the test set are the same for each seed."""
    return settings.data.standardize == "none" and dataset.missing is None


def _common_test_set(dataset: Prepared) -> Examples:
    """The test set of all seeds; it is not used if each seed has another one."""
    fill = None if dataset.missing is None else np.zeros(dataset.images.shape[1], np.float32)
    return _inputs_if_few(_test_set(dataset, Scaling(dataset.scale, fill=fill)))


def _examples(dataset: Prepared, rows: NDArray[np.integer[Any]], scaling: Scaling) -> Examples:
    return _inputs_if_few(Examples(dataset.images, dataset.labels[rows], rows, scaling))


def _inputs_if_few(examples: Examples) -> Examples:
    """The examples as inputs if they are few, else as stored, without a copy."""
    return examples.converted() if len(examples) <= FEW else examples

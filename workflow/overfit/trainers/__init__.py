"""Trainers: who trains the networks. Each file is one, and its name is the value of `trainer`.

A file defines one subclass of `Trainer`: its settings, what it uses of an experiment's settings,
the packages that it needs, and how it trains one seed. Your own files work like the built-in ones,
here or, by their path, in your project: `trainer: trainers/cnn.py`. See docs/howto/trainer.md.

Every reading of an experiment imports the files of this folder, so they import what trains inside
their methods.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.util import find_spec
from itertools import groupby, islice
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, NamedTuple, Union

from pydantic import PlainSerializer, TypeAdapter, ValidationError, WrapValidator, create_model
from pydantic_core import to_jsonable_python

from overfit.config import contract
from overfit.config.contract import ContractError
from overfit.config.messages import explained
from overfit.config.model import Model, clashes, mistake, one_of
from overfit.config.problems import did_you_mean, must_be

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from overfit.data.readers import Dataset
    from overfit.metrics.table import Metric
    from overfit.nn.memory import Array, Arrays, Parameters
    from overfit.streams import Purpose
    from overfit.training.examples import Examples
    from overfit.training.history import Trained
    from overfit.training.loop import Recipe
    from overfit.training.stack import Replicate

PACKAGE = "overfit.trainers"
DEFAULT = "numpy"
OWN = ".py"
"""The end of the name of a trainer that is a file of the project."""
COMMON = (
    *("data", "evaluation", "trainer", "train.batch_size", "train.epochs", "train.updates"),
    *("train.sampling", "train.early_stopping"),
)
"""What every trainer uses, because `Task` and `Trainer.train_all` do: the examples, the batches,
when to evaluate, and when to stop."""
Uses = Mapping[str, Collection[str]]
Settings = Any
"""An `overfit.config.settings.Settings`; that module imports this one."""


class TrainerError(Exception):
    """A trainer did something that its contract doesn't allow, or can't go on."""


class Row(NamedTuple):
    """The scores of a network on one split."""

    update: int
    """The number of updates that it was trained for."""
    split: str
    """`train`, `validation` or `test`."""
    loss: float
    """Mean cross-entropy in nats; not finite if the network diverged."""
    accuracy: float
    """Share of right answers."""


class Value(NamedTuple):
    """A metric that a trainer declares, of a network."""

    update: int
    """The number of updates that it was trained for."""
    metric: str
    """Its key in `METRICS`."""
    value: float


class Weights(NamedTuple):
    """The parameters and states of the core's network, as `Task.initial` has them."""

    update: int
    parameters: Parameters
    states: list[Arrays]


@dataclass(frozen=True)
class Task:
    """One seed to train.

    All its random numbers are those that the core would use: the same examples, initial weights,
    batches and masks.
    """

    settings: Settings
    seed: int
    root_seed: int
    classes: int
    recipe: Recipe
    """What the core trains: the shape of the network, its budget, and what it records."""
    replicate: Replicate
    """The seed's examples as they are stored (`inputs` may be mapped from a file, of which `rows`
    selects some), its optimizer and its penalties."""
    common_test: Examples
    """The test examples of replicates without their own."""
    folder: Path
    """The folder of the prepared dataset, for scripts that read it themselves: `images.npy`,
    `labels.npy` and `card.json`."""
    rows: Mapping[str, NDArray[np.integer[Any]]]
    """The rows of these files by split. Label noise and scaling are only in `train` and so on."""

    @cached_property
    def train(self) -> Examples:
        """Training examples: `inputs` (n, d), floats, and `labels` (n,), integers from 0."""
        return self.replicate.train.converted()

    @cached_property
    def validation(self) -> Examples:
        """Validation examples."""
        return self.replicate.validation.converted()

    @cached_property
    def test(self) -> Examples:
        """Test examples."""
        return (self.replicate.test or self.common_test).converted()

    @property
    def budget(self) -> int:
        """Updates in total."""
        return self.recipe.schedule.budget

    @cached_property
    def points(self) -> list[int]:
        """The updates after which `train` yields rows, ascending, from 0 to the budget."""
        schedule = self.recipe.schedule
        watched = schedule.epoch_ends() if self.recipe.early_stopping else []
        return sorted({*schedule.evaluation_points(), *watched})

    def batches(self) -> Iterator[NDArray[np.int64]]:
        """For each update the indices (B,) of its training examples."""
        from overfit.streams import Purpose

        every = self.recipe.schedule.batches([self.stream(Purpose.ORDER)])
        return (batch for [batch] in islice(every, self.budget))

    def lr(self, update: int) -> float:
        """The learning rate of an update, counted from 1, by the schedule."""
        return float(self.replicate.optimizer.lr * self.recipe.lr_schedule.factor(update - 1))

    def stream(self, purpose: Purpose) -> np.random.Generator:
        """The seed's random numbers for a purpose, from the start."""
        from overfit.streams import stream

        return stream(self.root_seed, purpose, self.seed)

    def splits(self, update: int) -> dict[str, Examples]:
        """The examples by split on which to score the network after an update."""
        found = {"train": self.train, "validation": self.validation}
        return found if self.recipe.test_at_end and update < self.budget else {
            **found, "test": self.test,
        }  # fmt: skip

    @property
    def records(self) -> bool:
        """Whether the weights are asked for, beside the rows, to measure or to keep them."""
        return bool(self.recipe.probes or self.recipe.keep)

    def initial(self) -> tuple[Parameters, list[Arrays]]:
        """The initial parameters and states of the core's network, layer by layer.

        Each array has a first axis of length 1. Weights are called `W` (1, in, out).
        """
        from overfit.streams import Purpose

        return self.recipe.network.init([self.stream(Purpose.INIT)])

    def diverged(self, update: int) -> Iterator[Row]:
        """The rows of a network of which an update has left no finite numbers: train no longer."""
        point = next(point for point in self.points if point >= update)
        for split in self.splits(point):
            yield Row(point, split, math.nan, math.nan)

    def scored(self, update: int, logits: Callable[[Array], Array]) -> Iterator[Row]:
        """The rows of an update.

        Args:
            update: the number of updates so far.
            logits: the network: from inputs (n, d) to logits (n, K), or logarithms of
                probabilities, which give the same scores.
        """
        import numpy as np

        from overfit.nn.loss import cross_entropy
        from overfit.training.examples import CHUNK

        for split, examples in self.splits(update).items():
            loss, right = 0.0, 0
            for start in range(0, len(examples), CHUNK):
                labels = examples.labels[start : start + CHUNK]
                found = np.asarray(logits(examples.inputs[start : start + CHUNK]))
                with np.errstate(all="ignore"):  # a network that diverges has no finite logits
                    losses = cross_entropy(found[None], labels[None])
                loss += float(losses.sum(dtype=np.float64))
                right += int((found.argmax(axis=1) == labels).sum())
            yield Row(update, split, loss / len(examples), right / len(examples))


class Trainer(Model):
    """Trains networks. Its fields are its settings: `trainer: {name: torch, device: cuda}`."""

    USES: ClassVar[Uses | None] = MappingProxyType({})
    """What it uses of an experiment's settings besides `COMMON`: dotted keys, each with the kinds
    that it can do, or () for all: `{"model.hidden": (), "train.optimizer": ("sgd", "adam")}`.
    Other settings are refused. None: it uses everything."""
    RECORDS: ClassVar[bool] = False
    """Whether it trains the core's network and yields its `Weights`, too, where a task `records`;
    `probes` and `keep` are refused otherwise."""
    NEEDS: ClassVar[Mapping[str, str]] = MappingProxyType({})
    """Modules that it imports, each with what to install: `{"torch": "torch>=2.4"}`."""

    METRICS: ClassVar[Mapping[str, Mapping[str, Any]]] = MappingProxyType({})
    """Its own metrics, of each of which it yields a `Value` at each of `task.points`: what readers
    call them, their units and so on, as in `measurements`:
    `{"seconds": {"name": "Training time", "unit": "s", "better": "lower"}}`."""
    declared: ClassVar[Mapping[str, Metric]] = MappingProxyType({})
    """How these are written."""

    def resources(self) -> dict[str, int]:
        """The cores and GPUs that a job requests, where they are not 1 and 0."""
        return {}

    def mistakes(self, settings: Settings, dataset: Dataset) -> Iterator[tuple[str, str]]:
        """What else it can't do: dotted keys of settings, each with what is wrong."""
        yield from ()

    def train(self, task: Task) -> Iterator[Row | Value | Weights]:
        """Train one seed, and yield its rows at each of `task.points`, split by split.

        With `METRICS`, also a value of each; a network that has diverged has none.
        """
        raise NotImplementedError

    def train_all(
        self, tasks: Sequence[Task], progress: Callable[[float, int], None]
    ) -> list[Trained]:
        """Train several seeds: one after the other, each by `train`.

        Args:
            tasks: the seeds.
            progress: called with the number of finished seeds, parts included, and of all.
        """
        done: list[Trained] = []
        for task in tasks:
            for share in (following := _Following(self, task)).run():
                progress(len(done) + share, len(tasks))
            done.append(following.trained)
        return done

    @classmethod
    def called(cls) -> str:
        """Its name in YAML."""
        return str(cls.model_fields["name"].default)

    def lacks(self) -> str | None:
        """What to install before it can train; None if it can."""
        missing = {module: what for module, what in self.NEEDS.items() if not find_spec(module)}
        if not missing:
            return None
        install = " ".join(f"'{what}'" for what in missing.values())
        return (
            f"{self.called()} needs {' and '.join(missing)}, not installed; pip install {install}"
        )

    def __reduce__(self) -> Any:
        """Pickle it by its name, because no module contains its class."""
        return _unpickled, (self.called(),), self.__getstate__()


def _unpickled(name: str) -> Trainer:
    model = trainer(name)
    return model.__new__(model)


class _Network(NamedTuple):
    """A network at a point: its rows, its trainer's own metrics, its weights if recorded."""

    update: int
    rows: list[Row]
    values: dict[str, float]
    weights: Weights | None

    @property
    def diverged(self) -> bool:
        return any(not math.isfinite(row.loss) for row in self.rows)

    def lost(self) -> _Network:
        """As it is once it has diverged, from where nothing comes back."""
        lost = [row._replace(loss=math.nan, accuracy=math.nan) for row in self.rows]
        return self._replace(rows=lost, values=dict.fromkeys(self.values, math.nan))


class _Following:
    """Turns what a trainer yields into results: checks it, stops early, measures and keeps."""

    def __init__(self, trainer: Trainer, task: Task) -> None:
        from overfit.nn.memory import Scratch
        from overfit.training.history import History, Trained
        from overfit.training.probes import ProbeRows

        self.trainer, self.task = trainer, task
        self.trained = Trained(History(), ProbeRows())
        self.best: tuple[float, _Network] | None = None
        """The best network and the value that it is best by, with early stopping."""
        self.scratch = Scratch(task.replicate.train.dtype)

    def run(self) -> Iterator[float]:
        """Follow the training to its end; yields the share that is done."""
        task, recorded = self.task, set(self.task.recipe.schedule.evaluation_points())
        groups = groupby(self.trainer.train(task), key=lambda one: one.update)
        now, kept = _Network(0, [], {}, None), None
        for point in task.points:
            if now.diverged:
                now = now.lost()
            elif self.trained.stopped is None:
                update, found = next(groups, (None, iter(())))
                now = self._checked(point, update, list(found))
                if point:
                    yield point / task.budget
            kept = self._watched(point, now)
            if point in recorded:
                self._record(point, kept)
        diverged = self.trained.history.mark_divergence()
        if kept and kept.weights:
            self._keep(kept.weights)
        if diverged is not None:
            import numpy as np

            self.trained.probes.blank_from(diverged)
            kept_arrays = self.trained.kept.items()
            self.trained.kept = {name: np.full_like(a, math.nan) for name, a in kept_arrays}
        yield 1.0

    def _checked(
        self, point: int, update: int | None, found: list[Row | Value | Weights]
    ) -> _Network:
        """The network of a point, with its rows in the order of the splits."""
        wanted = list(self.task.splits(point))
        rows = [one for one in found if isinstance(one, Row)]
        if update != point or sorted(row.split for row in rows) != sorted(wanted):
            got = "the end" if update is None else f"{[row.split for row in rows]} of {update}"
            raise TrainerError(
                f"{self.trainer.called()} yielded {got}, not a row for each of {wanted} of "
                f"update {point}"
            )
        weights = next((one for one in found if isinstance(one, Weights)), None)
        own = {one.metric: float(one.value) for one in found if isinstance(one, Value)}
        rows.sort(key=lambda row: wanted.index(row.split))
        now = _Network(point, rows, own, weights)
        if now.diverged:
            return now._replace(values=dict.fromkeys(self.trainer.declared, math.nan))
        if own.keys() != self.trainer.declared.keys():
            raise TrainerError(
                f"{self.trainer.called()} yielded values of {sorted(own)} at update {point}, not "
                f"of each of its METRICS {sorted(self.trainer.declared)}"
            )
        return now

    def _watched(self, point: int, now: _Network) -> _Network:
        """The network to record: with early stopping, in the end the best one."""
        stopping, schedule = self.task.recipe.early_stopping, self.task.recipe.schedule
        if stopping is None:
            return now
        if self.trained.stopped is None and point in schedule.epoch_ends():
            own = next(row for row in now.rows if row.split == "validation")
            value = own.loss if stopping.metric == "validation_loss" else own.accuracy
            longest = stopping.patience * schedule.updates_per_epoch
            if self.best is None or stopping.improves(value, self.best[0]):
                self.best = value, now
            elif math.isnan(value) or point - self.best[1].update >= longest:
                self.trained.stopped = point
        if self.trained.stopped is None and now.diverged:
            self.trained.stopped = point
        ended = self.trained.stopped is not None or point == schedule.budget
        return self.best[1] if self.best and ended else now

    def _record(self, point: int, now: _Network) -> None:
        recipe, seed = self.task.recipe, self.task.seed
        for row in now.rows:
            self.trained.history.add(
                seed=seed,
                update=point,
                epoch=point / recipe.schedule.updates_per_epoch,
                split=row.split,
                loss=row.loss,
                accuracy=row.accuracy,
                diverged=False,
            )
        if now.values:
            from overfit.training.probes import Measurement

            own = (Measurement(0, name, value) for name, value in now.values.items())
            self.trained.probes.extend(seed, point, own)
        if now.weights and recipe.probes:
            from overfit.training.probes import Snapshot

            seen = Snapshot(
                network=recipe.network,
                parameters=now.weights.parameters,
                states=now.weights.states,
                replicate=self.task.replicate,
                test=self.task.test,
                lr=self.task.lr(now.update + 1),
                batch_size=recipe.schedule.batch_size,
                label_smoothing=recipe.label_smoothing,
                scratch=self.scratch,
                predicted={},
            )
            for probe in recipe.probes:
                self.trained.probes.extend(seed, point, probe.measure(seen))

    def _keep(self, weights: Weights) -> None:
        """Keep of the trained network what the run asks for."""
        from overfit.training.evaluate import predict
        from overfit.training.history import named_parameters

        recipe, kept = self.task.recipe, self.trained.kept
        layers, states = weights.parameters.layers, weights.states
        if "predictions" in recipe.keep:
            kept["predictions"] = predict(
                recipe.network, layers, states, self.task.test, self.scratch
            )
        if "parameters" in recipe.keep:
            kept |= named_parameters(layers, states)


@cache
def trainers() -> dict[str, type[Trainer]]:
    """The trainers of this folder by name.

    Raises:
        ContractError: a file breaks the contract.
    """
    found = contract.classes(PACKAGE, Trainer)
    return {name: _named(name, own, file_of(name)) for name, own in found.items()}


@cache
def trainer(name: str) -> type[Trainer]:
    """The trainer of this name, or of a file of the project.

    Raises:
        ContractError: the file breaks the contract, or there is none.
    """
    if not name.endswith(OWN):
        return trainers()[name]
    module = contract.load_file(file_of(name))
    return _named(name, contract.defined(module, Trainer), file_of(name))


def file_of(name: str) -> Path:
    """The file of a trainer."""
    return Path(name) if name.endswith(OWN) else contract.files(PACKAGE)[name]


def _named(name: str, own: type[Trainer], file: Path) -> type[Trainer]:
    """The class with its name as a setting."""
    if own.train is Trainer.train and own.train_all is Trainer.train_all:
        raise ContractError(file, f"{own.__name__} has no train; write def train(self, task)")
    if not own.__doc__:
        raise ContractError(file, f"{own.__name__} has no docstring, which the reference prints")
    literal: Any = Literal[name]
    model = create_model(own.__name__, __base__=own, __doc__=own.__doc__, name=(literal, name))
    model.__module__ = PACKAGE
    model.declared = _declared(own.METRICS, file) if own.METRICS else {}
    return model


def _declared(metrics: Mapping[str, Mapping[str, Any]], file: Path) -> dict[str, Metric]:
    """The wordings of a trainer's own metrics."""
    from overfit.metrics.own import OwnMetric, is_known, own_mistake

    found = {}
    for key, given in metrics.items():
        wrong = f"there is a metric {key} already" if is_known(key) else own_mistake(key)
        if wrong:
            raise ContractError(file, f"METRICS: {key}: {wrong}")
        try:
            found[key] = OwnMetric.model_validate(given).wording(key)
        except ValidationError as error:
            paths, message = next(explained(error, OwnMetric))
            where = ".".join(map(str, (key, *paths[0])))
            raise ContractError(file, f"METRICS: {where}: {message}") from error
    return found


def _chosen(value: Any, handler: Callable[[Any], Trainer]) -> Trainer:
    """A validator: `torch` is short for {name: torch}; a path is a file of the project."""
    if isinstance(value, Trainer):
        return value
    if not isinstance(value, str | dict):
        raise mistake(must_be("a name or a mapping", value))
    given = {"name": value} if isinstance(value, str) else value
    name = given.get("name")
    if not (isinstance(name, str) and name.endswith(OWN)):
        if isinstance(value, str) and value not in trainers():
            hint = did_you_mean(value, trainers())
            raise mistake(
                f"unknown trainer {value!r}{hint} (or the path of a file that ends in .py)"
            )
        return handler(given)
    if Path(name).is_absolute() or ".." in Path(name).parts:
        raise mistake(f"{name} must be below the folder in which Snakemake runs")
    if not Path(name).is_file():
        raise mistake(f"there is no file {name}")
    try:
        model = trainer(name)
    except ContractError as error:
        raise mistake(str(error)) from error
    try:
        return model.model_validate(given)
    except ValidationError as error:
        clashes((message, paths) for paths, message in explained(error, model))
        raise


def _written(value: Trainer) -> Any:
    """Its name, with the settings that differ from their defaults."""
    own = {key: field.default for key, field in type(value).model_fields.items() if key != "name"}
    given = {key: getattr(value, key) for key in own if getattr(value, key) != own[key]}
    return to_jsonable_python({"name": value.called(), **given}) if given else value.called()


if TYPE_CHECKING:
    AnyTrainer = Trainer
else:
    AnyTrainer = Annotated[
        one_of(trainers(), "name", "trainer"),
        WrapValidator(_chosen, json_schema_input_type=Union[(str, *trainers().values())]),
        PlainSerializer(_written),
    ]


_TRAINER: TypeAdapter[Trainer] = TypeAdapter(AnyTrainer)


def declared(trainers: Iterable[Any]) -> dict[str, Metric]:
    """The own metrics of trainers, given as in YAML; those of wrong ones are left out."""
    found: dict[str, Metric] = {}
    for given in trainers:
        try:
            found |= _TRAINER.validate_python(given).declared
        except ValidationError:
            continue
    return found


def default() -> Trainer:
    """The core, which trains unless an experiment says otherwise."""
    return trainers()[DEFAULT].model_validate({})


def unused(settings: Settings, dataset: Dataset | None) -> Iterator[tuple[tuple[str, ...], str]]:
    """Settings that the trainer can't use, as paths, each with a sentence.

    Args:
        settings: those of a run.
        dataset: the entry of its dataset in the catalogue, if it is known.
    """
    own, name = settings.trainer, settings.trainer.called()
    if own.USES is None:
        return
    content = settings.model_dump(mode="json", exclude_defaults=True)
    for path, _ in _leaves(content):
        key = ".".join(path)
        if not any(_covers(known, key) for known in (*COMMON, *own.USES)):
            yield (
                path,
                f"{name} doesn't use {key}; it uses {', '.join(own.USES) or 'none of these'}",
            )
    for key, kinds in own.USES.items():
        path = tuple(key.split("."))
        found = _at(content, path)
        kind = found.get("name") if isinstance(found, dict) else found
        if kinds and kind is not None and kind not in kinds:
            yield path, f"{name} has no {kind}; it has {', '.join(kinds)}"
    if dataset is not None:
        for key, message in own.mistakes(settings, dataset):
            yield tuple(key.split(".")), message


def _leaves(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    if isinstance(value, dict) and value:
        for key, inner in value.items():
            yield from _leaves(inner, (*path, key))
    else:
        yield path, value


def _covers(known: str, key: str) -> bool:
    """Whether a used key contains a setting, or is a part of one that is on with its defaults."""
    return key == known or key.startswith(f"{known}.") or known.startswith(f"{key}.")


def _at(value: Any, path: Sequence[str]) -> Any:
    for step in path:
        value = value.get(step) if isinstance(value, dict) else None
    return value

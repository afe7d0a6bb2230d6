"""Runs, searches and subsets: frozen, readable, and named after their content."""

from __future__ import annotations

import hashlib
import json
import re
from abc import abstractmethod
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path as FilePath
from typing import Annotated, Any, Self

import yaml
from pydantic import AfterValidator

from overfit.config.blocks import block_name, block_range, blocks
from overfit.config.model import Items, Model
from overfit.config.names import KeptName, ProbeName
from overfit.config.parts import PartSettings, inline
from overfit.config.search import MethodName, Objective
from overfit.config.settings import Draw, EarlyStopping, Settings
from overfit.nn.layers import normalizes
from overfit.search.methods import ROUND, Method, method
from overfit.search.space import Space, grid
from overfit.trainers import DEFAULT

# libyaml's, which write and read the same ten times faster, where PyYAML has them.
_DUMPER: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

HASH_VERSION = 2
"""Raised when the core's numerics or a default change on purpose; all runs are then new."""
SEARCH_SEED = 1_000_000
"""The seed of the subset that a search uses; its repeats use the next ones. No run uses them, so
the result of a search is tested on fresh data."""
BEST = "best"
"""The name of the result of a search. If each seed has a search, a block of seeds follows."""
SLUG = 80
"""The length of the readable part of an id."""


def _each_once_sorted(values: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(sorted(set(values)))


class _Spec(Model):
    root_seed: int
    """The root of all its random numbers."""

    @cached_property
    def id(self) -> str:
        """`<readable>-<8 hex digits>`; the digits are a hash of all that determines its numbers."""
        return f"{self._slug()}-{_digest(self._identity())}"

    @abstractmethod
    def _slug(self) -> str:
        """At most 80 characters."""

    def _identity(self) -> dict[str, Any]:
        """The hashed content, without defaults, so that a setting added later renames nothing."""
        return self.model_dump(mode="json", exclude_defaults=True)

    def to_yaml(self) -> str:
        """Readable YAML: the same text for the same content."""
        content = self.model_dump(mode="json")
        return yaml.dump(content, Dumper=_DUMPER, sort_keys=False, allow_unicode=True)

    @classmethod
    def from_yaml(cls, text: str) -> Self:
        """Read what `to_yaml` wrote."""
        return cls.model_validate(yaml.load(text, Loader=_LOADER))  # noqa: S506, a safe loader


class SubsetSpec(_Spec):
    """Small training and validation sets, one pair per seed."""

    dataset: str
    """Name of the dataset."""
    train: int
    """Number of training images."""
    validation: int
    """Number of validation images."""
    draw: Draw = "balanced"
    """The rule by which they are chosen."""

    def _slug(self) -> str:
        return f"{self.dataset}-n{self.train}-v{self.validation}"[:SLUG]


class _Trained(_Spec):
    settings: Settings
    """All settings of the run or of a trial. Searched ones have a value of their range."""

    @cached_property
    def subset(self) -> SubsetSpec:
        """The subset of images that it learns from."""
        data = self.settings.data
        return SubsetSpec(
            root_seed=self.root_seed,
            dataset=data.dataset,
            train=data.train,
            validation=data.validation,
            draw=data.draw,
        )

    @property
    def subset_id(self) -> str:
        """The id of its subset."""
        return self.subset.id

    def _identity(self) -> dict[str, Any]:
        rules = {"early_stopping": EarlyStopping.RULE} if self.settings.train.early_stopping else {}
        return {**super()._identity(), **rules}


class SearchReference(Model):
    """The search whose best trial gives a run some of its settings."""

    search: str
    """Its id."""
    method: MethodName
    """Its method."""
    finds: Annotated[tuple[str, ...], Items]
    """The dotted keys that it finds."""
    per_seed: bool = False
    """Whether each seed has the settings that its own repeat of the search found."""

    def best(self, block: str) -> str:
        """The name of the result of the search for a block of seeds."""
        return f"{BEST}-{block}" if self.per_seed else BEST


class RunSpec(_Trained):
    """One resolved configuration, trained with many seeds; a `Recording` says what it records."""

    search: SearchReference | None = None
    """The search that finds some of the settings; null if all are given."""

    def _slug(self) -> str:
        return readable(self.settings, searched=self.search is not None)[:SLUG]

    def _identity(self) -> dict[str, Any]:
        return {"run": HASH_VERSION, **super()._identity()}


class Recording(Model):
    """The recording of a run. It changes no number of the trained networks, so it is in no id."""

    points: Annotated[tuple[int, ...], Items, AfterValidator(_each_once_sorted)]
    """The numbers of evaluation points of experiments, see `Schedule`."""
    probes: Annotated[tuple[ProbeName, ...], Items, AfterValidator(_each_once_sorted)] = ()
    """Measurements besides loss and accuracy."""
    keep: Annotated[tuple[KeptName, ...], Items, AfterValidator(_each_once_sorted)] = ()
    """Results of training to keep."""
    metrics: Annotated[tuple[str, ...], Items, AfterValidator(_each_once_sorted)] = ()
    """The metrics that its trainer declares."""

    @property
    def more(self) -> bool:
        """Whether it is more than a history."""
        return bool(self.probes or self.keep or self.metrics)

    def __or__(self, other: Recording) -> Recording:
        """The union of both."""
        return Recording(**{name: (*own, *getattr(other, name)) for name, own in self})

    def without(self, other: Recording) -> list[str]:
        """The parts that the other one lacks, in words."""
        lacking = {name: {*own} - {*getattr(other, name)} for name, own in self}
        points = [f"{number} evaluation points" for number in sorted(lacking["points"])]
        probes = [f"the probe {name}" for name in sorted(lacking["probes"])]
        return [*points, *probes, *sorted(lacking["keep"]), *sorted(lacking["metrics"])]


class SearchSpec(_Trained):
    """A search: many trials, each a configuration trained once."""

    space: Space
    """The values to search, by dotted key."""
    objective: Objective
    """The metric to optimize."""
    trials: int
    """Number of configurations that each repeat tries; see `Search.trials`."""
    method: MethodName
    """The search method."""
    round: int = ROUND
    """The number of trials that a method that learns from earlier ones proposes at once."""
    repeats: int = 1
    """Number of repeats of the whole search."""
    per_seed: bool = False
    """Whether each seed of a run has a separate repeat with the number of the seed."""
    first_seed: int = 0
    """The first seed of the experiment, from which repeats count unless each seed has one."""

    def seed(self, repeat: int) -> int:
        """The seed of a repeat, which no run has."""
        return SEARCH_SEED + self.first_seed + repeat

    @property
    def for_jobs(self) -> SearchSpec:
        """The search without the number of repeats of seeds, so that more seeds change no job."""
        return self.model_copy(update={"repeats": 1}) if self.per_seed else self

    def to_yaml(self) -> str:
        """Readable YAML: the same text for the same content and any number of seeds."""
        return super(SearchSpec, self.for_jobs).to_yaml()

    @property
    def sequential(self) -> bool:
        """Whether its trials depend on the results of earlier ones."""
        return self.method_class.learns

    @property
    def method_class(self) -> type[Method]:
        """Its method, which describes how it treats trials."""
        return method(self.method)

    @property
    def points(self) -> int | None:
        """The number of points of the grid that its trials come from, if there is one."""
        return grid(self.space).size if self.method_class.on_grid else None

    @property
    def count(self) -> int:
        """Trials of a repeat: fewer than `trials` where a grid has fewer points."""
        return min(self.trials, self.points or self.trials)

    @property
    def networks(self) -> int:
        """The number of networks that all repeats train, some possibly for a part of the budget."""
        return self.repeats * sum(count for count, _ in self.searcher(0).plan)

    def searcher(self, seed: int) -> Method:
        """Its method, with a seed."""
        train = self.settings.train
        whole = train.epochs or train.updates or 1
        return self.method_class(self.space, self.count, seed, size=self.round, whole=whole)

    def blocks(self, trials_per_job: int, best: str = BEST) -> list[str]:
        """The blocks of trials that jobs train, numbered across all repeats.

        If trials depend on earlier ones, or each seed has a repeat, a job has whole repeats, and at
        least one.

        Args:
            trials_per_job: the most trials of a job, apart from that.
            best: the name of their result, see `SearchReference.best`.
        """
        if not (self.sequential or self.per_seed):
            return blocks(self.repeats * self.count, trials_per_job)
        seeds = best.partition("-")[2]
        repeats = block_range(seeds) if seeds else range(self.repeats)
        per_job = max(1, trials_per_job // self.count)
        starts = range(repeats.start, repeats.stop, per_job)
        ends = [*starts[1:], repeats.stop]
        return [
            block_name(range(first * self.count, end * self.count))
            for first, end in zip(starts, ends, strict=True)
        ]

    def reference(self) -> SearchReference:
        """The reference for a run that takes settings from this search."""
        return SearchReference(
            search=self.id, method=self.method, finds=tuple(self.space), per_seed=self.per_seed
        )

    def _slug(self) -> str:
        return readable(self.settings, searched=True)[:SLUG]

    def _identity(self) -> dict[str, Any]:
        """The hashed content without the method, because methods are compared on the same search.

        The number of repeats is left out, too, if each seed has one.
        """
        identity = super()._identity()
        del identity["method"]
        if self.per_seed:
            identity.pop("repeats", None)
        if not self.first_seed:
            identity.pop("first_seed", None)
        return {"search": HASH_VERSION, **identity}


def _digest(identity: Mapping[str, Any]) -> str:
    canonical = json.dumps(identity, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(canonical.encode()).hexdigest()[:8]


def readable(settings: Settings, *, searched: bool = False) -> str:
    """The settings in a few words, fit for a file name: `mnist-5k-n300-6x100-relu-l2_0.1`.

    The most common choices and searched numbers are left out. The words of a part are in `brief`:
    a text, or the word before each of its numbers that is not 0; by default its name.
    """
    data, model = settings.data, settings.model
    words = [data.dataset, f"n{data.train}", *_numbers({"noise": data.label_noise})]
    same = len(set(model.hidden)) == 1
    shape = f"{len(model.hidden)}x{model.hidden[0]}" if same else "_".join(map(str, model.hidden))
    words += [shape, model.activation.name, *_brief(model.init)]
    for layer in sorted((layer for _, layer in settings.layers()), key=_normalizations_first):
        words += _brief(layer)
    if searched:
        words.append("searched")
    else:
        on = [penalty for _, penalty in settings.penalty.on()]
        for penalty in sorted(on, key=_first_l2_then_numbers):
            words += _brief(penalty)
    words += _brief(settings.train.optimizer)
    if (trainer := settings.trainer.called()) != DEFAULT:
        words.append(re.sub(r"[^a-z0-9]+", "_", FilePath(trainer).stem.lower()).strip("_"))
    return "-".join(word for word in words if word).replace("+", "")


def _brief(settings: PartSettings) -> Iterator[str]:
    own = (
        {settings.FOUND.name: settings.FOUND.name} if _is_inline(settings) else settings.FOUND.name
    )
    brief = getattr(settings.FOUND.part, "brief", own)
    if isinstance(brief, Mapping):
        yield from _numbers({word: getattr(settings, key) for key, word in brief.items()})
    else:
        yield brief


def _is_inline(settings: PartSettings) -> bool:
    return inline(*settings.FOUND[:2])


def _normalizations_first(layer: PartSettings) -> tuple[bool, bool]:
    return not normalizes(layer.FOUND.part), getattr(layer.FOUND.part, "place", None) == "last"


def _first_l2_then_numbers(penalty: PartSettings) -> tuple[bool, bool]:
    """The order in which the ids of runs have always named penalties."""
    return penalty.FOUND.name != "l2", not _is_inline(penalty)


def _numbers(strengths: Mapping[str, float | None]) -> list[str]:
    """`l2_0.1` for each strength that is not 0."""
    return [f"{name}_{strength:.4g}" for name, strength in strengths.items() if strength]

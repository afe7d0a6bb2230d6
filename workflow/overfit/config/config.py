"""The configuration, and the file or the command line that each of its values comes from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from overfit.claims.claim import Margins
from overfit.config.model import Items, Model, Name, Text
from overfit.config.problems import Path, Problem, control_mistake, dotted
from overfit.config.reading import Document, typed

ALL = "all"
WORDS = {"dataset", "data.dataset", "experiments", "topics", "title", "question", "label", "text"}
"""Keys whose values stay texts where the command line sets them."""


def _one_name(value: Any) -> Any:
    """`dropout` for [dropout]; `all` likewise."""
    return [value] if isinstance(value, str) else value


class Replication(Model):
    """Experiments that run again, for instance on other data or by another trainer.

    The report compares their verdicts with the original ones.
    """

    label: Text
    """Its name in the report, such as `Digits, 8 by 8`."""
    experiments: Annotated[tuple[str, ...], Items, Field(min_length=1)]
    """The experiments. They also run without changes if `experiments` selects them."""
    changes: dict[str, Any]
    """What is different, written as in a file that extends them: `{base: {trainer: torch}}`. They
    replace keys of the experiment in `changes` of the configuration. Figures are left out."""
    optional: bool = False
    """Whether it is left out, and a note says so, where a package that its trainer needs is not
    installed, or a dataset would have to be downloaded."""


class Config(Model):
    """`config/config.yaml` says what to run. A profile says how: threads, memory, cluster."""

    experiments: Annotated[
        tuple[str, ...],
        Items,
        Field(min_length=1),
        BeforeValidator(_one_name, json_schema_input_type=str | tuple[str, ...]),
    ] = (ALL,)
    """`all`, or the names of files in `config/experiments`, without `.yaml`. `all` leaves out those
    that are `optional`."""
    seeds: Annotated[int, Field(ge=2, le=10_000)] | None = None
    """Seeds of every experiment; overrides its own number."""
    first_seed: Annotated[int, Field(ge=0, le=900_000)] | None = None
    """The first seed of every experiment; overrides its own."""
    seeds_per_job: int = Field(default=10, ge=1, le=10_000)
    """Seeds of a run that one job trains."""
    trials_per_job: int = Field(default=640, ge=1, le=10_000)
    """Trials of a search that one job trains."""
    root_seed: int = Field(default=0, ge=0, lt=2**31)
    """All random numbers derive from it."""
    max_runs: int = Field(default=2000, ge=1, le=1_000_000)
    """The largest number of runs, since grids grow quickly."""
    blas_kernel: Annotated[str, Field(pattern=r"^[A-Za-z0-9_]+$")] = "auto"
    """OpenBLAS kernel such as `SkylakeX`; `auto` follows the CPU, `inherit` the environment."""
    container: Annotated[str, Field(pattern=r"^[A-Za-z0-9_./:@+-]+$")] | None = None
    """Image for jobs under `--sdm apptainer`: a file such as `overfit.sif`, or an address."""
    thin_grid: Annotated[int, Field(ge=2, le=10_000)] | None = None
    """The most points of each grid axis, evenly spread; ends and points that claims name stay."""
    changes: dict[str, dict[str, Any]] = Field(default_factory=dict)
    """Changes of experiments, written as in a file that extends them:
    `{capacity: {grid: {model.width: [20, 200, 800]}}}`."""
    replications: dict[Name, Replication] = Field(default_factory=dict)
    """Experiments that run again with changes, by the name of the replication; see
    `presets/replicate.yaml`."""
    search_trials: Annotated[int, Field(ge=1, le=10_000)] | None = None
    """Trials of every search; overrides its own number."""
    correction: Literal["none", "holm", "benjamini_hochberg"] = "none"
    """The condition of a verdict besides the interval: with `holm` or `benjamini_hochberg`, a p
    below 0.025 that is adjusted for the number of claims; see Statistics."""
    families: Literal["all", "topic", "experiment"] = "all"
    """The claims that `p_adjusted` counts together: all, or those of a topic or an experiment."""
    margins: Margins = Field(default_factory=dict)
    """Reasons of margins by metric: `{test_accuracy: {margin: 0.02, because: ...}}`. A claim with
    such a margin that has no `margin_because` has this reason."""
    search_repeats: Annotated[int, Field(ge=1, le=1000)] | None = None
    """Repeats of every search; overrides its own number."""
    topics: Annotated[tuple[str, ...], Items] = ()
    """The order of topics in the report; other topics follow by name."""
    defaults: dict[str, Any] = Field(default_factory=dict)
    """Settings below every experiment's base, above those that come with overfit."""
    override: dict[str, Any] = Field(default_factory=dict)
    """Settings above every experiment's base, below its variants and grid. The command line may
    name one by its dotted key: `--config 'override={train.optimizer.lr: 0.1}'`."""

    @property
    def shortens(self) -> bool:
        """Whether it changes settings of all experiments, which may make variants equal."""
        return bool(self.override or self.search_trials or self.search_repeats or self.thin_grid)


class ConfigSource:
    """Finds the configuration file, or the command line, that a value comes from."""

    def __init__(self, merged: Mapping[str, Any], documents: Sequence[Document]) -> None:
        """Take the configuration from Snakemake.

        Args:
            merged: the files and the command line, of which Snakemake reads nested values as texts.
            documents: the files.
        """
        self._documents = [(one, _place(merged, one.data)) for one in documents]
        self.problems = [problem for document in documents for problem in document.problems]
        """Mistakes in reading: characters and keys that no value can contain."""
        self.config: dict[str, Any] = self._read(dict(merged), ())
        """The configuration, with the values of the command line read as YAML."""

    def _read(self, value: Any, path: Path) -> Any:
        if isinstance(value, Mapping):
            if not all(isinstance(key, str) for key in value) and not self.problems:
                self._blame(path, "has a key that is not text")
            texts = {key: inner for key, inner in value.items() if isinstance(key, str)}
            return {key: self._read(inner, (*path, key)) for key, inner in texts.items()}
        if isinstance(value, list):
            return [self._read(item, (*path, position)) for position, item in enumerate(value)]
        if not isinstance(value, str) or self._written(path, value):
            return value
        if wrong := control_mistake(value):
            self._blame(path, wrong)
        words = {step for step in path if isinstance(step, str)} & WORDS
        return value if len(path) < 2 or words else typed(value)

    def _blame(self, path: Path, message: str) -> None:
        self.problems.append(Problem("--config", None, dotted(path), message))

    def problem(self, path: Path, message: str) -> Problem:
        """Blame the last file with the value of the configuration, else the command line.

        A workflow that uses overfit as a module may pass a part of its configuration.
        """
        written = path
        while written and not _get(self.config, written)[0]:
            written = written[:-1]
        value = _get(self.config, written)[1]
        for document, place in self._written(written, value):
            return document.problem((*place, *path), message)
        there = any(place is not None for _, place in self._documents)
        return Problem("--config" if there else "config", None, dotted(path), message)

    def _written(self, path: Path, value: Any) -> list[tuple[Document, Path]]:
        """The files that give the value at a path, the last one first, each with its place."""
        found = [
            (document, place, *_get(document.data, (*place, *path)))
            for document, place in reversed(self._documents)
            if place is not None
        ]
        return [
            (document, place)
            for document, place, given, said in found
            if given and (said == value or isinstance(value, Mapping))
        ]


def _place(config: Mapping[str, Any], data: Mapping[str, Any]) -> Path | None:
    """The path of the configuration in a file; None if it isn't in the file."""
    if not config or data.keys() & config.keys():
        return ()
    for key, value in data.items():
        if isinstance(value, Mapping) and value.keys() & config.keys():
            return (key,)
    return None


def _get(data: Any, path: Path) -> tuple[bool, Any]:
    """Whether there is a value at the path, and the value."""
    for step in path:
        inside = isinstance(data, Mapping) and step in data
        inside = inside or (isinstance(data, list) and isinstance(step, int) and step < len(data))
        if not inside:
            return False, None
        data = data[step]
    return True, data

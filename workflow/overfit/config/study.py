"""The whole configuration: loaded, validated, expanded."""

from __future__ import annotations

import os.path
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path as FilePath
from typing import Any, TypeVar

from pydantic import ValidationError

from overfit.claims.design import Registration
from overfit.config import shipped
from overfit.config.blocks import block_range, layouts
from overfit.config.config import ALL, Config, ConfigSource
from overfit.config.expanding import Expander
from overfit.config.experiment import Experiment
from overfit.config.files import (
    DATASETS,
    datasets_in,
    experiment_files,
    registered_designs,
    validated,
    with_looks,
)
from overfit.config.merging import Draft
from overfit.config.messages import explained
from overfit.config.problems import (
    ConfigurationError,
    Problem,
    Source,
    did_you_mean,
    written_out,
)
from overfit.config.reading import read
from overfit.config.resolving import WrittenSettings, resolved
from overfit.config.specs import Recording, RunSpec, SearchSpec, SubsetSpec
from overfit.data.catalogue import DatasetEntry
from overfit.data.composition import known_gap_mistake
from overfit.results import RESULTS, Results
from overfit.search.methods import NAMES

Spec = TypeVar("Spec", RunSpec, SearchSpec, SubsetSpec)


@dataclass(frozen=True)
class Study:
    """The selected experiments and everything that they need, each once."""

    config: Config
    datasets: dict[str, DatasetEntry]
    experiments: dict[str, Experiment]
    runs: dict[str, RunSpec]
    recordings: dict[str, Recording]
    """The recording of each run: everything that any experiment needs, selected or not, so that
    selecting it later trains nothing again."""
    searches: dict[tuple[str, str], SearchSpec]
    """By id and method."""
    subsets: dict[str, SubsetSpec]
    left_out: dict[str, str]
    """The titles of the experiments that are not selected, by name."""
    registered: dict[str, dict[str, tuple[Registration, ...]]]
    """The registered designs of claims, also of experiments that are not selected."""
    doubts: tuple[Problem, ...] = ()
    """Probable mistakes in the selected experiments that can be run."""

    def families(self) -> list[str]:
        """For each experiment the family of its claims, which are counted together."""
        by = self.config.families
        return [
            {"all": ALL, "topic": one.topic, "experiment": one.name}[by]
            for one in self.experiments.values()
        ]


def load_study(
    config: Mapping[str, Any],
    *,
    root: FilePath,
    config_files: Sequence[FilePath | str] = (),
    every: bool = False,
) -> Study:
    """Validate everything and expand the selected experiments.

    Args:
        config: the merged configuration, as Snakemake has it.
        root: the folder that contains `config/experiments` and `config/datasets.yaml`, and
            `results` if there are results.
        config_files: the files that the configuration was merged from, to locate mistakes.
        every: select all experiments, also optional ones and those that can't be trained here.

    Raises:
        ConfigurationError: with every mistake of every file, each with its file and line.
    """
    root = FilePath(root)
    documents = [read(FilePath(path), _shown(FilePath(path), root)) for path in config_files]
    if refused := [problem for one in documents if not one.data for problem in one.problems]:
        raise ConfigurationError(refused)  # of what is not read, nothing else can be said
    problems: list[Problem] = []
    source = ConfigSource(config, documents)
    config = source.config
    problems += _misplaced_settings(config, source)
    config = {key: value for key, value in config.items() if not _is_setting(key)}
    settings = validated(Config, config, source, (), problems)
    catalogue = read(root / DATASETS, DATASETS)
    datasets = datasets_in(catalogue, problems)
    known = datasets if len(datasets) == len(catalogue.data) else {}  # a broken one is not unknown
    files = experiment_files(root, problems)
    read_badly = source.problems + [p for one in (catalogue, *files.values()) for p in one.problems]
    settings = settings or Config.model_validate(_sound(config))
    _check_defaults(settings, source, problems)
    results = Results(root / RESULTS.root)

    @cache
    def mixed(name: str, draw: str) -> str | None:
        return known_gap_mistake(name, known[name], draw, results) if name in known else None

    expanded = Expander(settings, source, known, mixed, problems).all(files)
    experiments = {name: one.experiment for name, one in expanded.items() if one.experiment}
    optional = {name for name, one in experiments.items() if one.optional}
    selected = list(files) if every else _selected(settings, files, optional, source, problems)
    selected += [name for name, one in experiments.items() if one.replicates]
    left = [name for name in expanded if name not in (*experiments, *files)]  # replications
    of_selected = [expanded[name] for name in (*selected, *left) if name in expanded]
    if not every:
        problems += [problem for one in of_selected for problem in one.lacking]
    experiments |= with_looks(root, experiments, settings, problems)
    registered = registered_designs(root, problems)
    chosen = [
        replace(experiments[name], registered=registered.get(name, {}))
        for name in selected
        if name in experiments
    ]
    in_blocks = _in_blocks(chosen, settings.seeds_per_job, results)
    rest = {name: one.title for name, one in experiments.items() if name not in selected}
    said = tuple(dict.fromkeys(doubt for one in of_selected for doubt in one.doubts))
    recordings = _recordings(experiments.values())
    study = _collected(settings, datasets, in_blocks, recordings, rest, registered, said)
    if len(study.runs) > settings.max_runs:
        message = (
            f"the experiments make {len(study.runs)} runs; max_runs allows {settings.max_runs}: "
            "raise it or set thin_grid"
        )
        problems.append(source.problem(("max_runs",), message))
    if read_badly or problems:
        raise _all_of(read_badly, problems)
    return study


def _check_defaults(config: Config, source: Source, problems: list[Problem]) -> None:
    """Find the mistakes in default settings also if every experiment replaces them."""
    draft = Draft(source, ("defaults",))
    draft.lay(shipped.defaults(), source, ("defaults",))
    draft.lay(config.defaults, source, ("defaults",))
    resolved(draft, {}, problems)


def _all_of(read_badly: list[Problem], problems: list[Problem]) -> ConfigurationError:
    """Mistakes in reading and mistakes in values; each value is blamed once."""
    blamed = {(problem.file, problem.path) for problem in read_badly}
    others = [problem for problem in problems if (problem.file, problem.path) not in blamed]
    return ConfigurationError([*read_badly, *others])


def _misplaced_settings(config: Mapping[str, Any], source: Source) -> Iterator[Problem]:
    """Settings at the top of the configuration."""
    for key, value in config.items():
        if _is_setting(key):
            message = f"is a setting of experiments; write override: {{{written_out(key, value)}}}"
            yield source.problem((key,), message)


def _is_setting(key: str) -> bool:
    return key not in Config.model_fields and key.partition(".")[0] in WrittenSettings.model_fields


def _sound(config: Mapping[str, Any]) -> dict[str, Any]:
    """The keys of a configuration without mistakes, to check the rest with them."""
    try:
        Config.model_validate(config)
    except ValidationError as error:
        broken = {paths[0][0] for paths, _ in explained(error, Config)}
        return {key: value for key, value in config.items() if key not in broken}
    return dict(config)


def _selected(
    config: Config,
    known: Collection[str],
    optional: Collection[str],
    source: Source,
    problems: list[Problem],
) -> list[str]:
    """The names of the chosen experiments; `all` stands for those that aren't optional."""
    for position, name in enumerate(config.experiments):
        if name not in (*known, ALL):
            several = name.split(",")
            hint = did_you_mean(name, known)
            if len(several) > 1 and set(several) <= {*known, ""}:
                hint = f"; for several, write [{', '.join(filter(None, several))}]"
            message = f"unknown experiment {name!r}{hint}"
            problems.append(source.problem(("experiments", position), message))
    chosen = set(config.experiments)
    return [name for name in known if name in chosen or (ALL in chosen and name not in optional)]


def _collected(
    config: Config,
    datasets: dict[str, DatasetEntry],
    experiments: Sequence[Experiment],
    recordings: Mapping[str, Recording],
    left_out: dict[str, str],
    registered: dict[str, dict[str, tuple[Registration, ...]]],
    doubts: tuple[Problem, ...],
) -> Study:
    runs = [cell.run for experiment in experiments for cell in experiment.trained]
    searches = [search for experiment in experiments for search in experiment.searches.values()]
    subsets = [run.subset for run in runs] + [search.subset for search in searches]
    by_id = _by_id(runs)
    return Study(
        config=config,
        datasets=datasets,
        experiments={experiment.name: experiment for experiment in experiments},
        runs=by_id,
        recordings={run: recordings[run] for run in by_id},
        searches=_searches(searches),
        subsets=_by_id(subsets),
        left_out=left_out,
        registered=registered,
        doubts=doubts,
    )


def _recordings(experiments: Iterable[Experiment]) -> dict[str, Recording]:
    """The recordings that experiments need of each run, together."""
    found: dict[str, Recording] = {}
    for experiment in experiments:
        for run, asked in experiment.recordings():
            found[run] = found[run] | asked if run in found else asked
    return found


def _in_blocks(
    experiments: Sequence[Experiment], per_job: int, results: Results
) -> list[Experiment]:
    """The experiments with the blocks of their runs, which continue from the trained ones."""
    wanted: dict[str, list[range]] = {}
    for part in (part for experiment in experiments for part in experiment.parts):
        for run in part.runs:
            wanted.setdefault(run, []).append(part.members)
    trained = {run: [block_range(block) for block in results.blocks(run)] for run in wanted}
    blocks = layouts(wanted, per_job, trained)

    def laid_out(one: Experiment) -> Experiment:
        named = {run: blocks[run, one.members] for run in one.runs}
        return replace(one, blocks=named, further=tuple(map(laid_out, one.further)))

    return [laid_out(one) for one in experiments]


def _searches(specs: Sequence[SearchSpec]) -> dict[tuple[str, str], SearchSpec]:
    found: dict[tuple[str, str], SearchSpec] = {}
    for method in NAMES:
        same = _by_id(spec.for_jobs for spec in specs if spec.method == method)
        found |= {(identity, method): spec for identity, spec in same.items()}
    return found


def _by_id(specs: Iterable[Spec]) -> dict[str, Spec]:
    found: dict[str, Spec] = {}
    for spec in specs:
        if found.setdefault(spec.id, spec) != spec:  # 1 in 1,000 studies of 2,000 runs
            message = f"two different specifications have the id {spec.id}; change root_seed"
            raise ConfigurationError([Problem("config", None, "root_seed", message)])
    return found


def _shown(path: FilePath, root: FilePath) -> str:
    """A path relative to the root where it is inside, else as given."""
    relative = os.path.relpath(path, root)
    return path.as_posix() if relative.startswith("..") else FilePath(relative).as_posix()

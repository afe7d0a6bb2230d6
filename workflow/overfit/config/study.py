"""The whole configuration: loaded, validated, expanded."""

from __future__ import annotations

import os.path
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path as FilePath
from typing import Any, TypeVar

from pydantic import ValidationError

from overfit.claims.design import REGISTERED, Registration
from overfit.claims.looks import Looks
from overfit.config import shipped
from overfit.config.blocks import block_range, layouts
from overfit.config.config import ALL, Config, ConfigSource
from overfit.config.expansion import Expansion
from overfit.config.experiment import Experiment
from overfit.config.extending import Changes, in_its_lineage, lineages, with_changes
from overfit.config.merging import Draft
from overfit.config.messages import explained
from overfit.config.model import Model, name_mistake
from overfit.config.problems import (
    ConfigurationError,
    Path,
    Problem,
    Source,
    did_you_mean,
    written_out,
)
from overfit.config.reading import Document, read
from overfit.config.resolving import WrittenSettings, resolved
from overfit.config.specs import Recording, RunSpec, SearchSpec, SubsetSpec
from overfit.data.catalogue import DATASET_ENTRY, DatasetEntry
from overfit.data.composition import known_gap_mistake
from overfit.metrics.table import Metric
from overfit.results import RESULTS, Results
from overfit.search.methods import NAMES

EXPERIMENTS = "config/experiments"
DATASETS = "config/datasets.yaml"
LOOKS = "config/looks.yaml"
REPLICATIONS = "Replications"
"""The topic of experiments that run again."""
Spec = TypeVar("Spec", RunSpec, SearchSpec, SubsetSpec)


@dataclass(frozen=True)
class Study:
    """What to run: the selected experiments and everything that they need, each once."""

    config: Config
    datasets: dict[str, DatasetEntry]
    experiments: dict[str, Experiment]
    runs: dict[str, RunSpec]
    recordings: dict[str, Recording]
    """What each run records: all that any experiment asks for, also one that is not selected, so
    that selecting it later trains nothing again."""
    searches: dict[tuple[str, str], SearchSpec]
    """By id and method."""
    subsets: dict[str, SubsetSpec]
    left_out: dict[str, str]
    """The titles of the experiments that are not selected, by name."""
    registered: dict[str, dict[str, tuple[Registration, ...]]]
    """The registered designs of claims, also of experiments that are not selected."""
    doubts: tuple[Problem, ...] = ()
    """What is probably not meant in the selected experiments, but can be run."""

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
    settings = _validated(Config, config, source, (), problems)
    catalogue = read(root / DATASETS, DATASETS)
    datasets = _datasets(catalogue, problems)
    known = datasets if len(datasets) == len(catalogue.data) else {}  # a broken one is not unknown
    files = _experiment_files(root, problems)
    read_badly = source.problems + [p for one in (catalogue, *files.values()) for p in one.problems]
    settings = settings or Config.model_validate(_sound(config))
    _check_defaults(settings, source, problems)
    doubts: dict[str, list[Problem]] = {}
    results = Results(root / RESULTS.root)

    @cache
    def mixed(name: str, draw: str) -> str | None:
        return known_gap_mistake(name, known[name], draw, results) if name in known else None

    lacking: dict[str, list[Problem]] = {}
    experiments = _expanded(files, settings, source, known, mixed, problems, doubts, lacking)
    optional = {name for name, one in experiments.items() if one.optional}
    selected = list(files) if every else _selected(settings, files, optional, source, problems)
    selected += [name for name, one in experiments.items() if one.replicates]
    lacking = {} if every else lacking
    problems += [problem for name in selected for problem in lacking.get(name, ())]
    experiments |= _looks(root, experiments, settings, problems)
    registered = _registered(root, problems)
    chosen = [
        replace(experiments[name], registered=registered.get(name, {}))
        for name in selected
        if name in experiments
    ]
    in_blocks = _in_blocks(chosen, settings.seeds_per_job, results)
    rest = {name: one.title for name, one in experiments.items() if name not in selected}
    left = [name for name in doubts if name not in experiments]  # optional replications
    said = tuple(dict.fromkeys(one for name in (*selected, *left) for one in doubts.get(name, ())))
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


def _expanded(
    files: Mapping[str, Document],
    config: Config,
    source: Source,
    datasets: Mapping[str, DatasetEntry],
    mixed: Callable[[str, str], str | None],
    problems: list[Problem],
    doubts: dict[str, list[Problem]],
    lacking: dict[str, list[Problem]],
) -> dict[str, Experiment]:
    """The experiments without mistakes, by name, with the changes that the configuration makes."""
    found: dict[str, Experiment] = {}
    known: dict[str, list[Problem]] = {}
    for name, lineage in lineages(files, problems).items():
        changed = lineage
        if name in config.changes:
            changes = Changes(config.changes[name], source, ("changes", name))
            changed = replace(lineage, changes=changes)
        expansion = Expansion(name, changed, config, source, datasets, mixed)
        if experiment := expansion.experiment():
            found[name] = experiment
            doubts[name] = expansion.doubts
            lacking[name] = expansion.lacking
        mistakes = expansion.problems
        if mistakes and changed.changes:
            alone = Expansion(name, lineage, config, source, datasets, mixed)
            alone.experiment()
            mistakes = with_changes(mistakes, alone.problems, changed)
        known[lineage.file] = in_its_lineage(lineage, mistakes, known)
        problems += known[lineage.file]
        for replication, again in config.replications.items():
            if name in again.experiments:
                data = {**config.changes.get(name, {}), **again.changes}
                changes = Changes(data, source, ("replications", replication, "changes"))
                changed = replace(lineage, changes=changes)
                called = f"{name}--{replication}"
                expansion = Expansion(called, changed, config, source, datasets, mixed)
                experiment = expansion.experiment()
                if (
                    experiment
                    and again.optional
                    and (why := _absent(experiment, expansion.lacking, datasets))
                ):
                    path = ("replications", replication)
                    doubts[called] = [source.problem(path, f"is left out: {why}")]
                elif experiment:
                    found[called] = replace(
                        experiment,
                        title=f"{experiment.title}: {again.label}",
                        topic=REPLICATIONS,
                        figures=(),
                        reported=(),
                        replicates=name,
                        replication=again.label,
                    )
                    doubts[called], lacking[called] = expansion.doubts, expansion.lacking
                new = [one for one in expansion.problems if one not in known[lineage.file]]
                problems += with_changes(new, [], changed)
    problems += _misplaced_changes(config, files, source)
    problems += _declared_differently(found, files)
    return found


def _absent(
    experiment: Experiment, lacking: Sequence[Problem], datasets: Mapping[str, DatasetEntry]
) -> str | None:
    """What an experiment needs that is not on this machine; None if all is there."""
    if lacking:
        return lacking[0].message
    names = {cell.settings.data.dataset for cell in experiment.trained}
    whys = ((name, datasets[name].absent()) for name in sorted(names & datasets.keys()))
    return next((f"{name}: {why}" for name, why in whys if why), None)


def _declared_differently(
    experiments: Mapping[str, Experiment], files: Mapping[str, Document]
) -> Iterator[Problem]:
    """Metrics to which two experiments give different meanings."""
    first: dict[str, tuple[str, Metric]] = {}
    for one in experiments.values():
        for name, wording in one.own.items():
            other, known = first.setdefault(name, (one.source, wording))
            if known != wording:
                message = f"{other} declares it with another name, unit or side; use another key"
                path = ("measurements", "metrics", name) if one.measurements else ("variants",)
                said = message if one.measurements else f"the metric {name}: {message}"
                yield files[one.replicates or one.name].problem(path, said)


def _misplaced_changes(
    config: Config, files: Mapping[str, Document], source: Source
) -> Iterator[Problem]:
    """`changes` that name unknown experiments, or set `extends`."""
    for name, changes in config.changes.items():
        if name not in files:
            message = f"unknown experiment {name!r}{did_you_mean(name, files)}"
            yield source.problem(("changes", name), message)
        elif "extends" in changes:
            message = "changes can't set extends; edit the file of the experiment"
            yield source.problem(("changes", name, "extends"), message)
    for name, again in config.replications.items():
        for position, one in enumerate(again.experiments):
            if one not in files:
                message = f"unknown experiment {one!r}{did_you_mean(one, files)}"
                yield source.problem(("replications", name, "experiments", position), message)
        if "extends" in again.changes:
            message = "changes can't set extends; edit the file of the experiment"
            yield source.problem(("replications", name, "changes", "extends"), message)


def _all_of(read_badly: list[Problem], problems: list[Problem]) -> ConfigurationError:
    """Mistakes in reading and mistakes in values; each value is blamed once."""
    blamed = {(problem.file, problem.path) for problem in read_badly}
    others = [problem for problem in problems if (problem.file, problem.path) not in blamed]
    return ConfigurationError([*read_badly, *others])


Valid = TypeVar("Valid", bound=Model)


def _validated(
    model: type[Valid], data: Any, source: Source, at: Path, problems: list[Problem]
) -> Valid | None:
    try:
        return model.model_validate(data)
    except ValidationError as error:
        _blame(error, model, source, at, problems)
    return None


def _misplaced_settings(config: Mapping[str, Any], source: Source) -> Iterator[Problem]:
    """Settings at the top of the configuration."""
    for key, value in config.items():
        if _is_setting(key):
            message = f"is a setting of experiments; write override: {{{written_out(key, value)}}}"
            yield source.problem((key,), message)


def _is_setting(key: str) -> bool:
    return key not in Config.model_fields and key.partition(".")[0] in WrittenSettings.model_fields


def _blame(
    error: ValidationError, kind: Any, source: Source, at: Path, problems: list[Problem]
) -> None:
    for paths, message in explained(error, kind):
        problems.append(source.problem((*at, *paths[0]), message))


def _sound(config: Mapping[str, Any]) -> dict[str, Any]:
    """The keys of a configuration without mistakes, to check the rest with them."""
    try:
        Config.model_validate(config)
    except ValidationError as error:
        broken = {paths[0][0] for paths, _ in explained(error, Config)}
        return {key: value for key, value in config.items() if key not in broken}
    return dict(config)


def _datasets(document: Document, problems: list[Problem]) -> dict[str, DatasetEntry]:
    found = {}
    for name, entry in document.data.items():
        if message := name_mistake(name):
            problems.append(document.problem((name,), message))
        try:
            found[name] = DATASET_ENTRY.validate_python(entry)
        except ValidationError as error:
            _blame(error, DatasetEntry, document, (name,), problems)
    return found


def _looks(
    root: FilePath,
    experiments: Mapping[str, Experiment],
    config: Config,
    problems: list[Problem],
) -> dict[str, Experiment]:
    """The experiments at whose claims `config/looks.yaml` looks with more and more seeds.

    If the configuration sets the number of seeds of all experiments, nobody looks further.
    """
    if config.seeds or not (root / LOOKS).exists():
        return {}
    document = read(root / LOOKS, LOOKS)
    problems += document.problems
    found = {}
    for name, entry in document.data.items():
        looks = _validated(Looks, entry, document, (name,), problems)
        if name not in experiments or looks is None:
            continue  # one that is no longer there, or that has mistakes, doesn't matter
        experiment = experiments[name]
        if experiment.measurements:
            message = f"the seeds of {name} are measured already; delete {name} from this file"
            problems.append(document.problem((name,), message))
            continue
        if looks.seeds[0] != experiment.seeds:
            message = (
                f"begins with {looks.seeds[0]}, but {name} has {experiment.seeds} seeds; change "
                f"them back, or delete {name} from this file to begin anew"
            )
            problems.append(document.problem((name, "seeds"), message))
        known = [claim.id for claim in experiment.claims]
        for claim in looks.claims:
            if claim not in known:
                message = f"{name} has no such claim{did_you_mean(claim, known)}"
                problems.append(document.problem((name, "claims", claim), message))
        found[name] = experiment.with_looks(looks)
    return found


def _registered(
    root: FilePath, problems: list[Problem]
) -> dict[str, dict[str, tuple[Registration, ...]]]:
    """The registered designs of claims by experiment and claim."""
    if not (root / REGISTERED).exists():
        return {}
    document = read(root / REGISTERED, REGISTERED)
    problems += document.problems
    found: dict[str, dict[str, tuple[Registration, ...]]] = {}
    for name, claims in document.data.items():
        for claim, known in claims.items() if isinstance(claims, dict) else ():
            entries = known if isinstance(known, list) else [known]
            read_well = [
                _validated(Registration, one, document, (name, claim, place), problems)
                for place, one in enumerate(entries)
            ]
            found.setdefault(name, {})[claim] = tuple(filter(None, read_well))
    return found


def _experiment_files(root: FilePath, problems: list[Problem]) -> dict[str, Document]:
    """All experiment files by name, sorted; broken ones are without data."""
    folder = root / EXPERIMENTS
    files = sorted(folder.iterdir()) if folder.is_dir() else []
    files = [path for path in files if path.suffix.lower() in (".yaml", ".yml")]
    names = {path.name for path in files}
    found = {}
    for path in files:
        shown = f"{EXPERIMENTS}/{path.name}"
        if path.name.startswith("."):  # an editor's
            continue
        if message := _file_name_mistake(path, names):
            problems.append(Problem(shown, None, "", message))
        else:
            found[path.stem] = read(path, shown)
    if not found:
        problems.append(
            Problem(EXPERIMENTS, None, "", "the folder contains no experiment files (*.yaml)")
        )
    return found


def _file_name_mistake(path: FilePath, names: Collection[str]) -> str | None:
    """Why one of the experiment files, whose names are `names`, can't have its name."""
    proper = f"{path.stem.lower()}.yaml"
    if path.name != proper and proper in names:
        return f"{proper} has the same name; rename one of them"
    if path.suffix != ".yaml":
        return "the name of an experiment file must end in .yaml"
    if path.stem == ALL:
        return f"an experiment can't be called {ALL}, which means every experiment"
    return name_mistake(path.stem)


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
    """What experiments ask each run to record, together."""
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

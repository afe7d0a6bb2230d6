"""The files below config/: experiments, the catalogue of datasets, looks and registered designs."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path as FilePath
from typing import Any, TypeVar

from pydantic import ValidationError

from overfit.claims.design import REGISTERED, Registration
from overfit.claims.looks import Looks
from overfit.config.config import ALL, Config
from overfit.config.experiment import Experiment
from overfit.config.messages import explained
from overfit.config.model import Model, name_mistake
from overfit.config.problems import Path, Problem, Source, did_you_mean
from overfit.config.reading import Document, read
from overfit.data.catalogue import DATASET_ENTRY, DatasetEntry

EXPERIMENTS = "config/experiments"
DATASETS = "config/datasets.yaml"
LOOKS = "config/looks.yaml"

Valid = TypeVar("Valid", bound=Model)


def validated(
    model: type[Valid], data: Any, source: Source, at: Path, problems: list[Problem]
) -> Valid | None:
    """A model of data at a path of a source; None if it has mistakes, added to `problems`."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        _blame(error, model, source, at, problems)
    return None


def _blame(
    error: ValidationError, kind: Any, source: Source, at: Path, problems: list[Problem]
) -> None:
    for paths, message in explained(error, kind):
        problems.append(source.problem((*at, *paths[0]), message))


def datasets_in(document: Document, problems: list[Problem]) -> dict[str, DatasetEntry]:
    """The entries of the catalogue without mistakes; mistakes are added to `problems`."""
    found = {}
    for name, entry in document.data.items():
        if message := name_mistake(name):
            problems.append(document.problem((name,), message))
        try:
            found[name] = DATASET_ENTRY.validate_python(entry)
        except ValidationError as error:
            _blame(error, DatasetEntry, document, (name,), problems)
    return found


def with_looks(
    root: FilePath,
    experiments: Mapping[str, Experiment],
    config: Config,
    problems: list[Problem],
) -> dict[str, Experiment]:
    """The experiments for whose claims `config/looks.yaml` plans more seeds.

    There are none if the configuration sets the number of seeds of all experiments.
    """
    if config.seeds or not (root / LOOKS).exists():
        return {}
    document = read(root / LOOKS, LOOKS)
    problems += document.problems
    found = {}
    for name, entry in document.data.items():
        looks = validated(Looks, entry, document, (name,), problems)
        if name not in experiments or looks is None:
            continue  # it was removed, or has mistakes that are reported already
        experiment = experiments[name]
        if experiment.measurements:
            message = f"the seeds of {name} are already measured; delete {name} from this file"
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


def registered_designs(
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
                validated(Registration, one, document, (name, claim, place), problems)
                for place, one in enumerate(entries)
            ]
            found.setdefault(name, {})[claim] = tuple(filter(None, read_well))
    return found


def experiment_files(root: FilePath, problems: list[Problem]) -> dict[str, Document]:
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

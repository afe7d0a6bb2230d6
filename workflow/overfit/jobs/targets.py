"""The jobs of a study, and targets of the command line that none of them makes."""

from __future__ import annotations

import os.path
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from pathlib import Path

from overfit.config.experiment import Experiment
from overfit.config.problems import did_you_mean
from overfit.config.specs import RunSpec, SearchSpec
from overfit.config.study import Study
from overfit.results import RESULTS, Job


def jobs_of(study: Study) -> Iterator[Job]:
    """All jobs except the last one, which lists all results; sources first, some several times."""
    for subset in study.subsets.values():
        yield Job("dataset", (subset.dataset,), RESULTS.dataset(subset.dataset).all)
    for experiment in study.experiments.values():
        for part in experiment.parts:
            for variant, search in part.searches.items():
                found = part.found(variant)
                yield from _searches(search, found, study.config.trials_per_job)
    for experiment in study.experiments.values():
        for part in experiment.parts:
            for run, blocks in part.blocks.items():
                more = study.recordings[run].more
                yield from _trainings(study.runs[run], blocks, more=more)
    for experiment in study.experiments.values():
        yield from _analyses(experiment)
    yield Job("gradient_check", (), RESULTS.gradients.all)
    yield Job("all_claims", (), (RESULTS.claims,))
    yield Job("provenance", (), (RESULTS.provenance,))
    yield Job("report_page", (), (RESULTS.report,))


def _searches(search: SearchSpec, found: list[str], trials_per_job: int) -> Iterator[Job]:
    names = (search.id, search.method)
    for best in found:
        for block in search.blocks(trials_per_job, best):
            yield Job("search_trials", (*names, block), (RESULTS.trials(*names, block),))
        yield Job("search_best", (*names, best), (RESULTS.best(*names, best),))


def _trainings(run: RunSpec, blocks: list[str], *, more: bool) -> Iterator[Job]:
    for block in blocks:
        subset = RESULTS.subset(run.subset_id, block)
        yield Job("subset", (run.subset_id, block), (subset,))
        beside = (RESULTS.probes(run.id, block), RESULTS.kept(run.id, block))
        outputs = (RESULTS.history(run.id, block), *(beside if more else ()))
        yield Job("train", (run.id, block), outputs)


def _analyses(experiment: Experiment) -> Iterator[Job]:
    files, names = RESULTS.experiment(experiment.name), (experiment.name,)
    yield Job("summarize", names, (files.metrics, files.curves, files.summary))
    for part in experiment.further:
        yield Job("look", (*names, str(part.seeds)), (files.look(part.seeds),))
    yield Job("claims", names, (files.claims, files.looks))
    for figure in experiment.figures:
        drawn = (files.figure(figure.key, "svg"), files.figure(figure.key, "png"))
        yield Job("figure", (*names, figure.key), drawn)


def may_be_targets(words: Iterable[str], study: Study) -> bool:
    """Whether some words of a command line may be targets that `mistaken` checks."""
    folder = RESULTS.root.name
    experiments = {*study.experiments, *study.left_out}
    return any(word in experiments or folder in Path(word).parts for word in words)


def mistaken(
    targets: Iterable[str], study: Study, made: Iterable[Path], *, alone: bool = True
) -> Iterator[str]:
    """The mistakes in targets that look like results but aren't, or that name an experiment.

    Args:
        targets: those of the command line: files, or names of rules.
        study: the study.
        made: all results. Datasets that no experiment uses are targets, too.
        alone: whether all rules are those of overfit; others may have any outputs and names.
    """
    datasets = [file for name in study.datasets for file in RESULTS.dataset(name).all]
    known = {path.as_posix() for path in [*made, *datasets]}
    folders = {parent.as_posix() for path in known for parent in Path(path).parents}
    ours = {folder for folder in folders if folder.count("/") == 1}
    experiments = [*study.experiments, *study.left_out]
    for target in targets:
        if alone and target in experiments:
            yield f"{target}: to run an experiment, write --config experiments=[{target}]"
        path = Path(os.path.relpath(target))
        shown = path.as_posix()
        if RESULTS.root not in path.parents or shown in known or path.name == "README.md":
            continue
        if not alone and "/".join(path.parts[:2]) not in ours:
            continue
        name = _experiment(path)
        if name in study.left_out:
            listed = ", ".join([*study.experiments, name])
            yield f"{target}: {name} is not selected; write --config experiments=[{listed}]"
        elif name and name not in study.experiments:
            yield f"{target}: unknown experiment {name!r}{did_you_mean(name, experiments)}"
        elif shown in folders:
            yield f"{target}: is a folder; name files in it"
        else:
            near = get_close_matches(shown, sorted(known), n=1, cutoff=0.8)
            yield f"{target}: no job makes it{f'; did you mean {near[0]}?' if near else ''}"


def _experiment(path: Path) -> str | None:
    """The experiment whose result a path would be."""
    folder = RESULTS.experiment("*").root.parent
    return path.relative_to(folder).parts[0] if folder in path.parents else None

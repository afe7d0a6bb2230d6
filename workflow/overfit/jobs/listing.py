"""The jobs of a study: what each rule makes, by the names in its paths."""

from __future__ import annotations

from collections.abc import Iterator

from overfit.config.experiment import Experiment
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

"""The jobs of a study for the rules: their outputs, inputs and digests.

Methods that take `wildcards` are the functions of the rules. Snakemake compares a job's `digest`
with the one of its last run; it does not compare other objects that a rule passes on.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from overfit.config import contract
from overfit.config.experiment import Experiment
from overfit.config.parts import METHODS, file_of, files_of, parts
from overfit.config.specs import Recording, RunSpec, SearchSpec
from overfit.figures.words import report_labels
from overfit.jobs import resources
from overfit.jobs.code import SOURCE, digest, files_behind
from overfit.jobs.targets import jobs_of
from overfit.jobs.wildcards import Chosen, Wildcards
from overfit.metrics.table import PLANE
from overfit.results import RESULTS, Job, read_record, records, sha256
from overfit.trainers import file_of as file_of_trainer

SCRIPTS = SOURCE / "scripts"
TEMPLATES = SOURCE / "overfit" / "report" / "templates"


@dataclass(frozen=True)
class Plan(Chosen):
    """A study as jobs."""

    @cached_property
    def jobs(self) -> tuple[Job, ...]:
        """All jobs except the last one, which lists all results: each once, sources first."""
        return tuple({job.outputs: job for job in jobs_of(self.study)}.values())

    def outputs(self, *rules: str) -> list[Path]:
        """The results of these rules; of all rules if none is named."""
        return [path for job in self._of(*rules) for path in job.outputs]

    @property
    def everything(self) -> list[Path]:
        """All results, including those of the last job."""
        return [*self.outputs(), RESULTS.crate, RESULTS.manifest]

    def records(self, *rules: str) -> list[Path]:
        """The records of their results."""
        return [path for job in self._of(*rules) for path in job.records]

    def _of(self, *rules: str) -> list[Job]:
        return [job for job in self.jobs if not rules or job.rule in rules]

    @property
    def trained(self) -> list[Job]:
        """The jobs that train: blocks of seeds and of trials."""
        return [job for job in self.jobs if job.rule in ("train", "search_trials")]

    @property
    def verdicts(self) -> list[Path]:
        """The verdicts on the claims of each experiment."""
        return [job.outputs[0] for job in self._of("claims")]

    @property
    def histories(self) -> list[Path]:
        """The histories of all runs and searches."""
        return [job.outputs[0] for job in self.trained]

    @property
    def planes(self) -> list[Path]:
        """The measurements from which the report draws decision boundaries."""
        found = [
            RESULTS.probes(run, block)
            for experiment in self.study.experiments.values()
            if PLANE in experiment.probes
            for run, blocks in experiment.blocks.items()
            for block in blocks
        ]
        return list(dict.fromkeys(found))

    def recording(self, wildcards: Wildcards) -> Recording:
        """The recording of a block of a run."""
        return self.recording_of(wildcards.run, wildcards.block)

    def recording_of(self, run: str, block: str) -> Recording:
        """The recording that experiments need, or the present one if it is up to date and more."""
        asked, there = self.study.recordings[run], self._recorded(run, block)
        return there if there and not asked.without(there) else asked

    def _recorded(self, run: str, block: str) -> Recording | None:
        """The present recording of a block, if the code and settings of now have made it."""
        path = RESULTS.history(run, block)
        try:
            record = read_record(path) if path.is_file() else None
            found = Recording.model_validate(record and record.get("recorded"))
        except ValueError:  # no record, or a damaged one, or a probe that is no longer there
            return None
        same = record and record["made_by"] == self._digest_of_run(self.study.runs[run], found)
        return found if same else None

    def trained_again(self) -> Iterator[str]:
        """The blocks to train again because they lack a recording, one line per lack."""
        found: Counter[tuple[str, str]] = Counter()
        for job in self._of("train"):
            run, block = job.names
            there = self._recorded(run, block)
            if there and (lacking := self.study.recordings[run].without(there)):
                users = [one.name for one in self.study.experiments.values() if run in one.runs]
                found[", ".join(users), " and ".join(lacking)] += 1
        for (of, what), count in found.items():
            counted = "1 block" if count == 1 else f"{count} blocks"
            yield f"{counted} of {of} will be trained again, to record {what} as well"

    def measured_by(self, wildcards: Wildcards) -> list[Path]:
        """The user's file that an experiment's results come from, if they are measurements."""
        of = self.experiment(wildcards).measurements
        return [Path(of.file)] if of else []

    @property
    def recording_runs(self) -> list[str]:
        """The runs that record more than a history."""
        return [run for run, recording in self.study.recordings.items() if recording.more]

    def registered(self, wildcards: Wildcards) -> dict[str, tuple[str, list[str]]]:
        """For each claim with a registered design: its date, and the histories of its seeds."""
        experiment, found = self.experiment(wildcards), {}
        for claim in experiment.claims:
            if now := experiment.in_force(claim):
                further = (part for part in experiment.further if claim in part.claims)
                part = next(further, experiment)
                runs = dict.fromkeys(cell.run.id for cell in part.trained_of(claim.test))
                paths = [RESULTS.history(run, block) for run in runs for block in part.blocks[run]]
                found[claim.id] = (now.date, _texts(paths))
        return found

    def read_by_status(self, wildcards: Wildcards) -> list[Path]:
        """The records with the times at which the seeds of registered claims were trained."""
        paths = [Path(path) for _, of in self.registered(wildcards).values() for path in of]
        return [*dict.fromkeys(records(*paths))]

    def read_by_run(self, wildcards: Wildcards) -> list[Path]:
        """The inputs of a block of seeds: its dataset, its subset, the result of its search."""
        run = self.run(wildcards)
        found = [
            *RESULTS.dataset(run.settings.data.dataset).all,
            RESULTS.subset(run.subset_id, wildcards.block),
        ]
        if of := run.search:
            found.append(RESULTS.best(of.search, of.method, of.best(wildcards.block)))
        return found

    def read_by_trials(self, wildcards: Wildcards) -> list[Path]:
        """The dataset of a search."""
        return [*RESULTS.dataset(self.search(wildcards).settings.data.dataset).all]

    def read_by_subset(self, wildcards: Wildcards) -> list[Path]:
        """The dataset that a subset is drawn from."""
        return [*RESULTS.dataset(self.study.subsets[wildcards.subset].dataset).all]

    def read_by_best(self, wildcards: Wildcards) -> list[Path]:
        """The histories of the trials that the best ones are chosen from."""
        search = self.search(wildcards)
        blocks = search.blocks(self.study.config.trials_per_job, wildcards.best)
        return [RESULTS.trials(search.id, search.method, block) for block in blocks]

    def settled(self, digest: str, *outputs: Path) -> bool:
        """Whether the results of a job exist and have its present digest.

        Then missing sources don't matter: they would be the same again, since the digest of a job
        contains the digests of the jobs that make its sources.

        Args:
            digest: the digest of the job.
            outputs: its results.
        """
        try:
            found = [read_record(path) for path in outputs if path.is_file()]
        except ValueError:  # a damaged record
            return False
        return len(found) == len(outputs) and all(one and one["made_by"] == digest for one in found)

    def would_give(self, job: Job) -> bool:
        """Whether a job of `DIGESTED` would give its present results again."""
        return self.settled(self.digest_of(job), *job.outputs)

    def digest_of(self, job: Job) -> str:
        """The digest of a job of `DIGESTED`, which prepares, trains or makes tables."""
        _, digest = DIGESTED[job.rule]
        return digest(self, self.wildcards_of(job))

    @staticmethod
    def wildcards_of(job: Job) -> Any:
        """The wildcards of a job, as its rule has them."""
        names, _ = DIGESTED[job.rule]
        return SimpleNamespace(**dict(zip(names.split(), job.names, strict=True)))

    def read_by_tables(self, wildcards: Wildcards) -> dict[str, list[Path]]:
        """The sources of the tables of an experiment, by name."""
        return self._read_by_metrics(self.experiment(wildcards))

    def read_by_look(self, wildcards: Wildcards) -> dict[str, list[Path]]:
        """The sources of the metrics of more seeds, by name."""
        return self._read_by_metrics(self.look(wildcards))

    def read_by_claims(self, wildcards: Wildcards) -> list[Path]:
        """The metrics of more seeds that the claims of an experiment look at."""
        files = RESULTS.experiment(wildcards.experiment)
        return [files.look(part.seeds) for part in self.experiment(wildcards).further]

    def _read_by_metrics(self, experiment: Experiment) -> dict[str, list[Path]]:
        trials = ["trials"] if experiment.searches else []
        kinds = ["histories", "probes", "cards", *trials]
        found = {kind: self._read(kind, experiment) for kind in kinds}
        return {**found, "records": [path for paths in found.values() for path in records(*paths)]}

    def read_by_figure(self, wildcards: Wildcards) -> list[Path]:
        """The results that a figure is drawn from: those that its kind reads."""
        experiment, figure = self.experiment(wildcards), self.figure(wildcards)
        found = [path for kind in figure.reads for path in self._read(kind, experiment)]
        if figure.claim:
            found.append(RESULTS.experiment(experiment.name).claims)
        return [*found, *records(*found)]

    def _read(self, kind: str, experiment: Experiment) -> list[Path]:
        """All results of a kind that belong to an experiment."""
        blocks = [(run, block) for run in experiment.runs for block in experiment.blocks[run]]
        if kind == "metrics":
            return [RESULTS.experiment(experiment.name).metrics]
        if kind == "histories":
            return [RESULTS.history(*block) for block in blocks]
        if kind == "probes":
            measured = {cell.run.id for cell in experiment.measured()}
            return [RESULTS.probes(*block) for block in blocks if block[0] in measured]
        if kind == "kept":
            return [RESULTS.kept(*block) for block in blocks]
        if kind == "subsets":
            drawn = {cell.run.id: cell.run.subset_id for cell in experiment.trained}
            return [RESULTS.subset(drawn[run], block) for run, block in blocks]
        if kind == "trials":
            return [
                RESULTS.trials(search.id, search.method, block)
                for variant, search in experiment.searches.items()
                for block in experiment.trial_blocks(variant)
            ]
        names = sorted({cell.run.settings.data.dataset for cell in experiment.trained})
        datasets = [RESULTS.dataset(name) for name in names]
        if kind == "cards":
            return [dataset.card for dataset in datasets]
        if kind == "images":
            return [file for dataset in datasets for file in dataset.all]
        return [file for dataset in datasets for file in (dataset.labels, dataset.card)]

    def read_inputs(self, configured: Iterable[Path | str]) -> dict[str, str]:
        """The SHA-256 of the sources of the results: code, configuration, pinned packages.

        Args:
            configured: the files of the configuration, apart from the experiments.
        """
        top = (SOURCE.parent / name for name in ("Snakefile", "requirements.txt", "pyproject.toml"))
        inside = (path for path in SOURCE.rglob("*.*") if "__pycache__" not in path.parts)
        trainers = {file_of_trainer(one.settings.trainer.called()) for one in self._specs}
        paths = {*top, *inside, *map(Path, configured), *self.sources, *trainers}
        found = {_shown(path): sha256(path) for path in paths if path.is_file()}
        return dict(sorted(found.items()))

    @property
    def _specs(self) -> list[RunSpec | SearchSpec]:
        return [*self.study.runs.values(), *self.study.searches.values()]

    @cached_property
    def sources(self) -> list[Path]:
        """The files of the experiments, and of measurements."""
        experiments = self.study.experiments.values()
        measured = {Path(one.measurements.file) for one in experiments if one.measurements}
        return sorted(measured | {Path(file) for one in experiments for file in one.sources})

    def digest(self, script: str, *told: Any, files: Iterable[Path] = ()) -> str:
        """The digest of a job's code and parameters, which determine its results with its inputs.

        Args:
            script: the script of its rule.
            told: the parameters of the job.
            files: modules that it loads by name, and other files that it reads.
        """
        return digest([SCRIPTS / f"{script}.py", *files, *files_behind(told)], *told)

    def labels(self, wildcards: Wildcards) -> dict[str, str]:
        """The labels of a figure in Snakemake's own report."""
        return report_labels(self.experiment(wildcards), self.figure(wildcards))

    def digest_of_run(self, wildcards: Wildcards) -> str:
        """The digest of the code that trains a run, with the parts and probes that it names.

        It contains the recording, and the digests of its subset and of its search, if it has one.
        """
        return self._digest_of_run(self.run(wildcards), self.recording(wildcards))

    def digest_of_trials(self, wildcards: Wildcards) -> str:
        """The digest of the code that proposes and trains trials, with that of the dataset."""
        return self._digest_of_trials(self.search(wildcards))

    def digest_of_best(self, wildcards: Wildcards) -> str:
        """The digest of the code that chooses the best trial, with that of the trials."""
        return self._digest_of_best(self.search(wildcards))

    def digest_of_dataset(self, wildcards: Wildcards) -> str:
        """The digest of the code, the entry in the catalogue and the files of a dataset."""
        return self._digest_of_dataset(wildcards.dataset)

    def digest_of_subset(self, wildcards: Wildcards) -> str:
        """The digest of the code that draws a subset, with that of the dataset."""
        return self._digest_of_subset(self.study.subsets[wildcards.subset].dataset)

    def _digest_of_run(self, run: RunSpec, recording: Recording) -> str:
        def computed() -> str:
            sources = [self._digest_of_subset(run.settings.data.dataset)]
            if found := run.search:
                search = self.study.searches[found.search, found.method]
                sources.append(self._digest_of_best(search))
            files = files_of(run, recording.probes)
            return self.digest("train", *sources, recording, files=files)

        return self._digested((run.id, repr(recording)), computed)

    def _digest_of_trials(self, search: SearchSpec) -> str:
        method = contract.files("overfit.search.methods")[search.method]
        source = self._digest_of_dataset(search.settings.data.dataset)
        return self.digest("search_trials", source, files=[method, *files_of(search)])

    def _digest_of_best(self, search: SearchSpec) -> str:
        return self.digest("search_best", self._digest_of_trials(search))

    def _digest_of_subset(self, dataset: str) -> str:
        return self._digested(
            ("subset", dataset), lambda: self.digest("subset", self._digest_of_dataset(dataset))
        )

    def _digest_of_dataset(self, name: str) -> str:
        def computed() -> str:
            entry = self.study.datasets[name]
            files = [Path(file) for file in entry.files() if Path(file).is_file()]
            return self.digest("dataset", entry, files=files)

        return self._digested(("dataset", name), computed)

    def _digested(self, key: tuple[str, str], compute: Callable[[], str]) -> str:
        """A digest that many jobs share: computed when it is first needed."""
        if key not in self._shared:
            self._shared[key] = compute()
        return self._shared[key]

    @cached_property
    def _shared(self) -> dict[tuple[str, str], str]:
        return {}

    def digest_of_tables(self, wildcards: Wildcards) -> str:
        """The digest of the code and the parameters of an experiment's tables."""
        files = self.measured_by(wildcards)
        return self.digest("summarize", self.tables(wildcards), files=files)

    def digest_of_look(self, wildcards: Wildcards) -> str:
        """The digest of the code and the parameters of the metrics of more seeds."""
        return self.digest("look", self.look(wildcards))

    def digest_of_claims(self, wildcards: Wildcards) -> str:
        """The digest of the code that decides an experiment's claims, and of the claims."""
        return self.digest(
            "claims",
            self.claims(wildcards),
            self.looks(wildcards),
            self.registered(wildcards),
        )

    def digest_of_figure(self, wildcards: Wildcards) -> str:
        """The digest of the code and the parameters of a figure."""
        files = self.measured_by(wildcards)
        return self.digest("figure", self.drawn(wildcards), files=files)

    def digest_of_gradients(self, wildcards: Wildcards) -> str:
        """The digest of the code of all parts and of the check."""
        found = {file_of(part) for kind in METHODS for part in parts(kind).values()}
        return self.digest("gradient_check", files=sorted(found))

    def digest_of_report(self, wildcards: Wildcards) -> str:
        """The digest of the page's code and templates, and of the experiments with their texts."""
        templates = sorted(path for path in TEMPLATES.iterdir() if path.is_file())
        told = tuple(self.study.experiments.values())
        return self.digest("report", told, self.study.left_out, files=templates)

    def digest_of_provenance(self, wildcards: Wildcards) -> str:
        """The digest of the code that records the provenance, and of the configuration."""
        seeds = {name: one.seeds for name, one in self.study.experiments.items()}
        return self.digest("provenance", self.study.config, seeds, _texts(self.histories))

    def digest_of_all_claims(self) -> str:
        """The digest of the code that adjusts all claims, and of the list of experiments."""
        return self.digest("all_claims", _texts(self.verdicts))

    def digest_of_manifest(self) -> str:
        """The digest of the code that lists the results, and of the list of results."""
        return self.digest("manifest", _texts(self.outputs()))

    def doubts(self) -> Iterator[str]:
        """Probable mistakes, one line each.

        Comparisons of a run with itself, and the longest job of an experiment if it is very long.
        """
        yield from map(str, self.study.doubts)
        yield from resources.long_jobs(self.study)


DIGESTED: dict[str, tuple[str, Callable[[Plan, Any], str]]] = {
    "dataset": ("dataset", Plan.digest_of_dataset),
    "subset": ("subset block", Plan.digest_of_subset),
    "train": ("run block", Plan.digest_of_run),
    "search_trials": ("search method block", Plan.digest_of_trials),
    "search_best": ("search method best", Plan.digest_of_best),
    "summarize": ("experiment", Plan.digest_of_tables),
    "look": ("experiment seeds", Plan.digest_of_look),
    "claims": ("experiment", Plan.digest_of_claims),
    "all_claims": ("", lambda plan, _: plan.digest_of_all_claims()),
}
"""The wildcards and the digest of each rule whose results are checked for being up to date."""


def _texts(paths: Iterable[Path]) -> list[str]:
    return [path.as_posix() for path in paths]


def _shown(path: Path) -> str:
    """A file's path from the project's folder if it is in there, else from the working directory.

    For a checkout below the working directory, such as a submodule, it is the former.
    """
    from_project = os.path.relpath(path, SOURCE.parent)
    return os.path.relpath(path) if from_project.startswith("..") else from_project

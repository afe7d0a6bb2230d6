"""The parts of a study that the wildcards of a job name, and the resources of the job.

Methods that take `wildcards` are the functions of the rules.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from overfit.claims.claim import Claim
from overfit.claims.looks import Looks
from overfit.config.blocks import block_range
from overfit.config.experiment import Experiment
from overfit.config.settings import Evaluation, Settings
from overfit.config.specs import RunSpec, SearchSpec
from overfit.config.study import Study
from overfit.data.readers import Dataset
from overfit.jobs import resources

SEARCHES_FIRST = 1e6
"""Seconds; no job takes as long."""


class Wildcards(Protocol):
    """The wildcards of a job: each job has those of its rule."""

    dataset: str
    subset: str
    run: str
    search: str
    method: str
    best: str
    block: str
    experiment: str
    seeds: str
    figure: str


@dataclass(frozen=True)
class Chosen:
    """A study, and its parts by the wildcards of a job."""

    study: Study

    def run(self, wildcards: Wildcards) -> RunSpec:
        """The run of a job."""
        return self.study.runs[wildcards.run]

    def search(self, wildcards: Wildcards) -> SearchSpec:
        """The search of a job."""
        return self.study.searches[wildcards.search, wildcards.method]

    def experiment(self, wildcards: Wildcards) -> Experiment:
        """The experiment of a job."""
        return self.study.experiments[wildcards.experiment]

    def tables(self, wildcards: Wildcards) -> Experiment:
        """The part of an experiment that determines its tables."""
        return self.experiment(wildcards).without_words()

    def look(self, wildcards: Wildcards) -> Experiment:
        """The part of an experiment that claims look at with more seeds, without texts."""
        further = {str(part.seeds): part for part in self.experiment(wildcards).further}
        return further[wildcards.seeds].without_words()

    def drawn(self, wildcards: Wildcards) -> Experiment:
        """The part of an experiment that determines a figure: without the other figures."""
        return self.experiment(wildcards).without_words(self.figure(wildcards))

    def claims(self, wildcards: Wildcards) -> list[Claim]:
        """The claims of an experiment."""
        return [claim.without_words() for claim in self.experiment(wildcards).claims]

    def looks(self, wildcards: Wildcards) -> Looks | None:
        """The looks at the claims of an experiment, if there are several."""
        return self.experiment(wildcards).looks

    def grid(self, wildcards: Wildcards) -> dict[str, list[Any]]:
        """The points of each axis of an experiment; texts in its tables become these points."""
        return self.experiment(wildcards).grid

    def figure(self, wildcards: Wildcards) -> Any:
        """The options of the figure of a job."""
        (figure,) = (f for f in self.experiment(wildcards).figures if f.key == wildcards.figure)
        return figure

    def training_mb(self, wildcards: Wildcards, attempt: int) -> int:
        """Memory of a job that trains, in MB."""
        return resources.training_mb(*self._training(wildcards), attempt=attempt)

    def training_minutes(self, wildcards: Wildcards, attempt: int) -> int:
        """Time of a job that trains, in minutes."""
        return resources.training_minutes(*self._training(wildcards), attempt=attempt)

    def threads(self, wildcards: Wildcards) -> int:
        """Cores of a job that trains."""
        return self._training(wildcards)[0].trainer.resources().get("threads", 1)

    def gpus(self, wildcards: Wildcards) -> int:
        """GPUs of a job that trains."""
        return self._training(wildcards)[0].trainer.resources().get("gpus", 0)

    def seconds(self, job: Any) -> float:
        """Estimated seconds of one of Snakemake's jobs on one core: 1, and those of training."""
        trains = "block" in job.wildcards_dict and job.rule.name != "subset"
        return 1 + resources.training_seconds(*self._training(job.wildcards)) if trains else 1.0

    def urgency(self, wildcards: Wildcards) -> float:
        """The priority of a job that trains: searches first, since runs wait for them.

        Long jobs start before short ones, so that all cores finish at about the same time.
        """
        return self.training_seconds(wildcards) + SEARCHES_FIRST * ("search" in vars(wildcards))

    def training_seconds(self, wildcards: Wildcards) -> float:
        """Estimated seconds of a job that trains, on one core."""
        return resources.training_seconds(*self._training(wildcards))

    def _training(self, wildcards: Wildcards) -> tuple[Settings, int, Dataset]:
        """The settings, the number of networks and the dataset of a job that trains."""
        if "run" in vars(wildcards):
            points = sum(self.study.recordings[wildcards.run].points)
            evaluation = Evaluation.model_construct(points=points)
            settings = self.run(wildcards).settings.model_copy(update={"evaluation": evaluation})
        else:
            settings = self.search(wildcards).settings
        dataset = self.study.datasets[settings.data.dataset]
        return settings, len(block_range(wildcards.block)), dataset

    def table_mb(self, wildcards: Wildcards, attempt: int) -> int:
        """Memory of a job that reads all histories of an experiment, in MB."""
        return resources.table_mb(resources.rows(self._measured(wildcards)), attempt)

    def table_minutes(self, wildcards: Wildcards, attempt: int) -> int:
        """Time of a job that reads all histories of an experiment, in minutes."""
        return resources.table_minutes(resources.rows(self._measured(wildcards)), attempt)

    def _measured(self, wildcards: Wildcards) -> Experiment:
        """The experiment of a job that makes tables, or its part with more seeds."""
        further = "seeds" in vars(wildcards)
        return self.look(wildcards) if further else self.experiment(wildcards)

    def dataset_mb(self, wildcards: Wildcards, attempt: int) -> int:
        """Memory of a job that prepares a dataset, in MB."""
        return resources.dataset_mb(self.study.datasets[wildcards.dataset], attempt)

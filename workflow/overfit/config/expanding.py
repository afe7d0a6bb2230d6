"""From all experiment files to experiments, with changes and replications."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from overfit.config.config import Config
from overfit.config.expansion import Expansion
from overfit.config.experiment import Experiment
from overfit.config.extending import Changes, Lineage, in_its_lineage, lineages, with_changes
from overfit.config.measured import MeasuredExpansion
from overfit.config.problems import Problem, Source, did_you_mean
from overfit.config.reading import Document
from overfit.data.catalogue import DatasetEntry
from overfit.metrics.table import Metric

REPLICATIONS = "Replications"
"""The topic of experiments that run again."""


class Expanded(NamedTuple):
    """An experiment, with problems that matter only if it is selected."""

    experiment: Experiment | None
    """None if it can't run: a trainer can't use its settings, or an optional replication lacks
    something here."""
    doubts: list[Problem]
    """Probable mistakes that can be run."""
    lacking: list[Problem]
    """Packages that its trainers need and that are missing here, and what a trainer that the
    configuration chooses for all experiments can't use of its settings."""


@dataclass
class Expander:
    """Expands experiment files, with the changes that the configuration makes."""

    config: Config
    source: Source
    """The places of the values of the configuration."""
    datasets: Mapping[str, DatasetEntry]
    mixed: Callable[[str, str], str | None]
    """See `Expansion`."""
    problems: list[Problem]
    """The list to which mistakes are added."""

    def all(self, files: Mapping[str, Document]) -> dict[str, Expanded]:
        """The experiments without mistakes and their replications, by name."""
        found: dict[str, Expanded] = {}
        known: dict[str, list[Problem]] = {}
        for name, lineage in lineages(files, self.problems).items():
            changed = lineage
            if name in self.config.changes:
                changed = self._changed(lineage, self.config.changes[name], "changes", name)
            experiment, expansion = self._expand(name, changed)
            lacking = [*expansion.lacking, *dict.fromkeys(expansion.unable)]
            if experiment or expansion.unable:
                found[name] = Expanded(experiment, expansion.doubts, lacking)
            mistakes = expansion.problems
            if mistakes and changed.changes:
                alone = self._expand(name, lineage)[1]
                mistakes = with_changes(mistakes, alone.problems, changed)
            known[lineage.file] = in_its_lineage(lineage, mistakes, known)
            self.problems += known[lineage.file]
            for replication, again in self.config.replications.items():
                if name in again.experiments:
                    found |= self._again(name, lineage, replication, known[lineage.file])
        self.problems += _misplaced_changes(self.config, files, self.source)
        experiments = [one.experiment for one in found.values() if one.experiment]
        self.problems += _declared_differently(experiments, files)
        return found

    def _again(
        self, name: str, lineage: Lineage, replication: str, known: list[Problem]
    ) -> dict[str, Expanded]:
        """A replication of an experiment, by its name; nothing if it has mistakes."""
        again = self.config.replications[replication]
        data = {**self.config.changes.get(name, {}), **again.changes}
        changed = self._changed(lineage, data, "replications", replication, "changes")
        called = f"{name}--{replication}"
        experiment, expansion = self._expand(called, changed)
        new = [one for one in expansion.problems + expansion.unable if one not in known]
        self.problems += with_changes(new, [], changed)
        if experiment is None:
            return {}
        if again.optional and (why := _absent(experiment, expansion.lacking, self.datasets)):
            path = ("replications", replication)
            return {called: Expanded(None, [self.source.problem(path, f"is left out: {why}")], [])}
        experiment = replace(
            experiment,
            title=f"{experiment.title}: {again.label}",
            topic=REPLICATIONS,
            figures=(),
            reported=(),
            replicates=name,
            replication=again.label,
        )
        return {called: Expanded(experiment, expansion.doubts, expansion.lacking)}

    def _changed(self, lineage: Lineage, data: Mapping[str, Any], *path: str) -> Lineage:
        """An experiment with changes that are at a path of the configuration."""
        return replace(lineage, changes=Changes(data, self.source, path))

    def _expand(self, name: str, lineage: Lineage) -> tuple[Experiment | None, Expansion]:
        measured = lineage.data.get("measurements") is not None
        kind = MeasuredExpansion if measured else Expansion
        found = kind(name, lineage, self.config, self.source, self.datasets, self.mixed)
        return found.experiment(), found


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
    experiments: Iterable[Experiment], files: Mapping[str, Document]
) -> Iterator[Problem]:
    """Metrics to which two experiments give different meanings."""
    first: dict[str, tuple[str, Metric]] = {}
    for one in experiments:
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

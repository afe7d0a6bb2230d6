"""From an experiment file to its runs, collecting every mistake on the way.

Broken parts of the file are left out, so that the mistakes of the rest are found as well.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from overfit.claims.best import Best
from overfit.config import shipped
from overfit.config.comparisons import missing_layers, mixed_gaps, one_run_compared, undeclared
from overfit.config.config import Config
from overfit.config.experiment import Experiment, Trained
from overfit.config.experiment_file import ExperimentFile, MeasuredVariant, Points, Variant
from overfit.config.extending import Lineage
from overfit.config.merging import Draft
from overfit.config.messages import explained
from overfit.config.model import Model, position_of
from overfit.config.names import Context
from overfit.config.problems import Path, Problem, Source, unknown_key
from overfit.config.resolving import (
    KEYS,
    WrittenSettings,
    key_mistakes,
    resolved,
    searched_settings,
)
from overfit.config.search import Search, differs, searches_per_seed
from overfit.config.settings import Settings
from overfit.config.specs import RunSpec, SearchReference, SearchSpec
from overfit.data.readers import Dataset
from overfit.figures.options import GridFigure
from overfit.metrics.table import declare
from overfit.search.space import MOST
from overfit.trainers import declared
from overfit.trainers import default as default_trainer

AnyVariant = Variant | MeasuredVariant
V = TypeVar("V", bound=Model)
_AXIS: TypeAdapter[tuple[Any, ...]] = TypeAdapter(Points)


@dataclass
class Expansion:
    """The expansion of one file."""

    name: str
    document: Lineage
    config: Config
    source: Source
    """The places of the values of the configuration."""
    datasets: Mapping[str, Dataset]
    mixed: Callable[[str, str], str | None]
    """Why a dataset has no gap with a kind of draw; None if it has, or if that isn't known yet."""
    problems: list[Problem] = field(default_factory=list)
    doubts: list[Problem] = field(default_factory=list)
    """Probable mistakes that can be run."""
    lacking: list[Problem] = field(default_factory=list)
    """Packages that its trainers need and that are missing here."""
    unable: list[Problem] = field(default_factory=list)
    """Settings that a trainer can't use which the configuration has chosen for all experiments."""

    def __post_init__(self) -> None:
        data = self.document.data
        self._variants = {
            name: variant
            for name, variant in mapping(data, "variants")
            if isinstance(variant, dict)
        }
        self._axes = {
            key: points
            for key, points in mapping(data, "grid")
            if isinstance(points, list) and _valid_axis(points)
        }

        self._per_seed = {
            name
            for name, variant in self._variants.items()
            if searches_per_seed(name, variant.get("search"), data)
        }

    def experiment(self) -> Experiment | None:
        """The experiment; None if anything is wrong with it, see `problems`."""
        base = self._base()
        declare(own := declared(self._trainers(base)))
        context = replace(self._context(), own=own)
        file = self._file(context)
        variants = {name: self._variant(name) for name in self._variants}
        grid = self._thinned_grid(file)
        for path, message in key_mistakes(self._variants, self._axes):
            self._blame(path, message)
        cells: list[Trained] = []
        searches: dict[str, SearchSpec] = {}
        if self._fits(grid):
            for name, variant in variants.items():
                draft = self._over(base, name)
                if variant.search:
                    if found := self._searched(name, draft, variant.search):
                        cell, searches[name] = found
                        cells.append(cell)
                else:
                    cells.extend(self._crossed(name, draft, grid))
        labels = self._labels(variants)
        for key in ("probes", "keep"):
            if file and getattr(file, key):
                others = {cell.settings.trainer for cell in cells} - {default_trainer()}
                for other in filter(lambda one: not one.RECORDS, others):
                    self._blame((key,), f"the trainer {other.called()} can't record these")
        read_well = not any(document.problems for document in self.document.documents)
        if file and read_well and not self.problems and not self.unable:
            told = one_run_compared(file, context, cells)
            missing = missing_layers(file, context, cells, self.datasets)
            for path, message in [*told, *missing]:
                doubt = self.document.problem(path, message)
                (self.doubts if self.config.shortens else self.problems).append(doubt)
            mixed = mixed_gaps(file, context, cells, self.mixed)
            for path, message in [*mixed, *undeclared(file, context, cells, own)]:
                self._blame(path, message)
        if file is None or self.problems or self.unable:
            return None
        return self._expanded(
            file,
            labels=labels,
            grid=grid,
            seeds=self.config.seeds or file.seeds,
            first_seed=self._first_seed(),
            cells=tuple(cells),
            searches=searches,
            own=own,
        )

    def _expanded(self, file: ExperimentFile, **made: Any) -> Experiment:
        """The experiment, with the texts of the file and the results of the expansion."""
        return Experiment(
            name=self.name,
            sources={one.file: one.text for one in reversed(self.document.documents)},
            changes=self.document.changes.data if self.document.changes else {},
            title=file.title,
            question=file.question,
            cites=file.cites,
            text=file.text,
            topic=file.topic,
            optional=file.optional,
            trials_per_job=self.config.trials_per_job,
            probes=file.probes,
            keep=file.keep,
            figures=file.figures,
            claims=tuple(claim.with_reason(self.config.margins) for claim in file.claims),
            reported=file.reported,
            **made,
        )

    def _file(self, context: Context | None = None) -> ExperimentFile | None:
        """The validated file; None if anything is wrong with it."""
        try:
            return ExperimentFile.model_validate(
                self.document.data, context=context or self._context()
            )
        except ValidationError as error:
            for paths, message in explained(error, ExperimentFile):
                self._blame(paths[0], message)
        return None

    def _context(self) -> Context:
        return Context(
            variants=list(self._variants),
            searches={
                name: variant["search"]
                for name, variant in self._variants.items()
                if "search" in variant
            },
            grid={key: self._axes.get(key) for key, _ in mapping(self.document.data, "grid")},
            probes=_names(self.document.data, "probes"),
            keep=_names(self.document.data, "keep"),
            seeds=self._seeds(),
            per_seed=self._per_seed,
        )

    def _trainers(self, base: Draft) -> list[Any]:
        """The trainers of all cells, as the file has them."""
        shared = base.result().get("trainer")
        others = [one.get("trainer") for one in self._variants.values()]
        return [shared, *others, *self._axes.get("trainer", ())]

    def _seeds(self) -> int | None:
        found = self.document.data.get("seeds", ExperimentFile.model_fields["seeds"].default)
        return found if type(found) is int and found > 1 else None

    def _first_seed(self) -> int:
        if self.config.first_seed is not None:
            return self.config.first_seed
        found = self.document.data.get("first_seed", 0)
        return found if type(found) is int and found >= 0 else 0

    def _variant(self, name: str) -> Variant:
        own = {
            key: self._variants[name][key]
            for key in Variant.model_fields
            if key in self._variants[name]
        }
        variant = self._validated_variant(Variant, name, own)
        if variant.search and self._axes:
            message = "you can't combine a searched variant with a grid; remove one of them"
            self._blame(("variants", name, "search"), message)
        return variant

    def _validated_variant(self, kind: type[V], name: str, data: Mapping[str, Any]) -> V:
        """A variant as the file describes it; without keys if anything is wrong with it."""
        try:
            return kind.model_validate(data)
        except ValidationError as error:
            for paths, message in explained(error, kind):
                self._blame(("variants", name, *paths[0]), message)
            return kind()

    def _base(self) -> Draft:
        draft = Draft(self.document, ("base",))
        draft.lay(shipped.defaults(), self.source, ("defaults",))
        draft.lay(self.config.defaults, self.source, ("defaults",))
        for settings, document in self.document.layers("base"):
            draft.lay(settings, document, ("base",))
        override = self.config.override
        draft.lay(
            {key: value for key, value in override.items() if "." not in key},
            self.source,
            ("override",),
        )
        for key in filter(lambda key: "." in key, override):
            draft.put(key, override[key], self.source, ("override", key))
        return draft

    def _over(self, base: Draft, name: str) -> Draft:
        draft = base.copy()
        settings = WrittenSettings.model_fields
        known = [*settings, *Variant.model_fields]
        for key, value in self._variants[name].items():
            if key not in known:
                self._blame(("variants", name, key), unknown_key(key, value, known))
        for variant, document in self.document.layers("variants", name):
            own = {key: value for key, value in variant.items() if key in settings}
            draft.lay(own, document, ("variants", name))
        return draft

    def _crossed(self, name: str, draft: Draft, grid: Mapping[str, list[Any]]) -> Iterator[Trained]:
        for points in itertools.product(*grid.values()):
            at = dict(zip(grid, points, strict=True))
            here = draft.copy() if at else draft
            for axis, point in at.items():
                position = position_of(point, self._axes[axis]) or 0
                here.put(axis, point, self.document, ("grid", axis, position))
            settings = resolved(here, self.datasets, self.problems, self._unused(here))
            if settings:
                self._need(settings, here)
                yield Trained(name, at, self._run(settings), settings.evaluation.points)

    def _searched(
        self, name: str, draft: Draft, search: Search
    ) -> tuple[Trained, SearchSpec] | None:
        path = ("variants", name, "search")
        per_seed = name in self._per_seed
        if per_seed and (why := differs(search.space, self.document.data)):
            self._blame((*path, "per_seed"), f"{why}; write per_seed: false")
        most = max(50, MOST // sum("search" in one for one in self._variants.values()))
        lists = (self.problems, self._unused(draft))
        settings = searched_settings(draft, search, path, self.datasets, *lists, most)
        if settings is None:
            return None
        self._need(settings, draft)
        spec = SearchSpec(
            root_seed=self.config.root_seed,
            settings=settings,
            space=dict(sorted(search.space.items())),  # the order determines the random values
            objective=search.objective,
            trials=self.config.search_trials or search.trials,
            method=search.method,
            round=search.round,
            repeats=(
                self.config.seeds or self._seeds() or 1
                if per_seed
                else self.config.search_repeats or search.repeats
            ),
            per_seed=per_seed,
            first_seed=0 if per_seed else self._first_seed(),
        )
        if why := spec.searcher(0).learns_nothing():
            doubt = self.document.problem((*path, "trials"), f"{spec.method} {why}")
            (self.doubts if self.config.search_trials else self.problems).append(doubt)
        run = self._run(settings, spec.reference())
        return Trained(name, {}, run, settings.evaluation.points), spec

    def _unused(self, draft: Draft) -> list[Problem]:
        """The list for what the trainer of a draft can't use."""
        chosen = draft.entry(("trainer",))
        return self.unable if chosen and chosen.source is self.source else self.problems

    def _need(self, settings: Settings, draft: Draft) -> None:
        """Note what the trainer lacks."""
        if why := settings.trainer.lacks():
            problem = draft.problem(("trainer",), why)
            self.lacking += [] if problem in self.lacking else [problem]

    def _run(self, settings: Settings, search: SearchReference | None = None) -> RunSpec:
        # Without validation, which would go through the valid settings again.
        return RunSpec.model_construct(
            root_seed=self.config.root_seed,
            settings=settings.trained,
            search=search,
        )

    def _thinned_grid(self, file: ExperimentFile | None) -> dict[str, list[Any]]:
        tests = [claim.test for claim in file.claims] if file else []
        figures = [f.at for f in file.figures if isinstance(f, GridFigure)] if file else []
        grid = {}
        for axis in filter(KEYS.__contains__, self._axes):
            points = self._axes[axis]
            named = [point for test in tests for point in test.points(axis)]
            named += [at[axis] for at in figures if axis in at and not isinstance(at[axis], Best)]
            kept = thinned(
                len(points), self.config.thin_grid, [position_of(p, points) or 0 for p in named]
            )
            grid[axis] = [points[position] for position in kept]
        return grid

    def _fits(self, grid: Mapping[str, list[Any]]) -> bool:
        points = math.prod(len(values) for values in grid.values())
        runs = points * len(self._variants)
        if runs > self.config.max_runs:
            asked = f"{len(self._variants)} variants"
            if points > 1:
                asked += f" at {points} points"
            self._blame(
                ("grid",) if points > 1 else ("variants",),
                f"{asked} make {runs} runs; max_runs allows {self.config.max_runs}",
            )
        return runs <= self.config.max_runs

    def _labels(self, variants: Mapping[str, AnyVariant]) -> dict[str, str]:
        """The labels of the variants, by default their names; equal ones are blamed."""
        labels = {name: variant.label or _in_words(name) for name, variant in variants.items()}
        first: dict[str, str] = {}
        for name, label in labels.items():
            if (other := first.setdefault(label, name)) != name:
                message = f"{other} has the label {label}, too; name them differently"
                self._blame(("variants", name, "label"), message)
        return labels

    def _blame(self, path: Path, message: str) -> None:
        self.problems.append(self.document.problem(path, message))


def mapping(data: Any, key: str) -> list[tuple[str, Any]]:
    """The keys and values of a mapping in a file; none if something else is written."""
    value = data.get(key) if isinstance(data, dict) else None
    return list(value.items()) if isinstance(value, dict) else []


def _names(data: Mapping[str, Any], key: str) -> list[Any] | None:
    """The names in a list of the file; None if something else is written."""
    value = data.get(key, [])
    return [name for name in value if isinstance(name, str)] if isinstance(value, list) else None


def _valid_axis(points: list[Any]) -> bool:
    try:
        _AXIS.validate_python(points)
    except ValidationError:
        return False
    return True


def _in_words(name: str) -> str:
    words = name.replace("_", " ")
    return words[:1].upper() + words[1:]


def thinned(count: int, keep: int | None, needed: Sequence[int] = ()) -> list[int]:
    """At most `keep` of 0..count-1, evenly spread with both ends, and also the needed ones."""
    if keep is None or count <= keep:
        return list(range(count))
    spread = {round(step * (count - 1) / (keep - 1)) for step in range(keep)}
    return sorted(spread | set(needed))

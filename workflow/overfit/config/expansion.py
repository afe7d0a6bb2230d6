"""From an experiment file to its runs, collecting every mistake on the way.

Broken parts of the file are left out, so that the mistakes of the rest are found as well.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from pydantic import TypeAdapter, ValidationError

from overfit.claims.best import Best
from overfit.claims.places import Spot
from overfit.config import shipped
from overfit.config.config import Config
from overfit.config.experiment import WORDS, Cell, Experiment, Trained
from overfit.config.experiment_file import ExperimentFile, MeasuredVariant, Points, Variant
from overfit.config.extending import Lineage
from overfit.config.merging import Draft
from overfit.config.messages import explained
from overfit.config.model import position_of
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
from overfit.metrics.axes import NOT_AXES
from overfit.metrics.measured import MeasurementError, read
from overfit.metrics.measurements import Measurements
from overfit.metrics.table import GAPS, MATCH, Metric, declare, names_in, quantities
from overfit.search.space import MOST
from overfit.trainers import declared
from overfit.trainers import default as default_trainer

_AXIS: TypeAdapter[tuple[Any, ...]] = TypeAdapter(Points)


@dataclass
class Expansion:
    """The expansion of one file."""

    name: str
    document: Lineage
    config: Config
    source: Source
    """Where the settings of the configuration are written."""
    datasets: Mapping[str, Dataset]
    mixed: Callable[[str, str], str | None]
    """Why there is no gap on a dataset with this draw, as far as it is known."""
    problems: list[Problem] = field(default_factory=list)
    doubts: list[Problem] = field(default_factory=list)
    """What is probably not meant."""
    lacking: list[Problem] = field(default_factory=list)
    """Packages that its trainers need and that are not installed."""

    def __post_init__(self) -> None:
        data = self.document.data
        self._variants = {
            name: variant
            for name, variant in _mapping(data, "variants")
            if isinstance(variant, dict)
        }
        self._axes = {
            key: points
            for key, points in _mapping(data, "grid")
            if isinstance(points, list) and _valid_axis(points)
        }

        self._per_seed = {
            name
            for name, variant in self._variants.items()
            if searches_per_seed(name, variant.get("search"), data)
        }

    def experiment(self) -> Experiment | None:
        """The experiment; None if anything is wrong with it, see `problems`."""
        if self.document.data.get("measurements") is not None:
            return self._measured()
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
        labels = {name: variant.label or _label(name) for name, variant in variants.items()}
        self._blame_equal_labels(labels)
        for key in ("probes", "keep"):
            if file and getattr(file, key):
                others = {cell.settings.trainer for cell in cells} - {default_trainer()}
                for other in filter(lambda one: not one.RECORDS, others):
                    self._blame((key,), f"the trainer {other.called()} can't record these")
        read_well = not any(document.problems for document in self.document.documents)
        if file and read_well and not self.problems:
            told = one_run_compared(file, context, cells)
            missing = missing_layers(file, context, cells, self.datasets)
            for path, message in [*told, *missing]:
                doubt = self.document.problem(path, message)
                (self.doubts if self.config.shortens else self.problems).append(doubt)
            mixed = mixed_gaps(file, context, cells, self.mixed)
            for path, message in [*mixed, *undeclared(file, context, cells, own)]:
                self._blame(path, message)
        if file is None or self.problems:
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
        """The experiment, of what the file says and what was made of it."""
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

    def _measured(self) -> Experiment | None:
        """An experiment whose results are measurements."""
        variants = {name: self._measured_variant(name) for name in self._variants}
        values = {name: name if one.value is None else one.value for name, one in variants.items()}
        for axis in self._axes:
            if axis in NOT_AXES:
                self._blame(("grid", axis), "no axis can have this name, a column of all tables")
        of, rows = self._measurements(), None
        whole = len(values) == len(_mapping(self.document.data, "variants")) and values
        if of and whole and self._fits(self._axes) and not self.problems:
            try:
                rows = read(self.name, of, values, self._axes)
            except MeasurementError as error:
                self.problems += error.problems
                for path, message in error.paths:
                    at = ("grid", path[1]) if path[0] == "grid" else ("measurements", *path)
                    self._blame(path if path[0] == "variants" else at, message)
        names = of.names(rows.given if rows else None) if of else []
        declare(own := of.own() if of else {})
        seeds = len(rows.seeds) if rows else None
        file = self._file(replace(self._context(), own=own, measured=names, seeds=seeds))
        for position, figure in enumerate(file.figures if file else ()):
            there = {"metrics", *(["histories"] if not rows or len(rows.histories) else [])}
            if lacking := sorted(set(figure.reads) - there):
                what = "learning curves; name the column of updates in measurements: update"
                what = (
                    what if lacking == ["histories"] else f"{lacking[0]}, which only training has"
                )
                self._blame(("figures", position, "kind"), f"{figure.kind_name} draws {what}")
        labels = {name: one.label or _label(name) for name, one in variants.items()}
        self._blame_equal_labels(labels)
        if file is None or rows is None or self.problems:
            return None
        self.doubts += rows.doubts
        points = [
            dict(zip(self._axes, point, strict=True))
            for point in itertools.product(*self._axes.values())
        ]
        return self._expanded(
            file,
            labels=labels,
            grid=self._axes,
            seeds=len(rows.seeds),
            cells=tuple(Cell(name, dict(at)) for name in variants for at in points),
            searches={},
            measurements=of,
            curves=len(rows.histories) > 0,
            values=values,
            own=own,
            read=tuple(rows.told),
        )

    def _measurements(self) -> Measurements | None:
        """Where the results are; None if it is wrong, as `_file` tells."""
        try:
            return Measurements.model_validate(self.document.data["measurements"])
        except ValidationError:
            return None

    def _measured_variant(self, name: str) -> MeasuredVariant:
        try:
            return MeasuredVariant.model_validate(self._variants[name])
        except ValidationError as error:
            for paths, message in explained(error, MeasuredVariant):
                self._blame(("variants", name, *paths[0]), message)
        return MeasuredVariant()

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
            grid={key: self._axes.get(key) for key, _ in _mapping(self.document.data, "grid")},
            probes=_names(self.document.data, "probes"),
            keep=_names(self.document.data, "keep"),
            seeds=self._seeds(),
            per_seed=self._per_seed,
        )

    def _trainers(self, base: Draft) -> list[Any]:
        """What is written of the trainers of all cells."""
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
        try:
            variant = Variant.model_validate(own)
        except ValidationError as error:
            for paths, message in explained(error, Variant):
                self._blame(("variants", name, *paths[0]), message)
            return Variant()
        if variant.search and self._axes:
            message = "you can't combine a searched variant with a grid; remove one of them"
            self._blame(("variants", name, "search"), message)
        return variant

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
            settings = resolved(here, self.datasets, self.problems)
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
        settings = searched_settings(draft, search, path, self.datasets, self.problems, most)
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

    def _blame_equal_labels(self, labels: Mapping[str, str]) -> None:
        first: dict[str, str] = {}
        for name, label in labels.items():
            if (other := first.setdefault(label, name)) != name:
                message = f"{other} has the label {label}, too; name them differently"
                self._blame(("variants", name, "label"), message)

    def _blame(self, path: Path, message: str) -> None:
        self.problems.append(self.document.problem(path, message))


def one_run_compared(
    file: ExperimentFile, context: Context, cells: Sequence[Trained]
) -> Iterator[tuple[Path, str]]:
    """Claims and figures that compare a run with itself, because its settings have two names."""
    runs: dict[str, dict[tuple[Any, ...], str]] = {}
    for cell in cells:
        runs.setdefault(cell.variant, {})[tuple(cell.at.items())] = cell.run.id

    def at(spot: Spot, *left_out: str) -> dict[tuple[Any, ...], set[str]]:
        """The runs of a spot, at each point of the axes that it averages over."""
        found: dict[tuple[Any, ...], set[str]] = {}
        for point, run in runs.get(spot.variant, {}).items():
            if all(spot.fixed.get(axis, value) == value for axis, value in point):
                rest = (one for one in point if one[0] not in (*spot.fixed, *left_out))
                found.setdefault(tuple(rest), set()).add(run)
        return found

    for position, claim in enumerate(file.claims):
        test, where = claim.test, ("claims", position, "test")
        spots, along = test.spots(), test.place.along
        pairs = list(zip(spots[::2], spots[1::2], strict=False))
        sides = list(zip(*pairs, strict=True))
        if same := next((pair for pair in pairs if at(pair[0]) == at(pair[1])), None):
            yield where, _with_itself(*same)
        elif len(pairs) == 2 and all(at(one) == at(other) for one, other in sides):
            yield where, "compares a difference with itself: all settings are the same"
        if along and all(len(run) == 1 for spot in spots for run in at(spot, along).values()):
            yield where, f"{along} changes nothing here: all of its points are one run"
    for position, figure in enumerate(file.figures):
        baseline = getattr(figure, "baseline", None) or getattr(figure, "relative_to", None)
        place = figure.at if isinstance(figure, GridFigure) else {}
        shown = sorted({*figure.shown(context), baseline} & runs.keys()) if baseline else []
        for one, other in itertools.combinations([Spot(name, place) for name in shown], 2):
            if at(one) == at(other):
                yield ("figures", position), _with_itself(one, other)


def undeclared(
    file: ExperimentFile, context: Context, cells: Sequence[Trained], own: Mapping[str, Metric]
) -> Iterator[tuple[Path, str]]:
    """Claims, figures and numbers of the source on metrics that a trainer of theirs doesn't have.

    Also metrics that two trainers declare differently.
    """
    trainers = {cell.run.settings.trainer: cell.variant for cell in cells}
    for trainer, variant in trainers.items():
        for name, wording in trainer.declared.items():
            if wording != own[name]:
                message = f"another trainer declares {name} with another name, unit or side"
                yield ("variants", variant), message

    def told(path: Path, names: Iterable[str], spots: Iterable[Spot]) -> Iterator[tuple[Path, str]]:
        for name in {one.partition(MATCH)[0]: None for one in names}:
            if name not in own:
                continue
            for cell in (cell for spot in spots for cell in cells if _is_at(cell, spot)):
                trainer = cell.run.settings.trainer
                if name not in trainer.declared:
                    yield (
                        path,
                        f"{cell.variant} has no {name}: {trainer.called()} doesn't declare it",
                    )
                    break

    for position, claim in enumerate(file.claims):
        test = claim.test
        yield from told(("claims", position, "test", test.kind), [test.metric], test.spots())
    for position, figure in enumerate(file.figures):
        spots = [Spot(name, {}) for name in figure.shown(context)]
        for key, value in figure:
            if key not in WORDS:
                yield from told(("figures", position, key), names_in(value), spots)
    for position, number in enumerate(file.reported):
        spots = [Spot(number.of, dict(number.at))]
        yield from told(("reported", position, "metric"), names_in(number.metric), spots)


def _is_at(cell: Trained, spot: Spot) -> bool:
    """Whether a cell is one of a spot."""
    return cell.variant == spot.variant and all(
        cell.at.get(axis, point) == point for axis, point in spot.fixed.items()
    )


def mixed_gaps(
    file: ExperimentFile,
    context: Context,
    cells: Sequence[Trained],
    mixed: Callable[[str, str], str | None],
) -> Iterator[tuple[Path, str]]:
    """Claims, figures and numbers of the source on gaps between sets that can't be compared."""
    sets = {(cell.variant, cell.run.settings.data) for cell in cells}
    why = {name: text for name, data in sets if (text := mixed(data.dataset, data.draw))}

    def told(path: Path, names: Iterable[str], variants: Iterable[str]) -> Iterator[Any]:
        gaps = [name for name in names if name.partition(MATCH)[0] in GAPS]
        first = next((name for name in variants if name in why), None)
        if gaps and first:
            message = f"{gaps[0]} of {first} would compare sets with different class frequencies"
            yield path, f"{message}: {why[first]}"

    for position, claim in enumerate(file.claims):
        test = claim.test
        yield from told(("claims", position, "test", test.kind), [test.metric], test.variants())
    for position, figure in enumerate(file.figures):
        for key, value in figure:
            names = ["gap"] if key == "gap" and value is True else names_in(value)
            if key not in WORDS:
                yield from told(("figures", position, key), names, figure.shown(context))
    for position, number in enumerate(file.reported):
        yield from told(("reported", position, "metric"), names_in(number.metric), [number.of])


def missing_layers(
    file: ExperimentFile,
    context: Context,
    cells: Sequence[Trained],
    datasets: Mapping[str, Dataset],
) -> Iterator[tuple[Path, str]]:
    """Claims and figures about layers or classes that no network of theirs has.

    Where a search may find another depth, or the entry of a dataset has no classes, nobody knows.
    """
    depths: dict[str, float] = {}
    classes: dict[str, float] = {}
    for cell in cells:
        entry = datasets.get(cell.run.settings.data.dataset)
        count = (entry.classes or len(entry.names or ())) if entry else 0
        classes[cell.variant] = max(count or math.inf, classes.get(cell.variant, 0))
        finds = cell.run.search.finds if cell.run.search else ()
        unknown = {"model.depth", "model.hidden"} & {*finds}
        depth = math.inf if unknown else len(cell.run.settings.model.hidden) + 1
        depths[cell.variant] = max(depth, depths.get(cell.variant, 0))

    def missing(layers: Iterable[tuple[str, int]], variants: Sequence[str]) -> Iterator[str]:
        known = [depths[name] for name in variants if name in depths]
        for name, layer in layers:
            if any(name in own and own[name].classes for own in quantities().values()):
                most = max((classes[one] for one in variants if one in classes), default=math.inf)
                if layer >= most:
                    yield f"there is no class {layer}; the classes are 0 to {most - 1}"
                continue
            hidden = any(name in own and own[name].hidden for own in quantities().values())
            if known and not 1 <= layer <= max(known) - hidden:
                what = "hidden layer" if hidden else "layer"
                yield f"there is no {what} {layer}; the {what}s are 1 to {max(known) - hidden}"

    for position, claim in enumerate(file.claims):
        test = claim.test
        for name in test.variants():  # each must have the layer, or no seed has a value
            for message in missing(_layers_in(test.metric), [name]):
                yield ("claims", position, "test", test.kind), f"{name}: {message}"
    for position, figure in enumerate(file.figures):
        for key, value in figure:
            names = value if isinstance(value, tuple) else (value,)
            quantity = getattr(figure, "quantity", "")
            layers = [found for one in names for found in _layers_in(one)]
            layers = [(quantity, layer) for layer in names] if key == "layers" else layers
            for message in missing(layers, figure.shown(context)):
                yield ("figures", position, key), message


def _layers_in(metric: Any) -> list[tuple[str, int]]:
    """The quantity and the layer (or class) that a metric such as `weights.rms.2` is about."""
    found = re.match(rf"(?:{'|'.join(quantities())})\.(\w+)\.(\d+)", str(metric))
    return [(found[1], int(found[2]))] if found else []


def _with_itself(one: Spot, other: Spot) -> str:
    if one.variant == other.variant:
        return f"compares a run with itself: {one.variant} has the same settings at both points"
    return f"compares a run with itself: {one.variant} and {other.variant} have the same settings"


def _mapping(data: Any, key: str) -> list[tuple[str, Any]]:
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


def _label(name: str) -> str:
    words = name.replace("_", " ")
    return words[:1].upper() + words[1:]


def thinned(count: int, keep: int | None, needed: Sequence[int] = ()) -> list[int]:
    """At most `keep` of 0..count-1, evenly spread with both ends, and also the needed ones."""
    if keep is None or count <= keep:
        return list(range(count))
    spread = {round(step * (count - 1) / (keep - 1)) for step in range(keep)}
    return sorted(spread | set(needed))

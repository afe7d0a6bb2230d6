"""Claims, figures and numbers of the source that can't be about the cells of an experiment.

These mistakes show only when all cells are known: runs compared with themselves, metrics that no
trainer of a variant declares, gaps between sets with different class frequencies, missing layers.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from overfit.claims.places import Spot
from overfit.config.experiment import WORDS, Trained
from overfit.config.experiment_file import ExperimentFile
from overfit.config.names import Context
from overfit.config.problems import Path
from overfit.data.readers import Dataset
from overfit.figures.options import GridFigure
from overfit.metrics.table import GAPS, MATCH, Metric, names_in, quantities


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

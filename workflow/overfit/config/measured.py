"""From an experiment file whose results are measurements to its cells, with all mistakes."""

from __future__ import annotations

import itertools
from dataclasses import replace

from pydantic import ValidationError

from overfit.config.expansion import Expansion, mapping
from overfit.config.experiment import Cell, Experiment
from overfit.config.experiment_file import MeasuredVariant
from overfit.metrics.axes import NOT_AXES
from overfit.metrics.measured import MeasurementError, read
from overfit.metrics.measurements import Measurements
from overfit.metrics.table import declare


class MeasuredExpansion(Expansion):
    """The expansion of a file with `measurements`."""

    def experiment(self) -> Experiment | None:
        """The experiment; None if anything is wrong with it, see `problems`."""
        variants = {
            name: self._validated_variant(MeasuredVariant, name, self._variants[name])
            for name in self._variants
        }
        values = {name: name if one.value is None else one.value for name, one in variants.items()}
        for axis in self._axes:
            if axis in NOT_AXES:
                self._blame(("grid", axis), "an axis can't have this name, a column of all tables")
        of, rows = self._measurements(), None
        whole = len(values) == len(mapping(self.document.data, "variants")) and values
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
                what = f"{lacking[0]}, which measurements don't have"
                if lacking == ["histories"]:
                    what = "learning curves; name the column of updates in measurements: update"
                self._blame(("figures", position, "kind"), f"{figure.kind_name} draws {what}")
        labels = self._labels(variants)
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
        """The block `measurements`; None if it has mistakes, which `_file` reports."""
        try:
            return Measurements.model_validate(self.document.data["measurements"])
        except ValidationError:
            return None

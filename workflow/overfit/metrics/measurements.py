"""Results that exist already: where the runs of a table are, which were trained elsewhere.

A row is a run, or an evaluation of a run if a column counts updates. Metrics are columns (wide), or
a column names the metric and another has its value (long). `overfit.metrics.measured` reads it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from overfit.config.model import Clash, Number, Text, clashes
from overfit.config.names import Point
from overfit.config.problems import Path as Place
from overfit.data.readers import Own
from overfit.data.table_keys import TextKeys
from overfit.metrics.own import OwnMetric, is_known, own_mistake
from overfit.metrics.table import SPLITS, Metric

DERIVED = {
    "gap": ("train_accuracy", "test_accuracy"),
    "generalization_gap_loss": ("test_loss", "train_loss"),
    "test_error": ("test_accuracy",),
}
"""Metrics that are computed from others."""
OF_CURVES = {
    "best_test_accuracy": ("test_accuracy",),
    "test_loss_rise": ("test_loss",),
    "updates_to_best_test_loss": ("test_loss",),
    "updates_to_90": ("train_accuracy",),
}
"""Metrics that are computed from the learning curves of others."""


class Column(OwnMetric):
    """A metric of the table. A text is short for its column."""

    column: Text | None = None
    """Its column; of a long table, what the column of metrics calls it. Default: its own name."""
    factor: Number = Field(default=1.0, gt=0)
    """A factor for the values in the table: 0.01 for an accuracy in percent."""


def _short(value: Any) -> Any:
    return {"column": value} if isinstance(value, str) else value


Columns = dict[str, Annotated[Column, BeforeValidator(_short, json_schema_input_type=str | Column)]]


class Measurements(TextKeys):
    """A table of runs: CSV and its relatives, Parquet or Feather."""

    file: Own
    """The table; relative to where Snakemake runs."""
    variant: Text = "variant"
    """The column of variants; `value` of a variant is its value there."""
    seed: Text = "seed"
    """The column of seeds, whole numbers. Runs of different variants with the same seed are a pair.
    """
    grid: dict[str, Text] = Field(default_factory=dict)
    """The columns of axes of the grid that are not called like their axes."""
    metrics: Columns = Field(default_factory=dict)
    """The metrics, each with its column: `{test_accuracy: test/acc}`. Other names than those of
    overfit are custom metrics: `{rate: {column: img/s, unit: images/s, better: higher}}`. A
    long table needs none if it has overfit's names."""
    metric: Text | None = None
    """The column with the names of metrics, if the table is long."""
    value: Text = "value"
    """The column of values, if the table is long."""
    update: Text | None = None
    """The column that counts updates, steps or epochs, if a run has several rows. A run counts with
    its last row."""
    epoch: Text | None = None
    """The column of epochs, for the axes of figures. Default: `update`."""
    split: Text | None = None
    """The column of splits, if accuracies or losses of different splits have different
    rows. Metrics are then `accuracy` and `loss`."""
    where: dict[str, Point] = Field(default_factory=dict)
    """Use only rows with these values in other columns: `{State: finished}`."""
    missing: Literal["refuse", "drop"] = "refuse"
    """What to do if a variant lacks a seed that another one has, or if a value is missing: refuse
    the table, or leave the seed out of each comparison in which it has no partner."""

    @model_validator(mode="after")
    def _sound(self) -> Measurements:
        clashes(self._mistakes())
        return self

    def _mistakes(self) -> Iterator[Clash]:
        if not self.metrics and not self.metric:
            yield "needs metrics: {METRIC: COLUMN}, or metric: COLUMN of a long table", [()]
        if self.epoch and not self.update:
            yield "epochs are for tables with a column of updates; name it in update", [("epoch",)]
        for key, one in self.metrics.items():
            at: Place = ("metrics", key)
            if self.split and key not in ("accuracy", "loss"):
                yield "must be accuracy or loss, of which each split has its own", [at]
            elif self.split or is_known(key):
                for own in sorted({"name", "unit", "better", "positive"} & one.model_fields_set):
                    yield f"{key} has a {own} already", [(*at, own)]
            elif wrong := own_mistake(key):
                yield wrong, [at]

    def own(self) -> dict[str, Metric]:
        """The metrics that are not overfit's, and how they are written."""
        found = {} if self.split else self.metrics
        return {key: one.wording(key) for key, one in found.items() if not is_known(key)}

    def names(self, given: Collection[str] | None = None) -> list[str]:
        """The metrics that claims and figures can be about.

        Args:
            given: those that the table has; those that `metrics` names if it isn't known.
        """
        named = [f"{split}_{key}" for split in SPLITS for key in self.metrics if self.split]
        found = list(given or named or self.metrics)
        computed = DERIVED | (OF_CURVES if self.update else {})
        return found + [
            name
            for name, of in computed.items()
            if name not in found and all(one in found for one in of)
        ]

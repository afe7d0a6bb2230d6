"""Hyperparameter search, as a variant describes it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from overfit.config.dimensions import Range
from overfit.config.model import Model, clashes, mistake
from overfit.config.problems import Path
from overfit.config.space import Space, grid, grid_values, space_clashes


def _on_validation_images(metric: Any) -> Any:
    if isinstance(metric, str) and metric.startswith("test_"):
        raise mistake(
            f"{metric} is measured on test images, which a search must not see; "
            "maximize validation_accuracy or minimize validation_loss"
        )
    return metric


class Objective(Model):
    """What the search looks for; measured on validation images, never on test images."""

    maximize: (
        Annotated[Literal["validation_accuracy"], BeforeValidator(_on_validation_images)] | None
    ) = None
    """The metric at the end of training that is to be high; either this or `minimize`."""
    minimize: (
        Annotated[Literal["validation_loss"], BeforeValidator(_on_validation_images)] | None
    ) = None
    """The metric at the end of training that is to be low."""

    @property
    def metric(self) -> str:
        """The metric."""
        return str(self.maximize or self.minimize)

    @property
    def plan(self) -> dict[str, str]:
        """As it is written: `{maximize: validation_accuracy}`."""
        return self.model_dump(exclude_none=True)

    @model_validator(mode="after")
    def _one_metric(self) -> Objective:
        if self.maximize and self.minimize:
            clashes([("two metrics are given; one of them is enough", [("minimize",)])])
        if not (self.maximize or self.minimize):
            message = "names no metric; maximize: validation_accuracy or minimize: validation_loss"
            clashes([(message, [()])])
        return self


Method = Literal["grid", "random", "random_grid", "qmc", "tpe", "gp", "hyperband"]
METHODS: dict[Method, str] = {
    "grid": "Every point of a grid. Continuous ranges need `points`; more points than `trials` are "
    "refused.",
    "random": "Each trial independently.",
    "random_grid": "Points of a grid, drawn without replacement.",
    "qmc": "Sobol points: random, but evenly spread. Powers of 2 are the best numbers of trials.",
    "tpe": "Tree-structured Parzen estimator: where good trials are dense and bad ones rare. Learns"
    " from each round.",
    "gp": "Gaussian process, where it expects the largest improvement. Learns from each round.",
    "hyperband": "Successive halving over the epochs: many configurations are trained for a short "
    "time, and the best third of them again from scratch for three times as long, up to the whole "
    "budget. All these epochs are counted.",
}
"""How to look, in a sentence each."""
ON_GRID = ("grid", "random_grid")
"""The methods whose trials are points of a grid."""
SEQUENTIAL = ("tpe", "gp", "hyperband")
"""The methods that learn from earlier rounds; the others have all trials in one."""
ROUND = 8


class Search(Model):
    """Settings that are found rather than given."""

    space: Annotated[Space, Field(min_length=1)]
    """For each dotted key of a setting, where to look: `{log_uniform: [low, high]}`."""
    method: Method
    """How to look, see below."""
    trials: int = Field(ge=1, le=10_000)
    """How many configurations are tried. For `hyperband`, which tries more of them and trains most
    of these for a part of the epochs: the budget, in trainings to the end."""
    objective: Objective
    """What is best."""
    round: int = Field(default=ROUND, ge=1, le=1000)
    """For `tpe` and `gp`: how many trials are proposed at once, from what all before have shown."""
    repeats: int = Field(default=1, ge=1, le=1000)
    """How often the whole search is done, each time with other images, initial weights and
    proposals. The best configuration is that of the first."""

    @model_validator(mode="after")
    def _values_go_together(self) -> Search:
        clashes([*self._clashes()])
        return self

    def _clashes(self) -> Iterator[tuple[str, list[Path]]]:
        wrong = [
            (message, [("space", *path) for path in paths])
            for message, paths in space_clashes(self.space)
        ]
        yield from wrong
        if self.method not in ("tpe", "gp") and "round" in self.model_fields_set:
            yield f"{self.method} has no rounds of a chosen size; tpe and gp have", [("round",)]
        if self.method == "hyperband":
            for key in ("train.epochs", "train.updates"):
                if key in self.space:
                    message = f"hyperband itself decides about {key}; take it out of the space"
                    yield message, [("space", key)]
        if self.method in ON_GRID:
            yield from self._grid_clashes(fits=not wrong)

    def _grid_clashes(self, *, fits: bool) -> Iterator[tuple[str, list[Path]]]:
        for key, dimension in self.space.items():
            if isinstance(dimension, Range) and grid_values(dimension) is None:
                fits = False
                message = f"a grid needs points here: {{{dimension.kind}: [...], points: 5}}"
                yield message, [("space", key)]
        if fits and self.method == "grid" and (size := grid(self.space).size) > self.trials:
            yield (
                f"the grid has {size} points, more than {self.trials}; raise trials or draw from "
                "it with method: random_grid",
                [("trials",)],
            )

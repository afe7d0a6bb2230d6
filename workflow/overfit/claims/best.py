"""A point on a grid axis that each seed chooses: where a validation metric of that seed is best.

So variants are compared each at its own best learning rate, say, which the test images don't see.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Discriminator, Tag, model_validator

from overfit.config.deferred import pd
from overfit.config.model import Model, clashes, mistake
from overfit.config.names import Point
from overfit.metrics.axes import axis_label, grid_axes, lowered
from overfit.metrics.table import metric

MOST = 0.2
"""In a larger share of the seeds, the best point may not be at an end of the axis."""
ALLOWED = "write {highest: validation_accuracy} or {lowest: validation_loss}"


def _on_validation_images(name: Any) -> Any:
    if isinstance(name, str) and name.startswith("test_"):
        raise mistake(
            f"{name} is measured on test images, which must not choose a point; {ALLOWED}"
        )
    return name


class Best(Model):
    """The point on a grid axis where a validation metric at the end of training is best.

    `at: {train.optimizer.lr: {highest: validation_accuracy}}` compares each variant at its best
    learning rate: for each seed, a variant counts at the rate with its highest validation accuracy
    for this seed. If a claim averages over other axes or looks along one, each point of those has
    its own best rate; several axes are chosen together. Points at which the seed diverged come
    last. A tie goes to the point with the lower validation loss, and then to the lowest point.

    If more than a fifth of the seeds choose the lowest or the highest point of the axis, points
    beyond it may be better, and the claim is inconclusive. A point at which the seed diverged
    counts as tried. 0, or 1 for whole numbers, is never an end, since no values are below it.
    """

    highest: (
        Annotated[Literal["validation_accuracy"], BeforeValidator(_on_validation_images)] | None
    ) = None
    """The metric that is highest there; either this or `lowest`."""
    lowest: Annotated[Literal["validation_loss"], BeforeValidator(_on_validation_images)] | None = (
        None
    )
    """The metric that is lowest there."""

    @property
    def metric(self) -> str:
        """The metric."""
        return str(self.highest or self.lowest)

    def __str__(self) -> str:
        """`with the highest validation accuracy`."""
        way = "highest" if self.highest else "lowest"
        return f"with the {way} {lowered(metric(self.metric).label)}"

    @model_validator(mode="after")
    def _one_metric(self) -> Self:
        if self.highest and self.lowest:
            clashes([("highest and lowest are both given; keep one of them", [("lowest",)])])
        if not (self.highest or self.lowest):
            clashes([(f"needs a metric; {ALLOWED}", [()])])
        return self


def _tag(value: Any) -> str:
    return "<best>" if isinstance(value, dict | Best) else "<point>"


PointOrBest = Annotated[
    Annotated[Best, Tag("<best>")] | Annotated[Point, Tag("<point>")], Discriminator(_tag)
]
"""A point on a grid axis, or the rule by which each seed chooses one."""


def split(at: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Best]]:
    """The fixed points of a place, and the rules on the axes on which each seed chooses one."""
    best = {axis: point for axis, point in at.items() if isinstance(point, Best)}
    return {axis: point for axis, point in at.items() if axis not in best}, best


def winners(rows: pd.DataFrame, best: Mapping[str, Best]) -> pd.DataFrame:
    """The points that each seed chooses, together if there are several axes.

    Args:
        rows: the metrics of one variant.
        best: the axes, all with the same metric.

    Returns:
        One row per seed and point on the other axes: the other axes, `seed`, the chosen axes.
    """
    how = next(iter(best.values()))
    others = [*(axis for axis in grid_axes(rows) if axis not in best), "seed"]
    keys = [*others, *best]
    score, loss = (
        rows[rows["metric"] == name].set_index(keys)["value"]
        for name in (how.metric, "validation_loss")
    )
    lost = rows[rows["metric"] == how.metric].set_index(keys)["diverged"]
    table = lost.rename("lost").to_frame().reset_index()
    table["cost"] = (-score if how.highest else score).to_numpy()
    table["loss"] = loss.reindex(lost.index).to_numpy()
    ranks = [f"rank {axis}" for axis in best]
    for axis, rank in zip(best, ranks, strict=True):
        order = sorted(table[axis].unique(), key=lambda point: (isinstance(point, str), point))
        table[rank] = table[axis].map({point: place for place, point in enumerate(order)})
    ranked = table.sort_values(["lost", "cost", "loss", *ranks], kind="stable")
    return ranked.drop_duplicates(others)[keys]


def ends(rows: pd.DataFrame, best: Mapping[str, Best]) -> Iterator[str]:
    """The ends of axes that more than `MOST` of the seeds choose, in words.

    Only axes of numbers have ends.

    Args:
        rows: the metrics of one variant.
        best: the axes, all with the same metric.
    """
    found = winners(rows, best)
    unit = "seeds" if found["seed"].is_unique else "choices"
    for axis in best:
        kind = rows[axis].dtype.kind
        if kind not in "if":
            continue
        first = 1 if kind == "i" else 0
        for side, end in (("lowest", rows[axis].min()), ("highest", rows[axis].max())):
            count = int((found[axis] == end).sum())
            if count > MOST * len(found) and (side == "highest" or end > first):
                yield (
                    f"{axis}: the best point is the {side} of the axis in {count} of {len(found)} "
                    f"{unit}"
                )


def where(best: Mapping[str, Best], *, each: bool) -> str:
    """The place of the seeds: `each at the learning rate with the highest validation accuracy`."""
    if not best:
        return ""
    axes = " and ".join(lowered(axis_label(axis)) for axis in best)
    return f"{'each ' if each else ''}at the {axes} {next(iter(best.values()))}"

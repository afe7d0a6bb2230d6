"""The kinds of figures an experiment may ask for, and their options.

A kind is a model here, a member of `Figure`, and a module of `overfit.figures` that draws it.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, Tag

from overfit.spec.choice import told_apart_by
from overfit.spec.model import Items, Model, Name
from overfit.spec.names import Axis, Metric, SearchedVariant, VariantName


class _Figure(Model):
    name: Name | None = None
    """File name of the figure; its kind by default."""
    caption: str = ""
    """What the figure shows, below it."""

    @property
    def key(self) -> str:
        """The figure's file name."""
        return self.name or str(self.model_dump()["kind"])

    def plan(self) -> dict[str, Any]:
        """The figure as scripts get it: kind, name, caption, options."""
        options = self.model_dump(mode="json", exclude={"kind", "name", "caption"})
        kind = self.model_dump()["kind"]
        return {"kind": kind, "name": self.key, "caption": self.caption, "options": options}


class LearningCurves(_Figure):
    """Accuracy over the epochs, a panel for each variant, with a band over the seeds."""

    kind: Literal["learning_curves"]


class WeightScalePanel(_Figure):
    """Training accuracy over the epochs, a small panel for each point of an axis."""

    kind: Literal["weight_scale_panel"]
    axis: Axis
    """A key of the experiment's grid."""


class BestTrials(_Figure):
    """Learning curves of the best trials of a search, best first."""

    kind: Literal["best_trials"]
    variant: SearchedVariant
    """The searched variant."""
    count: int = Field(default=20, ge=1, le=100)
    """How many trials."""


class Comparison(_Figure):
    """All variants side by side: each seed, the mean and its interval, for each metric."""

    kind: Literal["comparison"]
    metrics: Annotated[tuple[Metric, ...], Items, Field(min_length=1)]
    """A panel for each."""
    baseline: VariantName
    """The variant that the others are compared with."""


KINDS: dict[str, type[_Figure]] = {
    "learning_curves": LearningCurves,
    "weight_scale_panel": WeightScalePanel,
    "best_trials": BestTrials,
    "comparison": Comparison,
}


Figure = Annotated[
    Annotated[LearningCurves, Tag("<learning_curves>")]
    | Annotated[WeightScalePanel, Tag("<weight_scale_panel>")]
    | Annotated[BestTrials, Tag("<best_trials>")]
    | Annotated[Comparison, Tag("<comparison>")],
    told_apart_by("kind", "kind of figure", KINDS),
]

"""Figures of what happens during training."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field

from overfit.config.figures.figure import (
    BaseFigure,
    GridFigure,
    Mistakes,
    Reads,
    needs_probe,
    no_item_twice,
    panels,
)
from overfit.config.model import Items
from overfit.config.names import Axis, Context, SearchedVariant
from overfit.metrics.table import quantities

Split = Literal["train", "validation", "test"]


class LearningCurves(GridFigure):
    """Accuracy or loss over the epochs, a panel for each variant, with a band over the seeds.

    Each point of a grid has a panel of its own.
    """

    reads: ClassVar[tuple[Reads, ...]] = ("histories",)
    most_variants: ClassVar[int] = 16

    kind: Literal["learning_curves"]
    quantity: Literal["accuracy", "loss"] = "accuracy"
    """What is shown."""
    splits: Annotated[
        tuple[Split, ...], Items, Field(min_length=1), AfterValidator(no_item_twice)
    ] = ("train", "test")
    """The images that it is shown for; training and test images by default."""
    gap: bool = False
    """Whether a last panel shows the gap, training minus test accuracy, of all variants."""

    def mistakes(self, context: Context) -> Mistakes:
        """A gap without its two sides."""
        yield from super().mistakes(context)
        if self.gap and self.quantity != "accuracy":
            yield ("the gap is one of accuracies, not of losses", [("gap",)])

    def left_over(self, axes: Sequence[str], context: Context) -> Mistakes:
        """Too many panels; each point that is left has one."""
        cells = len(self.shown(context)) * panels(context, axes)
        if axes and cells > self.most_variants:
            yield (
                f"{len(self.shown(context))} variants at {panels(context, axes)} points are "
                f"{cells} panels, more than {self.most_variants}; pick some with at: "
                f"{{{axes[0]}: POINT}} or with variants",
                [()],
            )
        if axes and self.gap and panels(context, axes) > 1:
            yield ("the gap is drawn at one point of the grid; name it in at", [("gap",)])


class WeightScalePanel(BaseFigure):
    """Training accuracy over the epochs, a small panel for each point of an axis."""

    reads: ClassVar[tuple[Reads, ...]] = ("histories",)

    most_variants: ClassVar[int] = 4
    most_points: ClassVar[int] = 25

    kind: Literal["weight_scale_panel"]
    axis: Axis
    """A key of the experiment's grid, which has no other."""

    def mistakes(self, context: Context) -> Mistakes:
        """Other axes, too many points or variants."""
        others = [axis for axis in context.grid if axis != self.axis]
        if others and self.axis in context.grid:
            yield (
                f"weight_scale_panel needs a grid of the single axis {self.axis}; there is also "
                f"{', '.join(others)}",
                [("axis",)],
            )
        points, variants = panels(context, [self.axis]), len(context.variants)
        if points > self.most_points or variants > self.most_variants:
            yield (
                f"weight_scale_panel can draw up to {self.most_points} points of "
                f"{self.most_variants} variants; there are {points} of {variants}",
                [("axis",)],
            )


class BestTrials(BaseFigure):
    """Learning curves of the best trials of a search, best first."""

    reads: ClassVar[tuple[Reads, ...]] = ("trials",)

    kind: Literal["best_trials"]
    variant: SearchedVariant
    """The searched variant."""
    count: int = Field(default=20, ge=1, le=40)
    """How many trials."""


PROBE_OF: dict[str, str] = {
    name: probe
    for probe, own in quantities().items()
    for name, quantity in own.items()
    if quantity.layers
}
"""The probe that records a quantity."""
if TYPE_CHECKING:
    ProbeQuantity = str
else:
    ProbeQuantity = Literal[tuple(PROBE_OF)]


class ProbeCurves(GridFigure):
    """What a probe records over training: a line for each layer, a panel for each variant."""

    reads: ClassVar[tuple[Reads, ...]] = ("histories", "probes")
    most_variants: ClassVar[int] = 12

    kind: Literal["probe_curves"]
    quantity: ProbeQuantity
    """What is shown."""
    layers: Annotated[
        tuple[int, ...], Items, Field(max_length=12), AfterValidator(no_item_twice)
    ] = ()
    """The layers to show, counted from 1; all by default."""
    panels: Axis | None = None
    """A grid axis with a row of panels for each of its points."""
    scale: Literal["auto", "linear", "log"] = "auto"
    """Of the values; `auto` is logarithmic where they span more than a factor of 30, but for shares
    and where some are negative."""

    def own_axes(self) -> Mapping[str, str]:
        """The panels' axis."""
        return {"panels": self.panels} if self.panels else {}

    def mistakes(self, context: Context) -> Mistakes:
        """A quantity that is not recorded, too many panels."""
        yield from super().mistakes(context)
        probe = PROBE_OF[self.quantity]
        if context.probes is not None and probe not in context.probes:
            message = f"{self.quantity} is what a probe records; add it: probes: [{probe}]"
            yield (message, [("quantity",)])
        rows = panels(context, [self.panels] if self.panels else [])
        if rows * len(self.shown(context)) > 24:
            yield (
                f"{len(self.shown(context))} variants at {rows} points are "
                f"{rows * len(self.shown(context))} panels, more than 24",
                [("panels",)],
            )


class WeightDistribution(GridFigure):
    """How the weights of each layer are distributed: quantiles for each variant."""

    reads: ClassVar[tuple[Reads, ...]] = ("histories", "probes")

    kind: Literal["weight_distribution"]
    over: Literal["layers", "training"] = "layers"
    """`layers` compares the variants after training, layer by layer; `training` shows how each
    layer's quantiles spread over the epochs."""

    def mistakes(self, context: Context) -> Mistakes:
        """Without the probe there is nothing to draw."""
        yield from super().mistakes(context)
        yield from needs_probe(context, "weights", self.kind)


class ActivationHistograms(GridFigure):
    """What comes out of each hidden layer: a histogram for each layer and variant."""

    reads: ClassVar[tuple[Reads, ...]] = ("histories", "probes")

    kind: Literal["activation_histograms"]
    when: Literal["before", "after"] = "after"
    """Before the first update, or after the last."""

    def mistakes(self, context: Context) -> Mistakes:
        """Without the probe there is nothing to draw."""
        yield from super().mistakes(context)
        yield from needs_probe(context, "activations", self.kind)

"""The kind of figure `distribution`: workflow/overfit/figures/kinds/distribution.py."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from overfit.config.figures.figure import GridFigure, Reads
from overfit.config.names import Metric
from overfit.figures.wording import label, listed, lowered
from overfit.figures.words import places_note, seeds
from overfit.metrics.table import metric

if TYPE_CHECKING:
    from matplotlib.figure import Figure


class Distribution(GridFigure):
    """How a metric is distributed over the seeds: a staircase for each variant."""

    reads: ClassVar[tuple[Reads, ...]] = ("metrics",)

    kind: Literal["distribution"]
    metric: Metric
    """What is shown."""


def draw(plan: Mapping[str, Any], figure: Mapping[str, Any], results: Path) -> Figure:
    """Draw, for each variant, the share of seeds at or below each value."""
    from matplotlib.figure import Figure

    from overfit.figures.panels import key_above
    from overfit.figures.samples import estimates, metrics_of, variants_of
    from overfit.figures.theme import MUTED, SINGLE_WIDTH, variant_style

    options = figure["options"]
    metrics = metrics_of(plan, results)
    variants = variants_of(plan, figure)
    styles = {variant: variant_style(list(plan["variants"]), variant) for variant in variants}
    places = [(variant, options["at"]) for variant in variants]
    drawing = Figure(figsize=(SINGLE_WIDTH, 3.4), layout="constrained")
    axes = drawing.subplots()
    for variant, found in zip(variants, estimates(metrics, options["metric"], places), strict=True):
        style = styles[variant]
        axes.ecdf(found.seeds, color=style.colour, ls=style.dashes)
    axes.set_xlabel(metric(options["metric"]).axis)
    axes.set_ylabel("Share of seeds at or below")
    axes.set_title(seeds(plan), fontsize=8, fontweight="normal", color=MUTED)
    key_above(drawing, {label(plan, variant): style for variant, style in styles.items()})
    return drawing


def caption(plan: Mapping[str, Any], figure: Mapping[str, Any]) -> str:
    """What is shown, how to read it, n."""
    options = figure["options"]
    return " ".join(
        [
            f"Distribution of the {_what(options)} over {seeds(plan)}: the height of a staircase "
            "is the share of seeds at or below a value. One that lies to the right of another has "
            "higher values.",
            *places_note(options),
        ]
    )


def alt(plan: Mapping[str, Any], figure: Mapping[str, Any]) -> str:
    """The picture in a sentence."""
    options = figure["options"]
    shown = [label(plan, variant) for variant in options["variants"] or plan["variants"]]
    return f"Cumulative distributions of the {_what(options)} over the seeds of {listed(shown)}."


def _what(options: Mapping[str, Any]) -> str:
    return lowered(metric(options["metric"]).label)


OPTIONS = Distribution

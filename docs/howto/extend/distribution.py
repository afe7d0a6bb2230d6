"""The kind of figure `distribution`: workflow/overfit/figures/kinds/distribution.py."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from overfit.config.names import Metric
from overfit.figures.options import GridFigure, Reads
from overfit.figures.words import listed, places_note, seeds
from overfit.metrics.axes import lowered
from overfit.metrics.table import metric

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from overfit.config.experiment import Experiment
    from overfit.results import Results


class Distribution(GridFigure):
    """How a metric is distributed over the seeds: a staircase for each variant."""

    reads: ClassVar[tuple[Reads, ...]] = ("metrics",)

    kind: Literal["distribution"]
    metric: Metric
    """The metric to show."""


def draw(experiment: Experiment, figure: Distribution, results: Results) -> Figure:
    """Draw, for each variant, the share of seeds at or below each value."""
    import seaborn as sns
    from matplotlib.figure import Figure

    from overfit.figures.data import estimates, metrics_of, variants_of
    from overfit.figures.theme import MUTED, SINGLE_WIDTH, variant_styles
    from overfit.figures.toolkit import key_above

    metrics = metrics_of(experiment, results)
    variants = variants_of(experiment, figure)
    styles = {variant: variant_styles(experiment)[variant] for variant in variants}
    places = [(variant, figure.at) for variant in variants]
    drawing = Figure(figsize=(SINGLE_WIDTH, 3.4), layout="constrained")
    axes = drawing.subplots()
    for variant, found in zip(variants, estimates(metrics, figure.metric, places), strict=True):
        style = styles[variant]
        sns.ecdfplot(x=found.seeds, color=style.colour, ls=style.dashes, ax=axes)
    axes.set_xlabel(metric(figure.metric).axis)
    axes.set_ylabel("Share of seeds at or below")
    axes.set_title(seeds(experiment), fontsize=8, fontweight="normal", color=MUTED)
    key_above(drawing, {experiment.labels[variant]: style for variant, style in styles.items()})
    return drawing


def caption(experiment: Experiment, figure: Distribution) -> str:
    """What the figure shows, how to read it, and n."""
    return " ".join(
        [
            f"Distribution of the {_what(figure)} over {seeds(experiment)}: the height of a "
            "staircase is the share of seeds at or below a value. A staircase to the right of "
            "another has higher values.",
            *places_note(figure),
        ]
    )


def alt(experiment: Experiment, figure: Distribution) -> str:
    """A description of the figure in one sentence."""
    shown = [experiment.labels[variant] for variant in figure.variants or experiment.labels]
    return f"Cumulative distributions of the {_what(figure)} over the seeds of {listed(shown)}."


def _what(figure: Distribution) -> str:
    return lowered(metric(figure.metric).label)

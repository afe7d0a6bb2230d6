"""The kinds of figures an experiment may ask for, and their options.

A kind is a model here and a folder of `overfit.figures.kinds` that draws it, or one module there
that has both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from overfit.config.figures.curves import (
    ActivationHistograms,
    BestTrials,
    LearningCurves,
    ProbeCurves,
    WeightDistribution,
    WeightScalePanel,
)
from overfit.config.figures.figure import BaseFigure
from overfit.config.figures.metrics import (
    Comparison,
    Ensemble,
    Heatmap,
    Interaction,
    MetricByAxis,
    PairedDifferences,
    TradeOff,
)
from overfit.config.figures.own import own_kinds
from overfit.config.figures.search import (
    Anytime,
    Importance,
    ParallelCoordinates,
    SearchEfficiency,
    SearchSpace,
)
from overfit.config.model import one_of

__all__ = ["KINDS", "Figure"]

_WRITTEN: dict[str, type[BaseFigure]] = {
    "learning_curves": LearningCurves,
    "weight_scale_panel": WeightScalePanel,
    "best_trials": BestTrials,
    "comparison": Comparison,
    "metric_by_axis": MetricByAxis,
    "heatmap": Heatmap,
    "paired_differences": PairedDifferences,
    "trade_off": TradeOff,
    "interaction": Interaction,
    "probe_curves": ProbeCurves,
    "weight_distribution": WeightDistribution,
    "activation_histograms": ActivationHistograms,
    "ensemble": Ensemble,
    "anytime": Anytime,
    "search_efficiency": SearchEfficiency,
    "search_space": SearchSpace,
    "importance": Importance,
    "parallel_coordinates": ParallelCoordinates,
}
KINDS: dict[str, type[BaseFigure]] = {**_WRITTEN, **own_kinds(_WRITTEN)}
"""The models of all kinds, by name."""

if TYPE_CHECKING:
    Figure = BaseFigure
else:
    Figure = one_of(KINDS, "kind", "kind of figure")

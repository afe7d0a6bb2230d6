"""The kinds of figures an experiment may ask for, and their options.

A kind is a model here, a member of `Figure`, and a folder of `overfit.figures.kinds` that draws it.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Tag

from overfit.spec.choice import told_apart_by
from overfit.spec.figures.curves import (
    ActivationHistograms,
    BestTrials,
    LearningCurves,
    ProbeCurves,
    WeightDistribution,
    WeightScalePanel,
)
from overfit.spec.figures.figure import BaseFigure
from overfit.spec.figures.metrics import (
    Comparison,
    Ensemble,
    Heatmap,
    Interaction,
    MetricByAxis,
    PairedDifferences,
    TradeOff,
)
from overfit.spec.figures.search import (
    Anytime,
    Importance,
    ParallelCoordinates,
    SearchEfficiency,
    SearchSpace,
)

__all__ = ["KINDS", "Figure"]

KINDS: dict[str, type[BaseFigure]] = {
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


Figure = Annotated[
    Annotated[LearningCurves, Tag("<learning_curves>")]
    | Annotated[WeightScalePanel, Tag("<weight_scale_panel>")]
    | Annotated[BestTrials, Tag("<best_trials>")]
    | Annotated[Comparison, Tag("<comparison>")]
    | Annotated[MetricByAxis, Tag("<metric_by_axis>")]
    | Annotated[Heatmap, Tag("<heatmap>")]
    | Annotated[PairedDifferences, Tag("<paired_differences>")]
    | Annotated[TradeOff, Tag("<trade_off>")]
    | Annotated[Interaction, Tag("<interaction>")]
    | Annotated[ProbeCurves, Tag("<probe_curves>")]
    | Annotated[WeightDistribution, Tag("<weight_distribution>")]
    | Annotated[ActivationHistograms, Tag("<activation_histograms>")]
    | Annotated[Ensemble, Tag("<ensemble>")]
    | Annotated[Anytime, Tag("<anytime>")]
    | Annotated[SearchEfficiency, Tag("<search_efficiency>")]
    | Annotated[SearchSpace, Tag("<search_space>")]
    | Annotated[Importance, Tag("<importance>")]
    | Annotated[ParallelCoordinates, Tag("<parallel_coordinates>")],
    told_apart_by("kind", "kind of figure", KINDS),
]

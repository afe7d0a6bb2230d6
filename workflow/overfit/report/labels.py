"""How figures are labelled in Snakemake's own report."""

from __future__ import annotations

from overfit.config.experiment import Experiment
from overfit.figures.options import BaseFigure
from overfit.metrics.format import ABSENT
from overfit.metrics.table import metric

MOST = 4
"""So many variants or metrics are named; of more, the first and their number."""


def figure_labels(experiment: Experiment, figure: BaseFigure) -> dict[str, str]:
    """The columns of a figure's row: kind, name, variant, metric.

    Variants go by their names, which are short and the same everywhere.
    """
    options = figure.model_dump(mode="json")
    one = options.get("variant")
    variants = [one] if one else list(options.get("variants") or experiment.labels)
    metrics = [metric(name).label for name in options.get("metrics") or ()]
    if quantity := options.get("quantity"):
        metrics = [str(quantity).replace("_", " ")]
    return {
        "kind": figure.kind_name.replace("_", " "),
        "name": figure.key,
        "variant": _few(variants),
        "metric": _few(metrics) if metrics else ABSENT,
    }


def _few(names: list[str]) -> str:
    shown = ", ".join(names[:MOST])
    return f"{shown} and {len(names) - MOST} more" if len(names) > MOST else shown

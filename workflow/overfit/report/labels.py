"""How figures are labelled in Snakemake's own report."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from overfit.metrics.format import ABSENT
from overfit.metrics.table import metric

MOST = 4
"""So many variants or metrics are named; of more, the first and their number."""


def figure_labels(plan: Mapping[str, Any], figure: Mapping[str, Any]) -> dict[str, str]:
    """The columns of a figure's row: kind, name, variant, metric.

    Variants go by their names, which are short and the same everywhere.
    """
    options = figure["options"]
    one = options.get("variant")
    variants = [one] if one else list(options.get("variants") or plan["variants"])
    names = list(options.get("metrics") or [])
    metrics = [metric(name).label for name in names]
    if quantity := options.get("quantity"):
        metrics = [str(quantity).replace("_", " ")]
    return {
        "kind": figure["kind"].replace("_", " "),
        "name": figure["name"],
        "variant": _few(variants),
        "metric": _few(metrics) if metrics else ABSENT,
    }


def _few(names: list[str]) -> str:
    shown = ", ".join(names[:MOST])
    return f"{shown} and {len(names) - MOST} more" if len(names) > MOST else shown

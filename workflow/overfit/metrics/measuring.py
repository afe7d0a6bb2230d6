"""All metrics that an experiment asks for, from the files of its runs."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from overfit.metrics.histories import read_probe_curves, read_probes, read_trials
from overfit.metrics.matching import with_matched
from overfit.metrics.metrics import metrics, with_probes
from overfit.metrics.repeats import with_repeats


def measured(plan: Mapping[str, Any], results: Path, histories: pd.DataFrame) -> pd.DataFrame:
    """The metrics of each seed: of histories, of probes, where runs match, of searches.

    Args:
        plan: the experiment's plan.
        results: the folder of results.
        histories: what `read_histories` gives of them.
    """
    found = metrics(histories)
    if plan["probes"]:
        found = with_probes(found, read_probes(plan, results))
    if names := plan["matched"]:
        quantities = {name.split(".")[1] for name in names if "." in name.partition("@")[0]}
        curves = read_probe_curves(plan, results, quantities) if quantities else None
        found = with_matched(found, names, histories, curves)
    if names := plan["search_metrics"]:
        trials = {variant: read_trials(plan, variant, results) for variant in plan["searches"]}
        found = with_repeats(found, names, plan, trials)
    return found

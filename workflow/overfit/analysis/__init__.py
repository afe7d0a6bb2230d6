"""Statistics: from histories to metrics, summaries and verdicts. Reads tables, never networks."""

from overfit.analysis.claims import adjust, decide, paired_differences
from overfit.analysis.curves import curves, write_curves
from overfit.analysis.histories import (
    read_histories,
    read_probe_curves,
    read_probes,
    read_trials,
)
from overfit.analysis.matching import with_matched
from overfit.analysis.measuring import measured
from overfit.analysis.metrics import metrics, with_probes
from overfit.analysis.repeats import with_repeats
from overfit.analysis.resampling import mean_intervals
from overfit.analysis.summary import summarize
from overfit.analysis.tables import grid_axes, read_metrics, write_metrics, write_table
from overfit.analysis.trials import ranked_trials
from overfit.spec.metrics import METRICS

__all__ = [
    "METRICS",
    "adjust",
    "curves",
    "decide",
    "grid_axes",
    "mean_intervals",
    "measured",
    "metrics",
    "paired_differences",
    "ranked_trials",
    "read_histories",
    "read_metrics",
    "read_probe_curves",
    "read_probes",
    "read_trials",
    "summarize",
    "with_matched",
    "with_probes",
    "with_repeats",
    "write_curves",
    "write_metrics",
    "write_table",
]

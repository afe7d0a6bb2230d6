"""From histories to metrics and summaries. Reads tables, never networks."""

from overfit.claims.resampling import mean_intervals
from overfit.metrics.curves import curves, write_curves
from overfit.metrics.histories import (
    read_histories,
    read_probe_curves,
    read_probes,
    read_trials,
)
from overfit.metrics.matching import with_matched
from overfit.metrics.measuring import measured
from overfit.metrics.metrics import metrics, with_probes
from overfit.metrics.repeats import with_repeats
from overfit.metrics.summary import summarize
from overfit.metrics.table import METRICS
from overfit.metrics.tables import grid_axes, read_metrics, write_metrics, write_table
from overfit.metrics.trials import ranked_trials

__all__ = [
    "METRICS",
    "curves",
    "grid_axes",
    "mean_intervals",
    "measured",
    "metrics",
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

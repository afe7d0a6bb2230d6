"""Reduce an experiment's histories to metrics for each seed, and their summary over seeds."""

import json
from pathlib import Path

from overfit import analysis
from overfit.logs import logged

with logged(snakemake.log[0]):
    metrics = analysis.measured(json.loads(snakemake.params.plan), Path("results"))
    analysis.write_metrics(metrics, snakemake.output.metrics)
    analysis.write_table(analysis.summarize(metrics), snakemake.output.summary)

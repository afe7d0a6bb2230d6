"""Compute metrics per seed, their summary and mean curves from the histories of an experiment."""

import json

from overfit.jobs.logs import logged
from overfit.metrics import analysis
from overfit.results import Results

with logged(snakemake.log[0]):
    plan = json.loads(snakemake.params.plan)
    results = Results.around(snakemake.output.metrics).root
    histories = analysis.read_histories(plan, results)
    metrics = analysis.measured(plan, results, histories)
    analysis.write_curves(analysis.curves(histories), snakemake.output.curves)
    analysis.write_metrics(metrics, snakemake.output.metrics)
    analysis.write_table(analysis.summarize(metrics), snakemake.output.summary)

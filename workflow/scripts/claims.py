"""Decide the claims of one experiment."""

import json

from overfit import analysis, jobs

with jobs.logged(snakemake.log[0]):
    plan = json.loads(snakemake.params.plan)
    metrics = analysis.read_metrics(snakemake.input.metrics)
    analysis.write_table(analysis.decide(plan["claims"], metrics), snakemake.output[0])

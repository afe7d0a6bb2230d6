"""Decide the claims of one experiment."""

import json

from overfit import analysis
from overfit.logs import logged

with logged(snakemake.log[0]):
    plan = json.loads(snakemake.params.plan)
    metrics = analysis.read_metrics(snakemake.input.metrics)
    analysis.write_table(analysis.decide(plan["claims"], metrics), snakemake.output[0])

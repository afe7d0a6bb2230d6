"""Decide the claims of one experiment."""

import json

from overfit.claims import decide
from overfit.jobs.logs import logged
from overfit.metrics import analysis

with logged(snakemake.log[0]):
    claims = json.loads(snakemake.params.claims)
    metrics = analysis.read_metrics(snakemake.input.metrics)
    analysis.write_table(decide(claims, metrics), snakemake.output[0])

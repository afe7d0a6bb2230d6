"""Decide the claims of one experiment."""

import json

from overfit import analysis
from overfit.logs import logged

with logged(snakemake.log[0]):
    claims = json.loads(snakemake.params.claims)
    metrics = analysis.read_metrics(snakemake.input.metrics)
    analysis.write_table(analysis.decide(claims, metrics), snakemake.output[0])

"""Decide the claims of one experiment."""

from overfit.claims.table import decide
from overfit.jobs.logs import logged
from overfit.metrics import analysis

with logged(snakemake.log[0]):
    metrics = analysis.read_metrics(snakemake.input.metrics)
    analysis.write_table(decide(snakemake.params.claims, metrics), snakemake.output[0])

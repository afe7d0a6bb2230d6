"""Decide the claims of one experiment."""

from overfit.claims.table import decide
from overfit.jobs.logs import logged
from overfit.metrics.histories import read_metrics
from overfit.metrics.summary import write_table

with logged(snakemake.log[0]):
    metrics = read_metrics(snakemake.input.metrics, snakemake.params.grid)
    write_table(decide(snakemake.params.claims, metrics), snakemake.output[0])

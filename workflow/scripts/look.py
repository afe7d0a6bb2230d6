"""Compute metrics per seed of those runs that claims look at with more seeds."""

from overfit.jobs import running, tables
from overfit.results import Results

with running(snakemake):
    results = Results.around(snakemake.output.metrics)
    tables.write_look(snakemake.params.experiment, results)

"""Compute metrics per seed, their summary and mean curves from the histories of an experiment."""

from overfit.jobs import running, tables
from overfit.results import Results

with running(snakemake):
    results = Results.around(snakemake.output.metrics)
    tables.write_tables(snakemake.params.experiment, results)

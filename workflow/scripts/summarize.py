"""Compute metrics per seed, their summary and mean curves from the histories of an experiment."""

from overfit.jobs import blas, running

blas.configure(snakemake.config["blas_kernel"])  # before NumPy loads

from overfit.jobs import tables
from overfit.results import Results

with running(snakemake):
    results = Results.around(snakemake.output.metrics)
    tables.write_tables(snakemake.params.experiment, results)

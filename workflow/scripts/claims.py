"""Decide the claims of one experiment."""

from overfit.jobs import blas, running

blas.configure(snakemake.config["blas_kernel"])  # before NumPy loads

from overfit.jobs import tables

with running(snakemake):
    claims, grid = snakemake.params.claims, snakemake.params.grid
    tables.write_claims(claims, grid, snakemake.input.metrics, snakemake.output[0])

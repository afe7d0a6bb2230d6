"""Decide the claims of one experiment."""

from overfit.jobs import running, tables

with running(snakemake):
    claims, grid = snakemake.params.claims, snakemake.params.grid
    tables.write_claims(claims, grid, snakemake.input.metrics, snakemake.output[0])

"""Combine the claims of all experiments and adjust their p values for multiple testing."""

from overfit.jobs import running, tables

with running(snakemake):
    correction = snakemake.params.correction
    tables.write_all_claims(snakemake.input.claims, correction, snakemake.output[0])

"""Combine the claims of all experiments and adjust their p values for multiple testing."""

from overfit.jobs import running, tables

with running(snakemake):
    params = snakemake.params
    tables.write_all_claims(
        snakemake.input.claims, params.families, params.correction, snakemake.output[0]
    )

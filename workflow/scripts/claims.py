"""Decide the claims of one experiment, and list what was found at each look at them."""

from overfit.jobs import running, tables
from overfit.results import Results

with running(snakemake):
    files = Results.around(snakemake.output.claims).experiment(snakemake.wildcards.experiment)
    params = snakemake.params
    tables.write_claims(params.claims, params.grid, params.looks, params.registered, files)

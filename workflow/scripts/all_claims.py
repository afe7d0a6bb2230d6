"""Combine the claims of all experiments and adjust their p values for multiple testing."""

import pandas as pd

from overfit.claims.table import adjust, read_claims
from overfit.jobs.logs import logged
from overfit.metrics.summary import write_table

with logged(snakemake.log[0]):
    claims = pd.concat([read_claims(path) for path in snakemake.input.claims], ignore_index=True)
    write_table(adjust(claims, snakemake.params.correction), snakemake.output[0])

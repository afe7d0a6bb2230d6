"""Combine the claims of all experiments and adjust their p values for multiple testing."""

import pandas as pd

from overfit.claims.table import adjust
from overfit.jobs.logs import logged
from overfit.metrics import analysis

with logged(snakemake.log[0]):
    claims = pd.concat([pd.read_csv(path) for path in snakemake.input.claims], ignore_index=True)
    analysis.write_table(adjust(claims, snakemake.params.correction), snakemake.output[0])

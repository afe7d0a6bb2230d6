"""Prepare a dataset as arrays that jobs can memory-map."""

from pathlib import Path

from overfit.data.prepare import prepare
from overfit.jobs.logs import logged

with logged(snakemake.log[0]):
    folder = Path(snakemake.output.images).parent
    prepare(snakemake.wildcards.dataset, snakemake.params.entry, folder)

"""Prepare a dataset as arrays that jobs can memory-map."""

from pathlib import Path

from overfit.data.prepare import prepare
from overfit.jobs import running

with running(snakemake):
    folder = Path(snakemake.output.images).parent
    prepare(snakemake.wildcards.dataset, snakemake.params.entry, folder)

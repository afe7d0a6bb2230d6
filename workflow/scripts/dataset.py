"""Prepare a dataset as arrays that jobs can memory-map."""

from pathlib import Path

from overfit.jobs import blas, running

blas.configure(snakemake.config["blas_kernel"])  # before NumPy loads

from overfit.data.prepare import prepare

with running(snakemake):
    folder = Path(snakemake.output.images).parent
    prepare(snakemake.wildcards.dataset, snakemake.params.entry, folder)

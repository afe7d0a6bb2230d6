"""Train a block of seeds of one run and write their history and other records."""

from overfit.jobs import blas, running

blas.configure(snakemake.config["blas_kernel"])  # before NumPy loads

from overfit.config.specs import RunSpec
from overfit.jobs import training
from overfit.results import Results

with running(snakemake):
    spec = RunSpec.from_yaml(snakemake.params.spec)
    results = Results.around(snakemake.output.history)
    training.write_block(spec, snakemake.wildcards.block, results)

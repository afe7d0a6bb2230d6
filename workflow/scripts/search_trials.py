"""Train a block of a search's trials and write their history."""

from overfit import blas

blas.configure(snakemake.config["blas_kernel"])  # before NumPy loads

from pathlib import Path

from overfit import jobs
from overfit.data import Prepared
from overfit.spec import SearchSpec, block_range

with jobs.logged(snakemake.log[0]):
    spec = SearchSpec.from_yaml(Path(snakemake.input.spec).read_text(encoding="utf-8"))
    history = jobs.search_block(
        spec,
        Prepared.open(Path(snakemake.input.dataset[0]).parent),
        block_range(snakemake.wildcards.block),
    )
    jobs.write_table(snakemake.output[0], history)

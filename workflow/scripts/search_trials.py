"""Train a block of a search's trials and write their history."""

from overfit.jobs import blas

blas.configure(snakemake.config["blas_kernel"])  # before NumPy loads

import shutil
from pathlib import Path

from overfit.config.blocks import block_range
from overfit.config.specs import SearchSpec
from overfit.data import Prepared
from overfit.jobs import searching
from overfit.jobs import training as jobs
from overfit.jobs.logs import logged

with logged(snakemake.log[0]):
    spec = SearchSpec.from_yaml(Path(snakemake.input.spec).read_text(encoding="utf-8"))
    output = Path(snakemake.output[0])
    made_by = map(Path, [*snakemake.input.code, *snakemake.input.dataset])
    rounds = searching.rounds_folder(output, spec, made_by)
    history = searching.search_block(
        spec,
        Prepared.open(Path(snakemake.input.dataset[0]).parent),
        block_range(snakemake.wildcards.block),
        rounds,
    )
    jobs.write_table(output, history)
    shutil.rmtree(rounds, ignore_errors=True)

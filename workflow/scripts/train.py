"""Train a block of seeds of one run and write their history, and what the run records."""

from overfit.jobs import blas

blas.configure(snakemake.config["blas_kernel"])  # before NumPy loads

from pathlib import Path

import yaml

from overfit.config.specs import RunSpec
from overfit.data import Prepared
from overfit.data.checked import read_arrays
from overfit.jobs import training as jobs
from overfit.jobs.logs import logged

with logged(snakemake.log[0]):
    spec = RunSpec.from_yaml(Path(snakemake.input.spec).read_text(encoding="utf-8"))
    best = snakemake.input.get("best")
    block = jobs.train_block(
        spec,
        Prepared.open(Path(snakemake.input.dataset[0]).parent),
        read_arrays(snakemake.input.subset),
        found=yaml.safe_load(Path(best).read_text(encoding="utf-8")) if best else None,
    )
    if spec.records:
        jobs.write_table(snakemake.output.probes, block.probes)
        jobs.write_arrays(snakemake.output.kept, block.kept)
    jobs.write_table(snakemake.output.history, block.history)

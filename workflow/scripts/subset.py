"""Draw the training and validation sets of a block of seeds."""

from pathlib import Path

import numpy as np

from overfit.config.blocks import block_range
from overfit.config.specs import SubsetSpec
from overfit.data import Prepared, draw_subsets
from overfit.jobs.logs import logged
from overfit.results import atomic

with logged(snakemake.log[0]):
    spec = SubsetSpec.from_yaml(snakemake.params.spec)
    dataset = Prepared.open(Path(snakemake.input.dataset[0]).parent)
    subsets = draw_subsets(
        dataset.pool_labels,
        spec.train,
        spec.validation,
        draw=spec.draw,
        root_seed=spec.root_seed,
        seeds=block_range(snakemake.wildcards.block),
    )
    with atomic(snakemake.output[0]) as temporary:
        np.savez(temporary, **subsets)

"""Prepare a dataset as arrays that jobs memory-map."""

import json
from pathlib import Path

from overfit.data.prepare import prepare
from overfit.jobs.logs import logged

with logged(snakemake.log[0]):
    prepare(
        snakemake.wildcards.dataset,
        json.loads(snakemake.params.entry),
        Path(snakemake.output.images).parent,
    )

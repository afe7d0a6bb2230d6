"""Record what made the results: inputs, versions, machine, seeds, times."""

import json
from pathlib import Path

from overfit.jobs.logs import logged
from overfit.report.provenance import collect
from overfit.results import Results, write_json

with logged(snakemake.log[0]):
    config = json.loads(snakemake.params.config)
    provenance = collect(
        root=Path(snakemake.params.root),
        results=Results(Path(snakemake.output[0]).parent),
        experiments=snakemake.params.experiments,
        inputs=[Path(path) for path in snakemake.input.inputs],
        histories=[Path(path) for path in snakemake.input.histories],
        benchmarks=[Path(path) for path in json.loads(snakemake.params.benchmarks)],
        root_seed=config["root_seed"],
        config=config,
    )
    write_json(snakemake.output[0], provenance)

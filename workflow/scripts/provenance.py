"""Record what made the results: inputs, versions, machine, seeds, times."""

from pathlib import Path

from overfit.jobs import running
from overfit.report.provenance import collect
from overfit.results import Results, write_json

with running(snakemake):
    study = snakemake.params.study
    config = study.config.model_dump(mode="json")
    provenance = collect(
        root=Path(snakemake.params.root),
        results=Results.around(snakemake.output[0]),
        experiments=tuple(study.experiments.values()),
        inputs=snakemake.params.inputs,
        jobs=snakemake.params.jobs,
        root_seed=study.config.root_seed,
        config=config,
    )
    write_json(snakemake.output[0], provenance)

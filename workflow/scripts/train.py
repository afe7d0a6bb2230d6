"""Train a block of seeds of one run and write their history and other records."""

from overfit.config.specs import Recording, RunSpec
from overfit.jobs import running, training
from overfit.results import Results

with running(snakemake):
    spec = RunSpec.from_yaml(snakemake.params.spec)
    results = Results.around(snakemake.output.history)
    recording = Recording.model_validate_json(snakemake.params.recording)
    training.write_block(spec, recording, snakemake.wildcards.block, results)

"""Train a block of trials of a search and write their history."""

from overfit.config.specs import SearchSpec
from overfit.jobs import running, searching
from overfit.results import Results

with running(snakemake):
    searching.write_trials(
        SearchSpec.from_yaml(snakemake.params.spec),
        snakemake.wildcards.block,
        Results.around(snakemake.output[0]),
        made_by=snakemake.params.digest,
    )

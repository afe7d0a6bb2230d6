"""Draw the training and validation sets of a block of seeds."""

from overfit.config.specs import SubsetSpec
from overfit.data.subsets import write_subsets
from overfit.jobs import running
from overfit.results import Results

with running(snakemake):
    results = Results.around(snakemake.output[0])
    spec = SubsetSpec.from_yaml(snakemake.params.spec)
    write_subsets(spec, snakemake.wildcards.block, results)

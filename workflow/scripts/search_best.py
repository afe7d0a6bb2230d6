"""Choose the best trial of a search and write its hyperparameters as YAML."""

from overfit.config.specs import SearchSpec
from overfit.jobs import running, searching
from overfit.results import Results

with running(snakemake):
    results = Results.around(snakemake.output[0])
    spec = SearchSpec.from_yaml(snakemake.params.spec)
    blocks = [path for path in snakemake.input if path.endswith(".parquet")]
    searching.write_best(spec, snakemake.wildcards.best, blocks, results)

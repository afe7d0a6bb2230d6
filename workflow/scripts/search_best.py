"""Choose the best trial of a search and write its hyperparameters as YAML."""

from overfit.config.specs import SearchSpec
from overfit.jobs import searching
from overfit.jobs.logs import logged
from overfit.results import Results

with logged(snakemake.log[0]):
    results = Results.around(snakemake.output[0])
    spec = SearchSpec.from_yaml(snakemake.params.spec)
    searching.write_best(spec, snakemake.input.trials, results)

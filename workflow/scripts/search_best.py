"""Choose the best trial of a search and write its hyperparameters as YAML."""

from pathlib import Path

import pandas as pd

from overfit import results as files
from overfit.config.specs import SearchSpec
from overfit.data.checked import read_table
from overfit.jobs import searching
from overfit.jobs.logs import logged

with logged(snakemake.log[0]):
    spec = SearchSpec.from_yaml(Path(snakemake.input.spec).read_text(encoding="utf-8"))
    trials = pd.concat([read_table(path) for path in snakemake.input.trials])
    files.write_text(snakemake.output[0], searching.best_configuration(spec, trials))

"""Choose the best trial of a search and write its hyperparameters as YAML."""

from pathlib import Path

import pandas as pd

from overfit import files, searching
from overfit.data.checked import read_table
from overfit.logs import logged
from overfit.spec.specs import SearchSpec

with logged(snakemake.log[0]):
    spec = SearchSpec.from_yaml(Path(snakemake.input.spec).read_text(encoding="utf-8"))
    trials = pd.concat([read_table(path) for path in snakemake.input.trials])
    files.write_text(snakemake.output[0], searching.best_configuration(spec, trials))

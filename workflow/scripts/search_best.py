"""Choose the best trial of a search and write its hyperparameters as YAML."""

from pathlib import Path

import pandas as pd
import yaml

from overfit import files, jobs
from overfit.data.checked import read_table
from overfit.search.best import best_trial
from overfit.spec import SearchSpec
from overfit.spec.merging import nested

with jobs.logged(snakemake.log[0]):
    spec = SearchSpec.from_yaml(Path(snakemake.input.spec).read_text(encoding="utf-8"))
    history = pd.concat([read_table(path) for path in snakemake.input.trials])
    trial = best_trial(history, spec.objective.maximize, maximize=True)
    row = history[history["trial"] == trial].iloc[0]
    best = nested({key: row[key].item() for key in spec.space})
    files.write_text(snakemake.output[0], yaml.safe_dump(best, sort_keys=False))

"""What `import overfit` gives: datasets, training and whole experiments without Snakemake."""

from overfit.notebook.experiments import Drawing, Outcome, run
from overfit.notebook.fitting import Fitted, dataset, fit

__all__ = ["Drawing", "Fitted", "Outcome", "dataset", "fit", "run"]

"""The functions of `import overfit`: datasets, training and experiments without Snakemake."""

from overfit.notebook.experiments import Drawing, Outcome, run
from overfit.notebook.fitting import Fitted, dataset, fit

__all__ = ["Drawing", "Fitted", "Outcome", "dataset", "fit", "run"]

"""Experiments on overfitting in small neural networks, and evidence of what reduces it.

In a notebook, without Snakemake:

    import overfit

    outcome = overfit.run("dropout", seeds=3)      # an experiment: a name, a file, or YAML text
    outcome.claims, outcome.summary, outcome.figure("learning_curves")

    digits = overfit.dataset("digits")             # or your own networks
    network = overfit.nn.mlp(64, [50, 50], 10, dropout=overfit.nn.Dropout(0.2))
    trained = overfit.fit(network, digits, train=100, validation=100, epochs=50)
    trained.history

The first use loads NumPy with one BLAS thread and the kernel of the jobs, so that the numbers are
those of the workflow. If you import NumPy before, this has no effect.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from overfit import nn
    from overfit.notebook import dataset, fit, run

__version__ = "0.1.0"
__all__ = ["dataset", "fit", "nn", "run"]


def __getattr__(name: str) -> Any:
    """Load what `__all__` lists when it is first used."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    if "numpy" not in sys.modules:
        from overfit.jobs import blas

        blas.configure("inherit" if "OPENBLAS_CORETYPE" in os.environ else "auto")
    found = import_module("overfit.nn") if name == "nn" else getattr(_notebook(), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])


def _notebook() -> Any:
    return import_module("overfit.notebook")

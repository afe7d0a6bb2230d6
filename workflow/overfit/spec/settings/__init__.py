"""The settings of one run: data, network, regularizers, training."""

from overfit.spec.settings.data import Data
from overfit.spec.settings.evaluation import Evaluation
from overfit.spec.settings.settings import Settings

__all__ = ["Data", "Evaluation", "Settings"]

"""The settings of one run: data, network, regularizers, training."""

from overfit.config.settings.data import Data
from overfit.config.settings.evaluation import Evaluation
from overfit.config.settings.settings import Settings

__all__ = ["Data", "Evaluation", "Settings"]

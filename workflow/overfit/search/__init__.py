"""Hyperparameter search: which trials to run, and which of them was best."""

from overfit.search.best import best_trial
from overfit.search.proposals import propose

__all__ = ["best_trial", "propose"]

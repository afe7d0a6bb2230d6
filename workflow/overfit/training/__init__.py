"""Training: the loop, the evaluation schedule, the history."""

from overfit.training.evaluate import Examples, evaluate
from overfit.training.history import History
from overfit.training.loop import Replicate, train
from overfit.training.schedule import Schedule

__all__ = ["Examples", "History", "Replicate", "Schedule", "evaluate", "train"]

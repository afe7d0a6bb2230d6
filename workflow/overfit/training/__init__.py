"""Training: the loop, the evaluation schedule, the history."""

from overfit.training.evaluate import Examples, evaluate
from overfit.training.history import History
from overfit.training.loop import train
from overfit.training.schedule import Schedule
from overfit.training.stack import Replicate, Stack

__all__ = ["Examples", "History", "Replicate", "Schedule", "Stack", "evaluate", "train"]

"""Training: examples, schedules, the loop, evaluation, probes, the history."""

from overfit.training.early_stopping import EarlyStopping
from overfit.training.evaluate import evaluate, predict, predict_monte_carlo
from overfit.training.examples import Examples
from overfit.training.history import History
from overfit.training.label_noise import with_label_noise
from overfit.training.loop import Recipe, Trained, train
from overfit.training.scaling import Moments, Scaling
from overfit.training.schedule import Schedule
from overfit.training.stack import Replicate, Stack

__all__ = [
    "EarlyStopping",
    "Examples",
    "History",
    "Moments",
    "Recipe",
    "Replicate",
    "Scaling",
    "Schedule",
    "Stack",
    "Trained",
    "evaluate",
    "predict",
    "predict_monte_carlo",
    "train",
    "with_label_noise",
]

"""Blocks of small runs that two trainers train from the same weights and batches."""

from overfit.config.merging import merged, nested
from overfit.config.settings import Settings
from overfit.config.specs import Recording, RunSpec
from overfit.data import draw_subsets
from overfit.jobs import training as jobs

# The networks of the smoke preset.
SMOKE = {
    "data": {"dataset": "mnist-5k", "train": 60, "validation": 40},
    "model": {"hidden": [20, 20], "activation": "relu", "init": "he"},
    "train": {"optimizer": {"name": "sgd", "lr": 0.1}, "batch_size": 20, "epochs": 4},
    "evaluation": {"points": 6},
}
SEEDS = (0, 1)


def spec(differences, trainer="numpy"):
    """A run."""
    changes = nested({**differences, "trainer": trainer})
    return RunSpec(root_seed=1, settings=Settings.model_validate(merged(SMOKE, changes)))


def block(digits, differences, trainer="numpy", **recorded):
    """What a job trains."""
    run = spec(differences, trainer)
    data = run.settings.data
    subsets = draw_subsets(
        digits.pool_labels, data.train, data.validation, root_seed=1, seeds=SEEDS
    )
    return jobs.train_block(run, Recording(**{"points": (6,), **recorded}), digits, subsets)


def histories(digits, differences, *trainers):
    """A table for each trainer, of which all but losses and accuracies must be the same."""
    found = [block(digits, differences, one).history.to_pandas() for one in ("numpy", *trainers)]
    same = ["seed", "update", "epoch", "split", "diverged"]
    for other in found[1:]:
        assert found[0][same].equals(other[same])
    return found

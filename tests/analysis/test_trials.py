import numpy as np
import pandas as pd
import pytest

from overfit.analysis import ranked_trials
from overfit.search.best import best_trial


def trials(rows: dict[int, tuple[float, float, bool]]) -> pd.DataFrame:
    """Trials with the given last validation accuracy, loss and divergence."""
    frames = []
    for trial, (accuracy, loss, diverged) in rows.items():
        for split in ("train", "validation"):
            frames.append(
                pd.DataFrame(
                    {
                        "trial": trial,
                        "update": [0, 50],
                        "split": split,
                        "loss": [9.0, np.nan if diverged else loss],
                        "accuracy": [0.99, np.nan if diverged else accuracy],
                        "diverged": diverged,
                    }
                )
            )
    return pd.concat(frames, ignore_index=True)


MIXED = trials(
    {
        4: (0.8, 0.5, False),
        0: (0.7, 0.9, False),
        3: (0.8, 0.4, False),
        1: (0.0, 0.0, True),
        2: (0.8, 0.5, False),
    }
)


def test_trials_are_ranked_by_score_then_loss_then_number_and_diverged_last() -> None:
    assert ranked_trials(MIXED, {"maximize": "validation_accuracy"}) == [3, 2, 4, 0, 1]


def test_trials_are_ranked_by_a_loss_to_minimize() -> None:
    assert ranked_trials(MIXED, {"minimize": "validation_loss"}) == [3, 2, 4, 0, 1]
    assert ranked_trials(MIXED, {"minimize": "train_accuracy"}) == [0, 3, 2, 4, 1]


@pytest.mark.parametrize("stream", range(5))
def test_first_of_the_ranking_is_the_trial_that_the_search_chooses(stream: int) -> None:
    rng = np.random.default_rng(stream)
    table = trials(
        {
            i: (rng.integers(0, 4) / 4, rng.integers(0, 3) / 3, bool(rng.random() < 0.3))
            for i in range(20)
        }
    )
    ranked = ranked_trials(table, {"maximize": "validation_accuracy"})
    assert ranked[0] == best_trial(table, "validation_accuracy", maximize=True)
    assert sorted(ranked) == list(range(20))

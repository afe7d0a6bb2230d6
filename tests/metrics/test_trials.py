import numpy as np
import pandas as pd
import pytest

from overfit.metrics.analysis import ranked_trials
from overfit.metrics.trials import costs, trial_scores


def trials(rows: dict[int, tuple[float, float, bool]]) -> pd.DataFrame:
    """Trials with the given last validation accuracy, loss and divergence."""
    frames = []
    for trial, (accuracy, loss, diverged) in rows.items():
        for split in ("train", "validation", "test"):
            frames.append(
                pd.DataFrame(
                    {
                        "repeat": 0,
                        "round": 0,
                        "trial": trial,
                        "budget": 1.0,
                        "epoch": [0.0, 5.0],
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


def test_other_repeats_and_trials_that_were_cut_short_are_not_ranked_above_the_whole_ones() -> None:
    again = MIXED.assign(repeat=1, accuracy=1.0)
    short = trials({9: (1.0, 0.0, False)}).assign(budget=0.3)
    table = pd.concat([again, short, MIXED])
    assert ranked_trials(table, {"maximize": "validation_accuracy"}) == [3, 2, 4, 0, 1, 9]


def test_trials_with_different_numbers_of_updates_are_compared_at_their_own_ends() -> None:
    """As where the batch size is searched for."""
    long = trials({7: (0.9, 0.1, False)})
    long["update"] *= 2
    scores = trial_scores(pd.concat([MIXED, long]), {"maximize": "validation_accuracy"})
    assert ranked_trials(pd.concat([MIXED, long]), {"maximize": "validation_accuracy"})[0] == 7
    assert dict(zip(scores["trial"], scores["score"], strict=True)) == pytest.approx(
        {0: 0.7, 1: np.nan, 2: 0.8, 3: 0.8, 4: 0.8, 7: 0.9}, nan_ok=True
    )
    assert scores["test_score"].tolist() == pytest.approx(scores["score"].tolist(), nan_ok=True)
    assert set(scores["epochs"]) == {5.0}


def test_costs_are_low_for_good_trials_and_infinite_for_diverged_ones() -> None:
    for objective, best in (
        ({"maximize": "validation_accuracy"}, -0.8),
        ({"minimize": "validation_loss"}, 0.4),
    ):
        found = costs(trial_scores(MIXED, objective), objective)
        assert found.min() == best
        assert found[1] == np.inf

"""What searches have found on their way, and would have found with fewer trials."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from overfit.metrics.trials import costs


def incumbents(scores: pd.DataFrame, objective: Mapping[str, str]) -> pd.DataFrame:
    """The best trial so far after each trial of each repeat, in the order of the trials.

    Only trials that were trained to the end can be best; what the others spent is counted. Ties are
    broken as in `ranked_trials`.

    Args:
        scores: the table of `trial_scores`.
        objective: see `trial_scores`.

    Returns:
        `repeat`, `trial`, what was spent so far as `trainings` to the end and as `epochs`, and the
        number, `score` and `test_score` of the `best` trial so far, -1 and NaN before there is one.
    """
    frames = []
    for repeat, rows in scores.groupby("repeat"):
        whole = (rows["budget"] == 1) & ~rows["diverged"]
        keys = zip(costs(rows, objective).where(whole, np.inf), rows["loss"], strict=True)
        best, found = (np.inf, np.inf), -1
        positions = []
        for position, key in enumerate(keys):
            if key < best and np.isfinite(key[0]):
                best, found = key, position
            positions.append(found)
        at = np.array(positions)
        values = rows[["score", "test_score"]].to_numpy()[at]
        values[at < 0] = np.nan
        frames.append(
            pd.DataFrame(
                {
                    "repeat": repeat,
                    "trial": rows["trial"].to_numpy(),
                    "trainings": rows["budget"].cumsum().to_numpy(),
                    "epochs": rows["epochs"].cumsum().to_numpy(),
                    "best": np.where(at < 0, -1, rows["trial"].to_numpy()[at]),
                    "score": values[:, 0],
                    "test_score": values[:, 1],
                }
            )
        )
    return pd.concat(frames, ignore_index=True)


def smaller_searches(scores: pd.DataFrame, objective: Mapping[str, str]) -> pd.DataFrame:
    """The best trials of smaller searches, into which independent trials are cut.

    The trials of each repeat are cut into as many searches of 1, 2, 4, ... trials as they make,
    without overlap.

    Args:
        scores: the table of `trial_scores` of a random search.
        objective: see `trial_scores`.

    Returns:
        A row a smaller search: its `size`, and the `score` and `test_score` of its best trial. A
        search all of whose trials diverged has NaN.

    Source: Bergstra and Bengio (2012), Random search for hyper-parameter optimization, section 3.
    """
    rows = []
    ranked = scores.assign(cost=costs(scores, objective))
    for _, repeat in ranked.groupby("repeat"):
        size = 1
        while size <= len(repeat):
            for start in range(0, len(repeat) - size + 1, size):
                best = repeat.iloc[start : start + size].sort_values(["cost", "loss"]).iloc[0]
                rows.append((size, best["score"], best["test_score"]))
            size *= 2
    return pd.DataFrame(rows, columns=["size", "score", "test_score"])

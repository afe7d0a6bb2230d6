"""Metrics of searches, one number per repeat."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from overfit.metrics.searches import incumbents
from overfit.metrics.trials import EACH, trial_scores


def with_repeats(
    metrics: pd.DataFrame,
    names: Iterable[str],
    plan: Mapping[str, Any],
    trials: Mapping[str, pd.DataFrame],
) -> pd.DataFrame:
    """Add metrics such as `search.test_accuracy`, with the repeat in the place of the seed.

    Args:
        metrics: the table of `metrics`.
        names: the names of the metrics to add.
        plan: the experiment's plan; it has no grid, with which no searched variant can be crossed.
        trials: the table of `read_trials` of each searched variant.

    Returns:
        The rows of `metrics`, and after them one for each searched variant, repeat and name. A
        repeat all of whose trials diverged has no value (NaN).
    """
    names = list(names)
    tables = [metrics]
    for variant, table in trials.items():
        found = of_repeats(table, plan["searches"][variant]["objective"])
        rows = found[["repeat", *names]].melt("repeat", var_name="metric")
        rows = rows.rename(columns={"repeat": "seed"}).assign(
            experiment=plan["experiment"], variant=variant, diverged=False, censored=False
        )
        tables.append(rows[metrics.columns])
    return pd.concat(tables, ignore_index=True)


def of_repeats(trials: pd.DataFrame, objective: Mapping[str, str]) -> pd.DataFrame:
    """All metrics of each repeat of a search.

    The best trial is that of `ranked_trials`. `search.anytime` is the mean of the best score so
    far over what the trials spend, from the first trial that was trained to the end: the area under
    the anytime curve, divided by its length.

    Args:
        trials: the table of `read_trials`.
        objective: see `trial_scores`.

    Returns:
        A row a repeat: `repeat`, and a column for each name of `SEARCH_METRICS`.
    """
    scores = trial_scores(trials, objective)
    curves = incumbents(scores, objective)
    rows = []
    for repeat, curve in curves.groupby("repeat"):
        best = {f"search.{name}": float("nan") for name in _QUANTITIES}
        if curve["best"].iloc[-1] >= 0:
            chosen = (trials["repeat"] == repeat) & (trials["trial"] == curve["best"].iloc[-1])
            best = _at_the_end(trials[chosen])
        known = curve[curve["score"].notna()]
        spent = curve["trainings"].diff().fillna(curve["trainings"]).loc[known.index]
        rows.append(
            {
                "repeat": repeat,
                **best,
                "search.gap": best["search.validation_accuracy"] - best["search.test_accuracy"],
                "search.anytime": (known["score"] * spent).sum() / spent.sum()
                if len(known)
                else float("nan"),
            }
        )
    return pd.DataFrame(rows)


_QUANTITIES = ("validation_accuracy", "validation_loss", "test_accuracy", "test_loss")


def _at_the_end(trial: pd.DataFrame) -> dict[str, float]:
    """What a trial came to, from its history."""
    last = trial.loc[trial.groupby([*EACH, "split"])["update"].idxmax()].set_index("split")
    found = {}
    for name in _QUANTITIES:
        split, quantity = name.split("_")
        found[f"search.{name}"] = float(last[quantity].loc[split])
    return found

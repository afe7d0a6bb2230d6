"""Metrics of a run: one number a seed, from its history."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from overfit.metrics.table import ALL_LAYERS, METRICS, THRESHOLD, quantities
from overfit.metrics.tables import grid_axes


def metrics(histories: pd.DataFrame) -> pd.DataFrame:
    """Compute every metric of every seed.

    * Accuracies (fractions from 0 to 1) and losses (nats) are those of the last evaluation point.
    * `gap` is the training minus the test accuracy.
    * `updates_to_90` is the first evaluated update with a training accuracy of at least 0.9. A run
      that never reaches it counts with its whole budget of updates: a mean of these is a restricted
      mean, a lower bound of the mean number of updates, and the same for all who share a budget.
      Updates are known as finely as the history is evaluated.

    * `diverged` is 1 for a seed that diverged, else 0: its mean is the share of those that did.

    A seed that never reached what `updates_to_90` waits for is `censored` there.

    A seed that diverged has lost what it learned: its accuracies are those before the first update.
    Leaving it out would flatter the variant that diverges. It has no last loss and no gap (NaN).
    Its `updates_to_90` is the whole budget unless it got there before it diverged.

    Args:
        histories: the table of `read_histories`.

    Returns:
        One row a seed and metric: experiment, variant, the grid axes, seed, metric, value,
        diverged, censored; in the order of `histories`, metrics in the order of `METRICS`.

    Source of the restricted mean: Royston and Parmar (2013), Restricted mean survival time.
    """
    keys = ["experiment", "variant", *grid_axes(histories), "seed"]
    seeds = pd.MultiIndex.from_frame(histories[keys].drop_duplicates())
    last = _at_the_end(histories, keys)
    end = {
        split: last[last["split"] == split].set_index(keys).reindex(seeds)
        for split in ("train", "validation", "test")
    }
    values = {
        f"{split}_{quantity}": rows[quantity]
        for split, rows in end.items()
        for quantity in ("accuracy", "loss")
    }
    values["gap"] = values["train_accuracy"] - values["test_accuracy"]
    untrained = histories[histories["update"] == 0]
    for split in end:
        start = untrained[untrained["split"] == split].set_index(keys).reindex(seeds)
        accuracy = values[f"{split}_accuracy"]
        values[f"{split}_accuracy"] = accuracy.fillna(start["accuracy"])
    values["updates_to_90"], never = _updates_to_threshold(histories, keys, seeds)

    diverged = histories.groupby(keys, sort=False)["diverged"].any().reindex(seeds)
    values["diverged"] = diverged.astype(float)

    table = seeds.repeat(len(METRICS)).to_frame(index=False)
    table["metric"] = np.tile(list(METRICS), len(seeds))
    table["value"] = np.column_stack([values[name] for name in METRICS]).ravel()
    table["diverged"] = diverged.to_numpy(dtype=bool).repeat(len(METRICS))
    table["censored"] = (table["metric"] == "updates_to_90") & never.repeat(len(METRICS))
    return table


def with_probes(metrics: pd.DataFrame, probes: pd.DataFrame) -> pd.DataFrame:
    """Add what the probes found at the last evaluation, called `{probe}.{quantity}.{layer}`.

    `layer` counts affine layers from 1; `all` is the whole network. A seed that diverged has no
    value (NaN), nor has an infinite one. Bins of histograms are no metrics.

    Args:
        metrics: the table of `metrics`.
        probes: the table of `read_probes`.

    Returns:
        The rows of `metrics`, and after those of a seed one for each number that was measured.
    """
    keys = ["experiment", "variant", *grid_axes(metrics), "seed"]
    probe_of = {quantity: probe for probe, known in quantities().items() for quantity in known}
    found = probes[probes["quantity"].isin(probe_of)]
    layer = found["layer"].astype(str).where(found["layer"] > 0, ALL_LAYERS)
    measured = found[keys].assign(
        metric=found["quantity"].map(probe_of) + "." + found["quantity"] + "." + layer,
        value=found["value"].where(np.isfinite(found["value"])),
        censored=False,
    )
    seeds = metrics[[*keys, "diverged"]].drop_duplicates()
    measured = measured.merge(seeds, on=keys, how="left")[metrics.columns]
    both = pd.concat([metrics, measured], ignore_index=True)
    position = both.groupby(keys, sort=False).ngroup()
    return both.iloc[np.argsort(position, kind="stable")].reset_index(drop=True)


def _at_the_end(histories: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    budget = histories.groupby(keys[:-1], sort=False)["update"].transform("max")
    return histories[histories["update"] == budget]


def _updates_to_threshold(
    histories: pd.DataFrame, keys: list[str], seeds: pd.MultiIndex
) -> tuple[pd.Series[float], NDArray[np.bool_]]:
    """The update at which each seed got there or ended, and whether it never got there."""
    budget = histories.groupby(keys[:-1], sort=False)["update"].transform("max")
    reached = (histories["split"] == "train") & (histories["accuracy"] >= THRESHOLD)
    updates = histories["update"].where(reached, budget)
    by_seed = [histories[key] for key in keys]
    ever = reached.groupby(by_seed, sort=False).any().reindex(seeds)
    first = updates.groupby(by_seed, sort=False).min().reindex(seeds)
    return first, ~ever.to_numpy(dtype=bool)

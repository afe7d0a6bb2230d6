"""Metrics at the point of training at which runs are equally well trained, seed by seed."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from overfit.metrics.table import ALL_LAYERS, Matched, matched
from overfit.metrics.tables import grid_axes


def with_matched(
    metrics: pd.DataFrame,
    names: Iterable[str],
    histories: pd.DataFrame,
    probes: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Add metrics such as `gap@train_accuracy=0.95`; see `overfit.metrics.table`.

    A seed has the value of the first evaluation at which the criterion is met. One that never meets
    it has no value (NaN) and is `censored`: it is left out of means, where `updates_to_90` can
    count it with its budget. Points are known as finely as the history is evaluated.

    Args:
        metrics: the table of `metrics`.
        names: the names of the metrics to add.
        histories: the table that `metrics` was made of.
        probes: what probes measured at all evaluations (`read_probe_curves`), for their quantities.

    Returns:
        The rows of `metrics`, and after those of a seed one for each name.
    """
    keys = ["experiment", "variant", *grid_axes(metrics), "seed"]
    seeds = metrics[[*keys, "diverged"]].drop_duplicates()
    tables = [metrics]
    for name in names:
        match = matched(name)
        if match is None:
            raise ValueError(f"{name} is no matched metric")
        met = _first_met(histories, keys, match)
        found = seeds.merge(met, on=keys, how="left")
        found = found.merge(_values(match.metric, keys, histories, probes), how="left")
        found["censored"] = found["update"].isna()
        tables.append(found.assign(metric=name)[metrics.columns])
    both = pd.concat(tables, ignore_index=True)
    position = both.groupby(keys, sort=False).ngroup()
    return both.iloc[position.argsort(kind="stable")].reset_index(drop=True)


def _first_met(histories: pd.DataFrame, keys: list[str], match: Matched) -> pd.DataFrame:
    """The update of each seed at which the criterion is first met; no row if it never is."""
    rows = histories[histories["split"] == "train"]
    if match.criterion == "train_accuracy":
        met = rows["accuracy"] >= match.value
    else:
        met = rows["loss"] <= match.value
    return rows[met].groupby(keys, sort=False)["update"].min().reset_index()


def _values(
    metric: str, keys: list[str], histories: pd.DataFrame, probes: pd.DataFrame | None
) -> pd.DataFrame:
    """A metric at every evaluation: the keys, `update` and `value`."""
    at = [*keys, "update"]
    if metric == "gap":
        train, test = (
            histories[histories["split"] == split].set_index(at)["accuracy"]
            for split in ("train", "test")
        )
        return (train - test).rename("value").reset_index()
    if "." not in metric:
        split, quantity = metric.split("_")
        rows = histories[histories["split"] == split]
        return rows[at].assign(value=rows[quantity])
    if probes is None:
        raise ValueError(f"{metric} is not recorded")
    _, quantity, layer = metric.split(".")
    number = 0 if layer == ALL_LAYERS else int(layer)
    return probes[(probes["quantity"] == quantity) & (probes["layer"] == number)][[*at, "value"]]

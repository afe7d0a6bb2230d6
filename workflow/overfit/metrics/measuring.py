"""From histories to metrics: one number per seed, and per repeat of a search.

Metrics are those of `overfit.metrics.table`: what every run yields, what its probes measured at the
last evaluation, both also where runs are equally well trained, and what whole searches found.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from overfit.config.experiment import Experiment
from overfit.data.checked import DataError, content
from overfit.data.composition import gap_mistake
from overfit.metrics.axes import grid_axes
from overfit.metrics.edges import edges
from overfit.metrics.histories import read_probe_curves, read_probes, read_trials
from overfit.metrics.matching import updates_to, with_matched
from overfit.metrics.measured import read
from overfit.metrics.searches import EACH, anytime, incumbents, trial_scores
from overfit.metrics.table import (
    GAPS,
    MATCH,
    METRICS,
    SPLITS,
    THRESHOLD,
    differences,
    measurement,
    probe_metric,
)
from overfit.results import Results


def measured(experiment: Experiment, results: Results, histories: pd.DataFrame) -> pd.DataFrame:
    """All metrics that an experiment uses, of each seed.

    Args:
        experiment: the experiment.
        results: the folder of results.
        histories: its histories, from `read_histories`.

    Returns:
        The table of `metrics`, with the rows of `with_probes`, `with_matched` and `with_repeats`.
        `edge` names the keys for which a variant's searches end at an extreme value, see
        `overfit.metrics.edges`. Gaps are NaN where the class frequencies of training and test sets
        differ.

    Raises:
        DataError: a figure or a claim is about such a gap.
    """
    found = _of_file(experiment, histories) if experiment.measurements else metrics(histories)
    mixed = _of_mixed_classes(experiment, results)
    if mixed and (gaps := experiment.gaps()):
        raise DataError(
            f"{experiment.name}: {gaps[0]} of {next(iter(mixed))} would compare sets with "
            f"different class frequencies: {next(iter(mixed.values()))}"
        )
    found.loc[found["variant"].isin(mixed) & found["metric"].isin(GAPS), "value"] = np.nan
    if experiment.measured():
        found = with_probes(found, read_probes(experiment, results))
    if matching := experiment.matched():
        measures = (measurement(name.partition(MATCH)[0]) for name in matching)
        probed = {measure[0] for measure in measures if measure}
        curves = read_probe_curves(experiment, results, probed) if probed else None
        found = with_matched(found, matching, histories, curves)
    trials = {variant: read_trials(experiment, variant, results) for variant in experiment.searches}
    if of_searches := experiment.search_metrics():
        found = with_repeats(found, of_searches, experiment, trials)
    for variant, table in trials.items():
        search = experiment.searches[variant]
        scores = trial_scores(table, search.objective.metric)
        ended = ", ".join(map(str, edges(scores, search.space, search.objective.metric)))
        found.loc[found["variant"] == variant, "edge"] = ended
    return found


def _of_file(experiment: Experiment, histories: pd.DataFrame) -> pd.DataFrame:
    """The metrics of measurements: those of learning curves, and others that the file has."""
    grid = experiment.grid
    finals = read(experiment.name, experiment.measurements, experiment.values, grid).metrics
    if histories.empty:
        return finals
    of_curves = metrics(histories)
    known = of_curves.groupby("metric")["value"].transform("count") > 0
    both = pd.concat(
        [of_curves[known & ~of_curves["metric"].isin(finals["metric"])][finals.columns], finals],
        ignore_index=True,
    )
    position = both.groupby(["variant", *grid, "seed"], sort=False).ngroup()
    return both.iloc[position.argsort(kind="stable")].reset_index(drop=True)


def _of_mixed_classes(experiment: Experiment, results: Results) -> dict[str, str]:
    """The variants whose training and test sets have different class frequencies, and why."""
    found = {}
    for cell in experiment.trained:
        data = cell.run.settings.data
        card = json.loads(content(results.dataset(data.dataset).card))
        if why := gap_mistake(card, data.draw):
            found[cell.variant] = why
    return found


def metrics(histories: pd.DataFrame) -> pd.DataFrame:
    """Compute every metric of every seed.

    * Accuracies (fractions from 0 to 1) and losses (nats) are those of the last evaluation point.
    * `gap` is the training minus the test accuracy, `generalization_gap_loss` the test minus the
      training loss, `test_error` 1 minus the test accuracy.
    * `best_test_accuracy` is the highest of all evaluations, `test_loss_rise` the last test loss
      minus the lowest, `updates_to_best_test_loss` the first update with the lowest.
    * `updates_to_90` is where the training accuracy first reaches 0.9, interpolated between
      evaluations, see `overfit.metrics.matching`. A run that never reaches it counts with its whole
      budget of updates: a mean of these is a restricted mean, a lower bound of the mean number of
      updates, and comparable between equal budgets.
    * `diverged` is 1 for a seed that diverged, else 0: its mean is the share of those that did.

    A seed that never reached this accuracy is `censored` for `updates_to_90`.

    A seed that diverged has lost what it learned: its accuracies are those before the first update.
    Leaving it out would flatter the variant that diverges. It has no last loss, no gap and no rise
    (NaN).
    Its `updates_to_90` is the whole budget unless it got there before it diverged.

    Args:
        histories: the table of `read_histories`.

    Returns:
        One row per seed and metric: experiment, variant, the grid axes, seed, metric, value,
        straight, diverged, censored, edge; in the order of `histories`, metrics in the order of
        `METRICS`. `straight` is the value with straight lines between evaluations; only
        interpolated metrics have it. `edge` is empty here, see `measured`.

    Source of the restricted mean: Royston and Parmar (2013), Restricted mean survival time.
    """
    keys = ["experiment", "variant", *grid_axes(histories), "seed"]
    seeds = pd.MultiIndex.from_frame(histories[keys].drop_duplicates())
    last = _at_the_end(histories, keys)
    end = {split: last[last["split"] == split].set_index(keys).reindex(seeds) for split in SPLITS}
    values = {
        f"{split}_{quantity}": rows[quantity]
        for split, rows in end.items()
        for quantity in ("accuracy", "loss")
    }
    gaps = differences(values)
    untrained = histories[histories["update"] == 0]
    for split in end:
        start = untrained[untrained["split"] == split].set_index(keys).reindex(seeds)
        accuracy = values[f"{split}_accuracy"]
        values[f"{split}_accuracy"] = accuracy.fillna(start["accuracy"])
    values |= {**gaps, "test_error": 1 - values["test_accuracy"]}
    values |= _best(histories[histories["split"] == "test"], keys, seeds, values["test_loss"])
    budget = last.groupby(keys, sort=False)["update"].max().reindex(seeds).to_numpy()
    needed = updates_to(histories, seeds.to_frame(index=False), THRESHOLD)
    never = np.isnan(needed[:, 0])
    values["updates_to_90"] = pd.Series(np.where(never, budget, needed[:, 0]), seeds)

    diverged = histories.groupby(keys, sort=False)["diverged"].any().reindex(seeds)
    values["diverged"] = diverged.astype(float)

    table = seeds.repeat(len(METRICS)).to_frame(index=False)
    table["metric"] = np.tile(list(METRICS), len(seeds))
    table["value"] = np.column_stack([values[name] for name in METRICS]).ravel()
    waits = table["metric"] == "updates_to_90"
    table["straight"] = np.nan
    table.loc[waits, "straight"] = np.where(never, budget, needed[:, 1])
    table["diverged"] = diverged.to_numpy(dtype=bool).repeat(len(METRICS))
    table["censored"] = waits & never.repeat(len(METRICS))
    table["edge"] = ""
    return table


def _best(
    tested: pd.DataFrame, keys: list[str], seeds: pd.MultiIndex, end: pd.Series[float]
) -> dict[str, pd.Series[float]]:
    """The best of a run on test images, and what was lost since; `end` is the last test loss."""
    ordered = tested.sort_values("update", kind="stable")
    lowest = ordered.dropna(subset="loss").sort_values("loss", kind="stable")
    best = lowest.drop_duplicates(keys).set_index(keys).reindex(seeds)
    return {
        "best_test_accuracy": ordered.groupby(keys, sort=False)["accuracy"].max().reindex(seeds),
        "test_loss_rise": end - best["loss"],
        "updates_to_best_test_loss": best["update"].where(end.notna()),
    }


def with_probes(metrics: pd.DataFrame, probes: pd.DataFrame) -> pd.DataFrame:
    """Add the measurements of probes at the last evaluation, named as in `probe_metric`.

    Seeds that diverged and infinite measurements have no value (NaN). Bins of histograms are not
    metrics.

    Args:
        metrics: the table of `metrics`.
        probes: the table of `read_probes`.

    Returns:
        The rows of `metrics`, with one row per measured number after those of its seed.
    """
    keys = ["experiment", "variant", *grid_axes(metrics), "seed"]
    pairs = pd.MultiIndex.from_frame(probes[["quantity", "layer"]])
    codes, distinct = pairs.factorize()
    names = np.array([probe_metric(*pair) for pair in distinct], dtype=object)[codes]
    known = names != None  # noqa: E711, elementwise
    found = probes[known]
    measured = found[keys].assign(
        metric=names[known],
        value=found["value"].where(np.isfinite(found["value"])),
        straight=np.nan,
        censored=False,
        edge="",
    )
    seeds = metrics[[*keys, "diverged"]].drop_duplicates()
    measured = measured.merge(seeds, on=keys, how="left")[metrics.columns]
    both = pd.concat([metrics, measured], ignore_index=True)
    position = both.groupby(keys, sort=False).ngroup()
    return both.iloc[np.argsort(position, kind="stable")].reset_index(drop=True)


def with_repeats(
    metrics: pd.DataFrame,
    names: Iterable[str],
    experiment: Experiment,
    trials: Mapping[str, pd.DataFrame],
) -> pd.DataFrame:
    """Add metrics such as `search.test_accuracy`, with the repeat instead of the seed.

    Args:
        metrics: the table of `metrics`.
        names: the names of the metrics to add.
        experiment: the experiment; it has no grid, as searched variants cannot be crossed with one.
        trials: the table of `read_trials` of each searched variant.

    Returns:
        The rows of `metrics`, and after them one for each searched variant, repeat and name. A
        repeat all of whose trials diverged has no value (NaN).
    """
    names = list(names)
    tables = [metrics]
    for variant, table in trials.items():
        search = experiment.searches[variant]
        found = of_repeats(table, search.objective.metric, ordered=search.sequential)
        rows = found[["repeat", *names]].melt("repeat", var_name="metric")
        rows = rows.rename(columns={"repeat": "seed"}).assign(
            experiment=experiment.name,
            variant=variant,
            straight=np.nan,
            diverged=False,
            censored=False,
            edge="",
        )
        tables.append(rows[metrics.columns])
    return pd.concat(tables, ignore_index=True)


def of_repeats(trials: pd.DataFrame, metric: str, *, ordered: bool = True) -> pd.DataFrame:
    """All metrics of each repeat of a search.

    The best trial is that of `ranked_trials`. `search.anytime` is that of `searches.anytime`.

    Args:
        trials: the table of `read_trials`.
        metric: what the search optimizes, such as `validation_accuracy`.
        ordered: whether trials depend on earlier ones.

    Returns:
        One row per repeat: `repeat`, and a column for each name of `SEARCH_METRICS`.
    """
    scores = trial_scores(trials, metric)
    on_the_way = anytime(scores, metric, ordered=ordered)
    rows = []
    for repeat, curve in incumbents(scores, metric).groupby("repeat"):
        best = {f"search.{name}": float("nan") for name in _QUANTITIES}
        if curve["best"].iloc[-1] >= 0:
            chosen = (trials["repeat"] == repeat) & (trials["trial"] == curve["best"].iloc[-1])
            best = _end_of_trial(trials[chosen])
        rows.append(
            {
                "repeat": repeat,
                **best,
                "search.gap": best["search.validation_accuracy"] - best["search.test_accuracy"],
                "search.anytime": on_the_way[repeat],
            }
        )
    return pd.DataFrame(rows)


def _at_the_end(histories: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    budget = histories.groupby(keys[:-1], sort=False)["update"].transform("max")
    return histories[histories["update"] == budget]


_QUANTITIES = ("validation_accuracy", "validation_loss", "test_accuracy", "test_loss")


def _end_of_trial(trial: pd.DataFrame) -> dict[str, float]:
    """The result of a trial, from its history."""
    last = trial.loc[trial.groupby([*EACH, "split"])["update"].idxmax()].set_index("split")
    found = {}
    for name in _QUANTITIES:
        split, quantity = name.split("_")
        found[f"search.{name}"] = float(last[quantity].loc[split])
    return found

"""What is lost between evaluations: the same networks with few and many, and coverage of ratios.

    python -m benchmarks.curves

The first table trains networks with and without batch normalization on 300 digits, evaluated 200
times and at fewer points, and compares the number of updates to a training accuracy of 0.9 and the
gap where it is 0.95. The second simulates 1,000 studies of n seeds in which one variant needs 0.3
times the updates of the other, and counts how often the 95% interval contains this ratio: at the
first evaluation that gets there, with straight lines between evaluations, and interpolated.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.datasets import load_digits

from overfit import nn
from overfit.metrics.matching import places, with_matched
from overfit.metrics.measuring import metrics
from overfit.metrics.resampling import mean_intervals
from overfit.metrics.summary import summarize
from overfit.training.examples import Examples
from overfit.training.loop import Recipe, train
from overfit.training.schedule import Schedule
from overfit.training.stack import Replicate

Floats = NDArray[np.float64]
MANY = 200
POINTS = (10, 13, 40)
"""Numbers of evaluations; that of the experiment on learning rates is 13, the default 40."""
IMAGES = 300
Way = Literal["interpolated", "straight", "first"]


def histories(points: int, seeds: int, *, epochs: int = 60) -> pd.DataFrame:
    """Histories of networks on digits, `plain` and `batch_norm`, evaluated `points` times."""
    images, labels = load_digits(return_X_y=True)
    found = Examples((images / 16).astype(np.float32), labels.astype(np.uint8))

    def part(rows: NDArray[np.intp]) -> Examples:
        return Examples(found.inputs[rows], found.labels[rows])

    tables = []
    for variant, layers in (("plain", []), ("batch_norm", [nn.BatchNorm])):
        network = nn.mlp(64, [30, 30], 10, layers=layers)
        schedule = Schedule(examples=IMAGES, batch_size=100, epochs=epochs, points=points)
        replicates = []
        for seed in range(seeds):
            rows = np.random.default_rng(seed).permutation(1200)
            own = part(rows[:IMAGES]), part(rows[IMAGES : IMAGES + 10])
            replicates.append(Replicate(seed, *own, nn.SGD(0.1)))
        test = part(np.arange(1200, len(labels)))
        for one in train(Recipe(network, schedule), replicates, test, root_seed=0):
            tables.append(pd.DataFrame(one.history.columns).assign(variant=variant))
    return pd.concat(tables, ignore_index=True).assign(experiment="digits", run="")


NAMES = ("updates_to_90", "gap@train_accuracy=0.95")


def difference_of_points(
    seeds: int = 10, fewer: Sequence[int] = (10,)
) -> Iterator[tuple[str, float, float, float, float]]:
    """For each number of points, variant and metric: few, many, and the interval with few."""

    def summary(points: int) -> pd.DataFrame:
        table = histories(points, seeds)
        added = with_matched(metrics(table), NAMES[1:], table)
        return summarize(added).set_index(["variant", "metric"])

    many = summary(MANY)
    for points in fewer:
        few = summary(points)
        for variant in ("plain", "batch_norm"):
            for name in NAMES:
                row = few.loc[variant, name]
                what = f"{points:2} points, {variant}, {name}"
                other = many.loc[variant, name]["mean"]
                yield what, row["mean"], other, row["ci_low"], row["ci_high"]


def coverage(
    points: int, n: int, *, studies: int = 1000, ratio: float = 0.3, way: Way = "interpolated"
) -> tuple[float, float]:
    """The share of simulated studies whose interval contains the ratio of updates to 0.9.

    Seed s of variant v has the curve `0.1 + 0.9 (1 - exp(-(u / t)^1.5))`, where t is log-normal, in
    part the same for both variants, and is evaluated on 300 images, so accuracies are multiples of
    1/300. Both train for 600 updates.

    Returns:
        This share, and the share of studies that are told that evaluations are too far apart:
        those whose estimate with straight lines is beyond the interval.
    """
    rng = np.random.default_rng([points, n])
    updates = np.array(Schedule(IMAGES, 100, epochs=200, points=points).evaluation_points(), float)
    shared, own = rng.normal(0, 0.08, (studies, n)), rng.normal(0, 0.08, (2, studies, n))
    start = np.log(60) + shared

    def log_ratios(by: Way) -> Floats:
        of, to = (
            _needed(updates, np.exp(start + own[side] + shift).ravel(), by)
            for side, shift in enumerate((np.log(ratio), 0.0))
        )
        return np.sort(np.log(of / to).reshape(studies, n))

    low, high = mean_intervals(list(log_ratios(way))).T
    straight = log_ratios("straight").mean(axis=1)
    contains = (low <= np.log(ratio)) & (np.log(ratio) <= high)
    return float(contains.mean()), float(((straight < low) | (straight > high)).mean())


def _needed(updates: Floats, time: Floats, way: Way) -> Floats:
    curves = 0.1 + 0.9 * (1 - np.exp(-((updates / time[:, None]) ** 1.5)))
    seen = np.round(curves * IMAGES) / IMAGES
    if way == "first":
        return updates[(seen >= 0.9).argmax(axis=1)]
    return places(updates, seen, 0.9)[:, int(way == "straight")]


if __name__ == "__main__":
    print(f"the same networks with few and with {MANY} evaluations; * is beyond the interval")
    for what, few, many, low, high in difference_of_points(20, POINTS):
        beyond = "" if low <= many <= high else " *"
        print(f"{what:48} {few:8.3f} [{low:.3f}, {high:.3f}] {many:8.3f}{beyond}")
    print("coverage of 95% intervals of a ratio of updates; told: evaluations are too far apart")
    ways: tuple[Way, ...] = ("first", "straight", "interpolated")
    print("points   n " + "".join(f"{way:>14}" for way in ways) + "          told")
    for points in POINTS:
        for n in (10, 20):
            found = [coverage(points, n, way=way) for way in ways]
            shares = [*(covered for covered, _ in found), found[-1][1]]
            texts = "".join(f"{100 * share:13.1f}%" for share in shares)
            print(f"{points:6} {n:3} {texts}", flush=True)

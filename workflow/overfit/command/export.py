"""Write results for other tools: long CSV tables, an MLflow folder, TensorBoard event files.

MLflow and TensorBoard need the packages of the extra `export`.
"""

from __future__ import annotations

import math
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import pandas as pd

from overfit.command import parser_of, stop
from overfit.command.studies import add_configfile, study_of
from overfit.config.experiment import Experiment, Trained
from overfit.config.problems import ConfigurationError
from overfit.data.checked import DataError
from overfit.metrics.format import setting
from overfit.metrics.histories import read_histories
from overfit.metrics.tables import read_metrics
from overfit.report.settings import flatten
from overfit.results import RESULTS, atomic

NEEDS = {"mlflow": "mlflow", "tensorboard": "tensorboardX"}
"""The module that writes a format."""


@dataclass(frozen=True)
class Run:
    """A network, as other tools have it."""

    experiment: str
    name: str
    """Its variant, its points and its seed, fit for the name of a folder."""
    settings: dict[str, str]
    values: dict[str, float]
    """Each metric that it has, at the end."""
    curves: pd.DataFrame
    """The rows of `curves_of` that are its own."""

    def points(self) -> Iterator[tuple[str, float, int]]:
        """Metric, value and update: of learning curves, then of other metrics at update 0."""
        yield from self.curves[["metric", "value", "update"]].itertuples(index=False)
        curved = set(self.curves["metric"])
        yield from ((name, value, 0) for name, value in self.values.items() if name not in curved)


def metrics_of(experiment: Experiment) -> pd.DataFrame:
    """Every metric of every seed: variant, the grid axes, seed, metric, value."""
    table = read_metrics(RESULTS.experiment(experiment.name).metrics, experiment.grid)
    return table[["variant", *experiment.grid, "seed", "metric", "value"]]


def curves_of(experiment: Experiment) -> pd.DataFrame:
    """Every evaluation: variant, the grid axes, seed, update, epoch, metric, value."""
    histories = read_histories(experiment, RESULTS)
    keys = ["variant", *experiment.grid, "seed", "update", "epoch"]
    long = histories.melt([*keys, "split"], ["accuracy", "loss"], var_name="metric")
    long["metric"] = long["split"].str.cat(long["metric"], sep="_")
    return long.dropna(subset="value")[[*keys, "metric", "value"]]


def runs_of(experiment: Experiment) -> Iterator[Run]:
    """The runs of an experiment, with what other tools call parameters and metrics."""
    metrics, curves = metrics_of(experiment), curves_of(experiment)
    for cell in experiment.cells:
        here = _at(metrics, cell.variant, cell.at)
        lines = dict(iter(_at(curves, cell.variant, cell.at).groupby("seed")))
        given = flatten(cell.settings.model_dump(mode="json")) if isinstance(cell, Trained) else ()
        settings = {key: setting(value) for key, value in given if value is not None}
        settings |= {axis: setting(point) for axis, point in cell.at.items()}
        point = "".join(f",{axis}={setting(point)}" for axis, point in cell.at.items())
        for seed, own in here.groupby("seed"):
            values = zip(own["metric"], own["value"], strict=True)
            yield Run(
                experiment.name,
                f"{cell.variant}{point},seed={seed}".replace("/", "_"),
                {"variant": cell.variant, "seed": str(seed), **settings},
                {name: value for name, value in values if math.isfinite(value)},
                lines.get(seed, curves.iloc[:0]),
            )


def _at(table: pd.DataFrame, variant: str, at: Mapping[str, Any]) -> pd.DataFrame:
    chosen = table["variant"] == variant
    for axis, point in at.items():
        chosen &= table[axis] == point
    return table[chosen]


def write_csv(experiment: Experiment, folder: Path) -> None:
    """Write `metrics.csv` and `curves.csv`, a row for each value, in a folder of the experiment."""
    tables = {"metrics": metrics_of(experiment), "curves": curves_of(experiment)}
    for name, table in tables.items():
        with atomic(folder / experiment.name / f"{name}.csv") as temporary:
            table.to_csv(temporary, index=False)


def write_mlflow(experiment: Experiment, folder: Path) -> None:
    """Write the runs into an MLflow folder, which `mlflow ui --backend-store-uri` shows.

    Learning curves have their update for step. MLflow calls its folders outdated and asks that you
    allow them; it can still read them, and turn them into a database.
    """
    os.environ["MLFLOW_ALLOW_FILE_STORE"] = "true"
    from mlflow import MlflowClient
    from mlflow.entities import Metric, Param

    client = MlflowClient(tracking_uri=folder.resolve().as_uri())
    of = client.create_experiment(experiment.name)
    for run in runs_of(experiment):
        made = client.create_run(of, run_name=run.name, start_time=0)
        points = [Metric(_plain(name), value, 0, update) for name, value, update in run.points()]
        client.log_batch(made.info.run_id, points, [Param(*pair) for pair in run.settings.items()])
        client.set_terminated(made.info.run_id, end_time=0)


def _plain(name: str) -> str:
    """A name of a metric without the characters that MLflow refuses."""
    return name.replace("@", " at ").replace("=", " ")


def write_tensorboard(experiment: Experiment, folder: Path) -> None:
    """Write an event file for each run, which `tensorboard --logdir` shows."""
    from tensorboardX import SummaryWriter

    for run in runs_of(experiment):
        with SummaryWriter(str(folder / run.experiment / run.name)) as writer:
            for name, value, update in run.points():
                writer.add_scalar(name, value, update, walltime=float(update))
            told = "\n".join(f"    {key}: {value}" for key, value in run.settings.items())
            writer.add_text("settings", told, 0, walltime=0.0)


WRITERS = {"csv": write_csv, "mlflow": write_mlflow, "tensorboard": write_tensorboard}


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the results of experiments in some formats; return 2 if one can't be written."""
    parser = parser_of(__name__, __doc__)
    parser.add_argument("experiments", nargs="*", help="those of the configuration if none")
    parser.add_argument("--format", action="append", choices=WRITERS, help="csv if none")
    parser.add_argument("--to", default="export", type=Path, help="a new folder")
    add_configfile(parser)
    asked = parser.parse_args(arguments)
    formats = asked.format or ["csv"]
    for name in formats:
        try:
            import_module(NEEDS.get(name, "csv"))
        except ImportError:
            return stop(
                f"{name} needs the package {NEEDS[name]}: pip install 'overfit-lab[export]'"
            )
        if (asked.to / name).exists():
            return stop(f"{asked.to / name} already exists; delete it, or name another folder")
    try:
        study = study_of(asked.configfile, asked.experiments)
        for experiment in study.experiments.values():
            for name in formats:
                WRITERS[name](experiment, asked.to / name)
    except (ConfigurationError, DataError) as error:
        return stop(error)
    except FileNotFoundError as error:
        return stop(f"{error.filename} is missing: run snakemake first")
    for name in formats:
        print(asked.to / name, file=sys.stdout)
    return 0

"""A small experiment, really run: from its YAML to the tables that figures are drawn from."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import yaml

from overfit.config.experiment import Experiment
from overfit.config.study import load_study
from overfit.data import Prepared, draw_subsets
from overfit.jobs import training as jobs
from overfit.metrics.histories import read_histories, read_probes, write_metrics
from overfit.metrics.measuring import metrics, with_probes
from overfit.results import Results
from tests.data.writing import prepare
from tests.figures.synthetic import CONFIG


def run_experiment(repository: Path, folder: Path, text: str) -> Experiment:
    """Run an experiment in `folder`. Results are in `folder / "results"`."""
    (folder / "config/experiments").mkdir(parents=True)
    shutil.copy(repository / "config/datasets.yaml", folder / "config")
    (folder / "config/experiments/small.yaml").write_text(text, encoding="utf-8")
    study = load_study(CONFIG, root=folder)
    experiment = study.experiments["small"]
    results = folder / "results"
    dataset = results / "datasets/mnist-5k"
    dataset.mkdir(parents=True)
    catalogue = yaml.safe_load((repository / "config/datasets.yaml").read_text())
    prepare("mnist-5k", catalogue["mnist-5k"], dataset)
    digits = Prepared.open(dataset)
    ((block,),) = {tuple(blocks) for blocks in experiment.blocks.values()}
    for spec in study.runs.values():
        data = spec.settings.data
        subsets = draw_subsets(
            digits.pool_labels,
            data.train,
            data.validation,
            root_seed=0,
            seeds=range(experiment.seeds),
        )
        trained = jobs.train_block(spec, digits, subsets)
        home = results / "runs" / spec.id
        home.mkdir(parents=True)
        jobs.write_table(home / f"{block}.parquet", trained.history, spec)
        if spec.records:
            jobs.write_table(home / f"{block}.probes.parquet", trained.probes, spec)
            np.savez(home / f"{block}.npz", **trained.kept)
    table = metrics(read_histories(experiment, Results(results)))
    if experiment.probes:
        table = with_probes(table, read_probes(experiment, Results(results)))
    write_metrics(table, results / "experiments/small/metrics.csv")
    return experiment

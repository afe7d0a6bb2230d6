"""Runs that record more than a history."""

import shutil

import numpy as np
import pandas as pd
import pytest

from overfit.results import RECORD

from .conftest import EVERYTHING, TINY, Project

pytestmark = pytest.mark.xdist_group("everything")

HOME = "results/experiments/everything"
FIGURES = ("weight_distribution", "ensemble", "learning_curves")


def test_probes_and_kept_arrays_are_files_beside_the_history(everything, tmp_path):
    small = Project(tmp_path / "copy")
    shutil.copytree(everything.folder, small.folder)  # keeps modification times
    runs = sorted((small.folder / "results/runs").iterdir())
    assert len(runs) == 2
    for run in runs:
        assert sorted(path.name for path in run.iterdir() if path.suffix != RECORD) == [
            "0000-0001.npz", "0000-0001.parquet", "0000-0001.probes.parquet",
            "0002-0003.npz", "0002-0003.parquet", "0002-0003.probes.parquet",
            "0004-0005.npz", "0004-0005.parquet", "0004-0005.probes.parquet",
        ]  # fmt: skip
        history = pd.read_parquet(run / "0000-0001.parquet")
        probes = pd.read_parquet(run / "0000-0001.probes.parquet")
        assert list(probes) == ["run", "seed", "update", "layer", "quantity", "value"]
        assert set(probes["run"]) == set(history["run"]) == {run.name}
        assert set(probes["update"]) == set(history["update"])
        kept = np.load(run / "0000-0001.npz")
        assert kept["seeds"].tolist() == [0, 1]
        assert kept["predictions"].shape == (2, 2000, 10)
        assert kept["0.W"].shape == (2, 784, 20)
    home = small.folder / HOME
    metrics = pd.read_csv(home / "metrics.csv")
    assert {"weights.l2_norm.all", "weights.zeros.3", "gap"} <= set(metrics["metric"])
    assert (metrics.groupby(["variant", "metric"]).size() == 4).all()
    (claim,) = pd.read_csv(home / "claims.csv").to_dict("records")
    assert (claim["kind"], claim["metric"], claim["n"]) == (
        "ratio",
        "weights.l2_norm.all",
        6,
    )  # the second look
    holm = small.planned(*TINY, *EVERYTHING, "correction=holm")
    assert {"train_recording", "summarize", "claims"}.isdisjoint(holm)
    assert holm["all_claims"] == 1
    assert all((home / f"figures/{name}.png").stat().st_size > 1000 for name in FIGURES)
    assert "Nothing to be done" in small.run("-n", *TINY, *EVERYTHING)
    (runs[0] / "0000-0001.npz").unlink()
    planned = small.planned(*TINY, *EVERYTHING)
    assert planned["train_recording"] == 1
    assert "train" not in planned


def asking(name, more=""):
    """An experiment of the one network that both of the tests' experiments train."""
    return f"title: {name}\nquestion: Why?\nvariants: {{baseline: {{}}}}\n{more}"


def summary(project, name):
    """Of an experiment that runs alone."""
    made = f"results/experiments/{name}/summary.csv"
    project.run(made, "--cores", "2", *TINY, "--config", f"experiments=[{name}]")
    return (project.folder / made).read_bytes()


def test_a_run_is_trained_once_and_again_only_for_what_nobody_recorded(small):
    """Whatever is asked of it, and whichever experiments are selected."""
    experiments = small.folder / "config/experiments"
    first, second = experiments / "first.yaml", experiments / "second.yaml"
    first.write_text(asking("First"))
    alone = summary(small, "first")
    second.write_text(asking("Second", "base: {evaluation: {points: 3}}\nprobes: [weights]\n"))
    both = (*TINY, "--config", "experiments=[first,second]")
    printed = small.run("-n", *both)
    assert (
        "note: 2 blocks of first, second will be trained again, to record 3 evaluation points and "
        "the probe weights as well"
    ) in printed
    summary(small, "second")
    (run,) = (small.folder / "results/runs").iterdir()
    trained = {path: path.read_bytes() for path in run.iterdir()}
    assert small.planned(*both).keys().isdisjoint({"train", "train_recording"})
    assert summary(small, "first") == alone
    second.unlink()  # what was recorded stays, and is more than is asked
    assert "train" not in small.planned(*TINY, "--config", "experiments=[first]")
    assert {path: path.read_bytes() for path in run.iterdir()} == trained

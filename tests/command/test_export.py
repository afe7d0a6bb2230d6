"""`overfit export`: what other tools read from it, and what overfit itself does."""

import struct

import pandas as pd
import pytest

import overfit
from overfit.command import main
from tests.peers import required

TEXT = """\
title: Small
question: Does weight decay narrow the gap?
base:
  data: {dataset: digits, train: 40, validation: 30}
  model: {hidden: [12]}
  train: {optimizer: {name: sgd, lr: 0.1}, batch_size: 20, epochs: 4}
variants:
  baseline: {}
  l2: {penalty: {l2: 0.1}}
grid: {train.batch_size: [10, 20]}
seeds: 5
figures: [{kind: learning_curves, at: {train.batch_size: 10}}]
"""
CLAIMS = """\
claims:
  - id: gap
    says: It narrows the gap.
    test: {difference: gap, of: l2, minus: baseline, over: all, expect: below, margin: 0.02}
  - id: best
    says: It raises the best test accuracy.
    test: {difference: best_test_accuracy, of: l2, minus: baseline, expect: above, margin: 0.02,
           at: {train.batch_size: 10}}
  - id: loss
    says: It raises the training loss.
    test: {difference: train_loss, of: l2, minus: baseline, over: all, expect: above, margin: 0.1,
           statistic: median}
"""
MEASURED = """\
title: Measured
question: Does weight decay narrow the gap?
measurements: {{file: {file}, metric: metric{more}}}
variants: {{baseline: {{}}, l2: {{}}}}
grid: {{train.batch_size: [10, 20]}}
"""


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A small experiment that has run, and its folder."""
    folder = tmp_path_factory.mktemp("trained")
    (folder / "small.yaml").write_text(TEXT + CLAIMS)
    return overfit.run(folder / "small.yaml", folder=folder / "run"), folder / "run"


def exported(trained, folder, monkeypatch, *formats):
    outcome, project = trained
    monkeypatch.chdir(project)
    asked = [word for one in formats for word in ("--format", one)]
    assert main(["export", outcome.experiment.name, *asked, "--to", str(folder)]) == 0
    return folder


@pytest.mark.parametrize(
    ("table", "more"), [("metrics", ""), ("curves", ", update: update, epoch: epoch")]
)
def test_measurements_of_an_export_give_the_same_effects_and_intervals(
    trained, tmp_path, monkeypatch, table, more
):
    outcome, _ = trained
    folder = exported(trained, tmp_path / "out", monkeypatch)
    file = folder / "csv" / outcome.experiment.name / f"{table}.csv"
    again = overfit.run(MEASURED.format(file=file, more=more) + CLAIMS, folder=tmp_path / "again")
    columns = ["claim", "estimate", "ci_low", "ci_high", "n", "p", "verdict"]
    assert list(outcome.claims["n"]) == [5, 5, 5]
    pd.testing.assert_frame_equal(again.claims[columns], outcome.claims[columns], check_exact=True)
    if table == "curves":
        kept = ["variant", "train.batch_size", "seed", "update", "epoch", "split", "loss"]
        pd.testing.assert_frame_equal(again.history[kept], outcome.history[kept], check_exact=True)


def test_mlflow_reads_its_folder(trained, tmp_path, monkeypatch):
    mlflow = required("mlflow", "mlflow-skinny==3.17.2")
    monkeypatch.setenv("MLFLOW_ALLOW_FILE_STORE", "true")
    outcome, _ = trained
    folder = exported(trained, tmp_path / "out", monkeypatch, "mlflow") / "mlflow"
    client = mlflow.MlflowClient(tracking_uri=folder.as_uri())
    [experiment] = [e for e in client.search_experiments() if e.name == outcome.experiment.name]
    runs = client.search_runs([experiment.experiment_id], "params.variant = 'l2'", max_results=100)
    assert len(runs) == 10
    assert runs[0].data.params["penalty.l2"] == "0.1"
    metrics = outcome.metrics.set_index(["variant", "train.batch_size", "seed", "metric"])["value"]
    for run in runs:
        of = ("l2", int(run.data.params["train.batch_size"]), int(run.data.params["seed"]))
        for name in ("gap", "test_accuracy", "updates_to_90"):
            assert run.data.metrics[name] == metrics[(*of, name)]
    given, rows = runs[0].data.params, outcome.history
    rows = rows[(rows["variant"] == "l2") & (rows["seed"] == int(given["seed"]))]
    rows = rows[(rows["train.batch_size"] == int(given["train.batch_size"]))]
    expected = rows[rows["split"] == "test"].set_index("update")["loss"].to_dict()
    history = client.get_metric_history(runs[0].info.run_id, "test_loss")
    assert {point.step: point.value for point in history} == expected


def test_tensorboard_gets_an_event_file_for_each_run(trained, tmp_path, monkeypatch):
    required("tensorboardX", "tensorboardX==2.6.5")
    from tensorboardX.proto.event_pb2 import Event

    outcome, _ = trained
    folder = exported(trained, tmp_path / "out", monkeypatch, "tensorboard") / "tensorboard"
    runs = sorted(folder.glob("*/*"))
    assert len(runs) == 20
    [own] = [run for run in runs if run.name == "l2,train.batch_size=10,seed=3"]
    [file] = own.iterdir()
    content, found = file.read_bytes(), {}
    while content:  # a record is its length, a checksum, an event, and a checksum
        (length,) = struct.unpack("<Q", content[:8])
        event = Event.FromString(content[12 : 12 + length])
        found |= {(value.tag, event.step): value.simple_value for value in event.summary.value}
        content = content[16 + length :]
    rows = outcome.history
    rows = rows[(rows["variant"] == "l2") & (rows["train.batch_size"] == 10) & (rows["seed"] == 3)]
    for row in rows.itertuples():
        assert found[f"{row.split}_loss", row.update] == pytest.approx(row.loss, rel=1e-6)


def test_a_folder_that_is_there_is_not_overwritten(trained, tmp_path, monkeypatch, capsys):
    exported(trained, tmp_path / "out", monkeypatch)
    assert main(["export", "--to", str(tmp_path / "out")]) == 2
    assert "already exists" in capsys.readouterr().err


def test_missing_results_are_told(trained, tmp_path, monkeypatch, capsys):
    outcome, project = trained
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config").symlink_to(project / "config")
    assert main(["export", outcome.experiment.name]) == 2
    assert "is missing: run snakemake first" in capsys.readouterr().err

"""The smoke preset, run by the real Snakemake: what the files say, not only that they exist."""

import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from markupsafe import escape
from PIL import Image

from overfit.claims.claim import KINDS
from overfit.jobs.training import recorded_spec

pytestmark = pytest.mark.xdist_group("smoke")

EXPERIMENTS = {"overfit", "l1_sparsity", "dropout_ensemble", "search_book"}
METRICS = {
    "train_accuracy",
    "validation_accuracy",
    "test_accuracy",
    "train_loss",
    "validation_loss",
    "test_loss",
    "gap",
    "generalization_gap_loss",
    "test_error",
    "best_test_accuracy",
    "test_loss_rise",
    "updates_to_best_test_loss",
    "updates_to_90",
    "diverged",
}
VERDICTS = {"supported", "contradicted", "negligible", "inconclusive"}


@pytest.fixture(scope="module")
def results(smoke):
    return smoke.folder / "results"


def histories(folder):
    """Paths of all histories below; what probes record stands beside them."""
    return sorted(p for p in folder.rglob("*.parquet") if ".probes" not in p.name)


def test_every_rule_is_used(results, repository):
    """What the preset is for: each rule with a log has written one, but `look`.

    That one needs claims that `make decide` has left undecided.
    """
    rules = {
        rule
        for file in (repository / "workflow/rules").glob("*.smk")
        for rule in re.findall(r"^rule (\w+):", file.read_text(), re.MULTILINE)
    }
    assert len(rules) > 10
    assert rules - {"look"} <= {path.stem for path in (results / "logs").iterdir()}
    assert list((results / "runs").glob("*/*.npz")), "train_recording"


def test_every_search_has_repeats(results):
    folders = list((results / "searches").glob("*/*"))
    assert {folder.name for folder in folders} == {"random", "tpe"}
    for folder in folders:
        trials = pd.concat(map(pd.read_parquet, folder.glob("*.parquet")))
        assert (trials.groupby("repeat")["trial"].nunique() == [4, 4]).all()


def test_every_history_is_whole(results):
    paths = histories(results / "runs")
    assert len(paths) > 20
    for path in paths:
        history = pd.read_parquet(path)
        first, last = map(int, path.stem.split("-"))
        assert set(history["seed"]) == set(range(first, last + 1))
        assert set(history["run"]) == {path.parent.name}
        assert set(history["split"]) == {"train", "validation", "test"}
        points = history.groupby(["seed", "split"])["update"]
        assert (points.min() == 0).all()
        assert (points.max() == history["update"].max()).all()
        assert history["accuracy"].between(0, 1).all()
        assert (history["loss"] > 0).all()
        assert not history["diverged"].any()


def test_each_run_says_what_it_is(results):
    for path in histories(results / "runs"):
        assert recorded_spec(path).id == path.parent.name


def test_summaries_count_every_seed_and_variant(results):
    assert {path.name for path in (results / "experiments").iterdir()} == EXPERIMENTS
    for experiment in EXPERIMENTS:
        summary = pd.read_csv(results / "experiments" / experiment / "summary.csv")
        assert set(summary["metric"]) >= METRICS
        of_repeats = summary["metric"].str.startswith("search.")
        assert of_repeats.any() == (experiment == "search_book")
        assert (summary["n"] == np.where(of_repeats, 2, 3)).all()
        assert (summary["diverged"] == 0).all()
        accuracy = summary[summary["metric"].str.endswith("accuracy")]
        assert accuracy["mean"].between(0, 1).all()
        assert (summary["min"] <= summary["mean"]).all()
        assert (summary["mean"] <= summary["max"]).all()
        assert (summary["ci_low"] <= summary["ci_high"]).all()


def test_a_summary_is_the_mean_of_its_histories(results):
    """Recomputed from Parquet, for the last evaluation of one variant."""
    experiment = results / "experiments" / "dropout_ensemble"
    summary = pd.read_csv(experiment / "summary.csv").set_index(["variant", "metric"])
    metrics = pd.read_csv(experiment / "metrics.csv")
    for variant in ("plain", "scaled"):
        values = metrics.query("variant == @variant and metric == 'test_accuracy'")["value"]
        assert summary.loc[(variant, "test_accuracy"), "mean"] == pytest.approx(
            values.mean(), rel=1e-5
        )
    runs = [
        pd.concat(map(pd.read_parquet, histories(folder)))
        for folder in (results / "runs").iterdir()
    ]
    last = [
        run[(run["split"] == "test") & (run["update"] == run["update"].max())]["accuracy"].mean()
        for run in runs
    ]
    wanted = summary.loc[("scaled", "test_accuracy"), "mean"]
    assert any(value == pytest.approx(wanted, rel=1e-5) for value in last)


def test_runs_are_shared_between_experiments(smoke):
    """The plain network of dropout_ensemble is the run that overfit asks for, too."""
    trained = len(list((smoke.folder / "results/runs").iterdir()))
    asked = 0
    for name in EXPERIMENTS:
        summary = pd.read_csv(smoke.folder / f"results/experiments/{name}/summary.csv")
        axes = [c for c in summary.columns if "." in c]
        asked += len(summary[["variant", *axes]].drop_duplicates())
    assert trained < asked


def test_every_claim_has_a_verdict(results):
    claims = pd.read_csv(results / "claims.csv")
    assert set(claims["experiment"]) == EXPERIMENTS
    assert set(claims["verdict"]) <= VERDICTS
    assert set(claims["kind"]) <= set(KINDS)
    assert set(claims["basis"]) == {"95% interval"}
    assert (claims["n"] == np.where(claims["metric"].str.startswith("search."), 2, 3)).all()
    assert (claims["p_adjusted"] >= claims["p"]).all()
    single = pd.concat(
        pd.read_csv(results / "experiments" / name / "claims.csv") for name in EXPERIMENTS
    )
    assert set(single["claim"]) == set(claims["claim"])


def test_every_figure_is_drawn_twice(results):
    drawn = list((results / "experiments").glob("*/figures/*.svg"))
    assert {path.parent.parent.name for path in drawn} == EXPERIMENTS
    for path in drawn:
        assert ET.parse(path).getroot().tag == "{http://www.w3.org/2000/svg}svg"
        with Image.open(path.with_suffix(".png")) as image:
            assert min(image.size) > 300


def test_figures_of_finished_experiments_are_drawn_while_others_train(results):
    drawn = [path.stat().st_mtime_ns for path in results.glob("experiments/*/figures/*.svg")]
    trained = [path.stat().st_mtime_ns for path in histories(results / "runs")]
    assert min(drawn) < max(trained)


def test_the_search_is_carried_into_its_variant(results):
    """The best of the first repeat, in each of the searches."""
    paths = list((results / "searches").glob("*relu-searched-*/random/best.yaml"))
    assert len(paths) == 3
    for best in paths:
        check_best(best)


def check_best(best):
    found = yaml.safe_load(best.read_text())
    trials = pd.concat(pd.read_parquet(p) for p in best.parent.glob("*.parquet"))
    assert trials["trial"].nunique() == 4
    trials = trials[trials["repeat"] == 0]
    last = trials[(trials["update"] == trials["update"].max()) & (trials["split"] == "validation")]
    top = last[last["accuracy"] == last["accuracy"].max()].sort_values("loss").iloc[0]
    assert found["train"]["optimizer"]["lr"] == top["train.optimizer.lr"]
    assert found["penalty"]["l2"] == top["penalty.l2"]


def test_the_report_holds_every_experiment(results, smoke):
    page = (results / "report.html").read_text()
    for name in EXPERIMENTS:
        path = smoke.folder / "config/experiments" / f"{name}.yaml"
        assert escape(yaml.safe_load(path.read_text())["title"]) in page
    assert "http-equiv" not in page or "refresh" not in page
    assert page.count("data:image/svg+xml") >= len(EXPERIMENTS)


def test_provenance_tells_what_trained(results):
    provenance = json.loads((results / "provenance.json").read_text())
    assert provenance["seeds"]["root"] >= 0
    assert provenance["work"]["runs"] == len(list((results / "runs").iterdir()))
    [environment] = provenance["training"]
    assert environment["kernel"]
    assert environment["cpu"]


def test_snakemakes_own_report_holds_each_figure(finished):
    finished.run(
        "--report",
        "report.zip",
        *("--configfile", "config/config.yaml"),
        "config/presets/smoke.yaml",
    )
    import zipfile

    with zipfile.ZipFile(finished.folder / "report.zip") as archive:
        names = archive.namelist()
        figures = [name for name in names if name.endswith(".svg") and "/data/" in name]
        page = min((name for name in names if name.endswith("report.html")), key=len)
        html = archive.read(page).decode()
    drawn = {path.name for path in (finished.folder / "results").rglob("*.svg")}
    assert {Path(name).name for name in figures} == drawn
    labels = {
        '"kind":"learning curves","name":"learning_curves"',
        '"variant":"baseline,higher_rate","metric":"accuracy"',
    }
    assert all(label in re.sub(r"\s*([:,])\s*", r"\1", html) for label in labels)
    assert "asks what makes small neural networks overfit" in html


def test_nothing_is_left_over(smoke):
    assert not list((smoke.folder / "results").rglob("*.part*"))

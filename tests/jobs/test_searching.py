"""What a job of a search computes, on real digits."""

from __future__ import annotations

import logging
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import yaml

from overfit.config.merging import merged, nested
from overfit.config.settings import Settings
from overfit.config.specs import Recording, RunSpec, SearchSpec
from overfit.config.study import load_study
from overfit.data import draw_subsets
from overfit.data.checked import DataError
from overfit.jobs import searching
from overfit.jobs import training as jobs
from overfit.metrics.searches import costs, incumbents, trial_scores
from overfit.results import Results
from overfit.search.trials import make, trial_costs
from overfit.training import loop
from tests.config.conftest import Project
from tests.jobs.test_training import BASE

ACCURACY = {"maximize": "validation_accuracy"}


def search(space, method="random", trials=6, **options):
    found = {key: next(iter(one.values())) for key, one in space.items() if "when" not in one}
    lowest = nested({key: values[0] for key, values in found.items()})
    settings = Settings.model_validate(merged(merged(BASE, {"train": {"epochs": 2}}), lowest))
    return SearchSpec.model_validate(
        {
            "root_seed": 1,
            "settings": settings.model_dump(mode="json"),
            "space": space,
            "objective": ACCURACY,
            "trials": trials,
            "method": method,
            **options,
        }
    )


def log_uniform(ends):
    return {key: {"log_uniform": list(values)} for key, values in ends.items()}


SPACES = {
    "optimizer and penalties": {
        "train.optimizer.lr": [1e-3, 1e-1],
        "penalty.l2": [1e-6, 1e-2],
        "penalty.l1": [1e-6, 1e-3],
        "penalty.max_norm": [1.0, 10.0],
    },
    "label noise": {"data.label_noise": [0.01, 0.5], "train.optimizer.lr": [1e-3, 1e-1]},
    "network": {"model.init.std": [0.01, 0.5], "train.optimizer.lr": [1e-3, 1e-1]},
}
WIDTHS = {"optimizer and penalties": [6], "label noise": [6], "network": [1] * 6}
CHOICES = {"dropout.rate": {"choice": [0.0, 0.3]}, "batch_norm": {"choice": [None, True]}}
LR = log_uniform({"train.optimizer.lr": [1e-3, 1.0]})
EVERYTHING = {
    "model.depth": {"int": [1, 2]},
    "model.width": {"log_int": [8, 32]},
    "batch_norm": {"choice": [None, True]},
    "train.optimizer.name": {"choice": ["momentum", "adam"]},
    "train.optimizer.momentum": {
        "uniform": [0.0, 0.9],
        "when": {"train.optimizer.name": "momentum"},
    },
    "train.optimizer.lr": {"log_uniform": [1e-3, 1e-1]},
    "train.batch_size": {"choice": [20, 50]},
    "dropout.rate": {"choice": [0.0, 0.3]},
}


@pytest.mark.parametrize("name", SPACES)
def test_trials_are_stepped_together_where_only_numbers_of_the_training_differ(
    digits,
    name,
    monkeypatch,
    tmp_path,
):
    widths = []

    def counting(recipe, replicates, *arguments, **options):
        widths.append(len(replicates))
        return real(recipe, replicates, *arguments, **options)

    real = loop.train
    monkeypatch.setattr(loop, "train", counting)
    spec = search(log_uniform(SPACES[name]))
    together = searching.search_block(spec, digits, range(6), tmp_path)
    assert widths == WIDTHS[name]
    alone = [
        searching.search_block(spec, digits, range(trial, trial + 1), tmp_path)
        for trial in range(6)
    ]
    assert together.to_pylist() == [row for table in alone for row in table.to_pylist()]
    assert together.to_pandas().groupby("trial")["loss"].last().nunique() == 6


def test_blocks_go_through_all_repeats_which_have_their_own_seeds_and_trials(digits, tmp_path):
    spec = search(LR, trials=3, repeats=2)
    assert spec.blocks(4) == ["0000-0003", "0004-0005"]
    blocks = [searching.search_block(spec, digits, b, tmp_path) for b in (range(4), range(4, 6))]
    scores = trial_scores(pd.concat(b.to_pandas() for b in blocks), "validation_accuracy")
    assert scores[["repeat", "trial", "round", "seed"]].to_numpy().tolist() == [
        [repeat, trial, 0, 1_000_000 + repeat] for repeat in (0, 1) for trial in range(3)
    ]
    assert scores["train.optimizer.lr"].nunique() == 6
    once = searching.search_block(search(LR, trials=3), digits, range(3), tmp_path).to_pandas()
    both = pd.concat(b.to_pandas() for b in blocks).reset_index(drop=True)
    same = both[both["repeat"] == 0].drop(columns="search")
    pd.testing.assert_frame_equal(once.drop(columns="search"), same)


@pytest.mark.parametrize("method", ["tpe", "gp", "hyperband"])
def test_a_search_that_was_killed_goes_on_in_its_round_and_ends_the_same(
    digits,
    method,
    tmp_path,
    monkeypatch,
    caplog,
):
    options = {} if method == "hyperband" else {"round": 4}
    spec = search(log_uniform({"train.optimizer.lr": [1e-3, 1.0]}), method, trials=14, **options)
    spec = spec.model_copy(update={"settings": spec.settings.updated({"train": {"epochs": 3}})})
    whole = searching.search_block(spec, digits, range(14), tmp_path / "whole")

    rounds, real = [], jobs.train_trials

    def killed_in_the_third(spec, dataset, trials, **options):
        rounds.append(trials[0].round)
        if len(rounds) == 3:
            raise KeyboardInterrupt
        return real(spec, dataset, trials, **options)

    monkeypatch.setattr(jobs, "train_trials", killed_in_the_third)
    with pytest.raises(KeyboardInterrupt):
        searching.search_block(spec, digits, range(14), tmp_path / "halves")
    with caplog.at_level(logging.INFO, "overfit"):
        resumed = searching.search_block(spec, digits, range(14), tmp_path / "halves")
    assert rounds[:4] == [0, 1, 2, 2]
    assert resumed.equals(whole)
    lines = [line for line in caplog.messages if line.startswith("round ")]
    assert len(lines) == len(make(spec, 0).plan)
    assert lines[0].endswith("kept from before")
    assert re.fullmatch(
        r"round 3 of \d+: best validation_accuracy so far 0\.\d{4}, \d+\.\d\d trials/s, \d+ s left",
        lines[2],
    )


def test_a_job_of_several_repeats_gives_the_numbers_of_a_job_for_each(digits, tmp_path):
    """Blocks are whole repeats where rounds depend on each other, and as many as fit."""
    spec = search(LR, "tpe", trials=12, repeats=3)
    assert spec.blocks(3) == ["0000-0011", "0012-0023", "0024-0035"]
    assert spec.blocks(24) == ["0000-0023", "0024-0035"]
    assert spec.blocks(35) == ["0000-0023", "0024-0035"]
    together = searching.search_block(spec, digits, range(24), tmp_path / "together")
    apart = [
        searching.search_block(spec, digits, block, tmp_path / str(block[0]))
        for block in (range(12), range(12, 24))
    ]
    assert together.equals(pa.concat_tables(apart))


@pytest.mark.parametrize("method", ["tpe", "gp", "hyperband"])
def test_rounds_of_all_repeats_of_a_job_are_stepped_together(digits, method, tmp_path, monkeypatch):
    widths, real = [], loop.train

    def counting(recipe, replicates, *arguments, **options):
        widths.append(len(replicates))
        return real(recipe, replicates, *arguments, **options)

    monkeypatch.setattr(loop, "train", counting)
    spec = search(LR, method, trials=6 if method == "hyperband" else 13, repeats=4)
    trials = range(4 * spec.trials)
    history = searching.search_block(spec, digits, trials, tmp_path).to_pandas()
    trials = history.drop_duplicates(["repeat", "trial"])
    assert widths == trials.groupby("round").size().tolist()
    order = trials[["repeat", "round", "trial"]].to_numpy().tolist()
    assert order == sorted(order)
    assert len(list(tmp_path.rglob("*.parquet"))) == len(widths)


@pytest.mark.parametrize("change", ["more trials", "another repeat", "fewer trials"])
@pytest.mark.parametrize("method", ["random", "qmc", "tpe", "gp", "hyperband", "grid"])
def test_a_search_goes_on_where_trials_or_repeats_are_added(
    digits, method, change, tmp_path, monkeypatch
):
    """The file is the one that asking for all at once would have given, byte for byte."""
    trained, real = [], jobs._replicate

    def counting(*arguments):
        trained.append(arguments)
        return real(*arguments)

    monkeypatch.setattr(jobs, "_replicate", counting)
    space = {"train.optimizer.lr": {"log_uniform": [1e-3, 1.0], "points": 6}, **CHOICES}
    space = {"train.batch_size": {"choice": [20, 25, 40, 50, 100]}} if method == "grid" else space
    small = search(space, method, trials=12 if method in ("tpe", "gp") else 6)
    trials = {"more trials": small.trials + 4, "fewer trials": small.trials - 2}
    update = {"trials": trials[change]} if change in trials else {"repeats": 2}
    large = small.model_copy(update=update)
    results = {}
    for name in ("continued", "at once"):
        results[name] = Results(tmp_path / name / "results")
        to = results[name].dataset("mnist-5k").root
        to.parent.mkdir(parents=True)
        to.symlink_to(Path(digits.images.filename).parent)
    counts = {}
    for name, spec in (("continued", small), ("continued", large), ("at once", large)):
        trained.clear()
        for block in spec.blocks(1000):
            searching.write_trials(spec, block, results[name], made_by="code")
        counts[name] = len(trained)
    for block in large.blocks(1000):
        one, other = (
            each.trials(large.id, method, block).read_bytes() for each in results.values()
        )
        assert one == other
    if change == "another repeat":
        assert counts["continued"] == counts["at once"] / 2
    elif method in ("random", "qmc", "tpe", "gp"):
        assert counts["continued"] == max(0, large.trials - small.trials)
    changed = large.model_copy(
        update={"settings": large.settings.updated({"train": {"clip": 1.0}})}
    )
    for spec, code in ((large, "other code"), (changed, "code")):
        trained.clear()
        searching.write_trials(spec, spec.blocks(1000)[0], results["continued"], made_by=code)
        assert len(trained) == counts["at once"]


@pytest.mark.parametrize("objective", [ACCURACY, {"minimize": "validation_loss"}])
def test_what_trials_cost_is_what_the_analysis_says_of_them(digits, objective, tmp_path):
    space = {"penalty.l2": {"choice": [1e-6, 1e6]}, **LR}
    spec = search(space, trials=8, repeats=2, objective=objective)
    history = searching.search_block(spec, digits, range(16), tmp_path)
    (metric,) = objective.values()
    scores = trial_scores(history.to_pandas(), metric)
    each = zip(scores["repeat"], scores["trial"], strict=True)
    said = dict(zip(each, costs(scores, metric), strict=True))
    assert trial_costs(history, metric) == said
    assert {*np.isinf(list(said.values()))} == {True, False}


LOADED = """
import sys
from pathlib import Path
from overfit.jobs import searching
from overfit.jobs import training as jobs
from overfit.data import Prepared
from overfit.config.specs import SearchSpec

dataset, folder = map(Path, sys.argv[1:])
spec = SearchSpec.from_yaml((folder / "spec.yaml").read_text())
history = searching.search_block(spec, Prepared.open(dataset), range(12), folder / "rounds")
jobs.write_table(folder / "history.parquet", history, spec)
print([name for name in ("pandas", "pyarrow.compute", "scipy") if name in sys.modules])
"""


def test_a_search_loads_nothing_that_it_would_wait_for_in_vain(digits, repository, tmp_path):
    spec = search(LR, "hyperband", trials=6, repeats=2)
    (tmp_path / "spec.yaml").write_text(spec.to_yaml())
    ran = subprocess.run(
        [sys.executable, "-c", LOADED, str(Path(digits.images.filename).parent), str(tmp_path)],
        env={"PYTHONPATH": str(repository / "workflow")},
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout == "[]\n"


def test_rounds_are_kept_apart_by_all_that_decides_them(tmp_path):
    output = tmp_path / "0000-0011.parquet"
    one = searching.rounds_folder(output, search(LR), ["code"])
    assert searching.rounds_folder(output, search(LR), ["code"]) == one
    one.mkdir()
    others = tmp_path / "0012-0023.rounds-00000000"
    others.mkdir()
    assert searching.rounds_folder(output, search(LR, trials=7), ["code"]) != one
    assert searching.rounds_folder(output, search(LR), ["other code"]) != one
    assert not one.exists(), "what something else has decided goes"
    assert others.exists()


def test_trials_that_diverge_score_worst_and_the_search_goes_on(digits, tmp_path):
    space = {"penalty.l2": {"choice": [1e-6, 1e6]}}
    spec = search(space, "tpe", trials=12, round=4)
    history = searching.search_block(spec, digits, range(12), tmp_path).to_pandas()
    scores = trial_scores(history, "validation_accuracy")
    assert len(scores) == 12
    assert set(scores.loc[scores["diverged"], "penalty.l2"]) == {1e6}
    assert scores.loc[scores["diverged"], "score"].isna().all()
    best = yaml.safe_load(searching.best_configuration(spec, history))
    assert best == {"penalty": {"l2": 1e-6}}
    only = history[history["diverged"]]
    assert "# trial" in searching.best_configuration(spec, only)


IMPOSSIBLE = {
    "a batch of one image": (
        {"train.batch_size": {"choice": [20, 13]}},
        {"data": {"train": 300}, "batch_norm": True},
        13,
        "batches of 13 from 300 training images leave a batch of 1; batch normalization needs at "
        "least 2",
    ),
    "a warm-up that is too long": (
        {"train.warm_up": {"choice": [5, 90]}},
        {"train": {"epochs": 9}},
        90,
        "a warm-up of 90 updates uses up the whole budget of 90",
    ),
    "more images than there are": (
        {"data.train": {"choice": [100, 2980]}},
        {},
        2980,
        "class 0 has 300 images in the pool; training needs 298",
    ),
}


@pytest.mark.parametrize("method", ["random", "tpe", "gp", "hyperband"])
@pytest.mark.parametrize("case", IMPOSSIBLE)
def test_a_trial_that_cannot_be_trained_fails_with_its_reason_and_the_search_goes_on(
    digits, case, method, tmp_path
):
    space, differences, impossible, reason = IMPOSSIBLE[case]
    (key,) = space
    options = {"round": 4} if method in ("tpe", "gp") else {}
    spec = search({**space, **LR}, method, trials=8, **options)
    spec = spec.model_copy(update={"settings": spec.settings.updated(differences)})
    history = searching.search_block(spec, digits, range(8), tmp_path)
    scores = trial_scores(history.to_pandas(), "validation_accuracy")
    whole = scores[scores["budget"] == 1]
    failed = whole["failed"].notna()
    assert (failed == (whole[key] == impossible)).all()
    assert {*failed} == {True, False}
    assert whole["failed"][failed].str.contains(reason, regex=False).all()
    assert whole["score"].isna().equals(failed)
    costs = trial_costs(history, "validation_accuracy")
    assert all(np.isinf(costs[0, number]) for number in whole["trial"][failed])
    best = yaml.safe_load(searching.best_configuration(spec, history.to_pandas()))
    assert best[key.split(".")[0]][key.split(".")[1]] != impossible
    found = incumbents(scores, "validation_accuracy")
    assert np.isfinite(found["score"].iloc[-1])


def test_a_search_all_of_whose_trials_failed_says_why(digits, tmp_path):
    spec = search({"train.batch_size": {"choice": [13, 23]}}, trials=3)
    spec = spec.model_copy(
        update={
            "settings": spec.settings.updated(
                {"data": {"train": 300}, "train": {"batch_size": 20}, "batch_norm": True}
            )
        }
    )
    history = searching.search_block(spec, digits, range(3), tmp_path).to_pandas()
    with pytest.raises(DataError, match="all trials of the random search .* failed; the first one"):
        searching.best_configuration(spec, history)


@pytest.mark.parametrize("method", ["random", "tpe", "gp"])
def test_structure_optimizer_and_conditions_can_be_searched(digits, method, tmp_path):
    spec = search(EVERYTHING, method, trials=16)
    history = searching.search_block(spec, digits, range(16), tmp_path).to_pandas()
    scores = trial_scores(history, "validation_accuracy")
    assert scores["score"].notna().all()
    adam = scores["train.optimizer.name"] == "adam"
    assert 0 < adam.sum() < 16
    assert (scores["train.optimizer.momentum"].isna() == adam).all()
    assert set(scores["batch_norm"]) == {"null", "true"}


def test_a_rung_of_hyperband_is_the_training_with_fewer_epochs(digits, tmp_path):
    spec = search(LR, "hyperband", trials=6)
    spec = spec.model_copy(update={"settings": spec.settings.updated({"train": {"epochs": 9}})})
    history = searching.search_block(spec, digits, range(6), tmp_path).to_pandas()
    scores = trial_scores(history, "validation_accuracy")
    assert scores["trial"].tolist() == list(range(len(scores)))
    assert (scores["epochs"] == 9 * scores["budget"]).all()
    assert scores["epochs"].sum() <= 6 * 9
    number = int(searching.best_configuration(spec, history).split()[2])
    assert scores.set_index("trial").loc[number, "budget"] == 1


def test_images_are_drawn_anew_where_their_number_is_searched(digits, tmp_path):
    spec = search({"data.train": {"choice": [100, 200]}}, trials=8)
    history = searching.search_block(spec, digits, range(8), tmp_path).to_pandas()
    ends = history.groupby("data.train")["update"].max()
    assert ends.to_dict() == {100: 2 * 5, 200: 2 * 10}


def test_the_best_configuration_can_be_pasted_into_an_experiment(digits, tmp_path):
    spec = search(EVERYTHING, trials=12)
    history = searching.search_block(spec, digits, range(12), tmp_path).to_pandas()
    text = searching.best_configuration(spec, history)
    first = text.splitlines()[0]
    assert re.fullmatch(
        rf"# trial \d+ of random search {spec.id}: validation_accuracy 0\.\d+", first
    )
    pasted = "".join(f"    {line}\n" for line in text.splitlines())
    project = Project(tmp_path / "project")
    project.edit("config/experiments/plain.yaml", "  baseline: {}\n", f"  baseline:\n{pasted}")
    study = load_study(
        yaml.safe_load((project.root / "config/config.yaml").read_text()), root=project.root
    )
    settings = study.runs[study.experiments["plain"].runs[0]].settings
    row = trial_scores(history, "validation_accuracy").set_index("trial").loc[int(first.split()[2])]
    assert settings.train.optimizer.lr == row["train.optimizer.lr"]
    assert settings.train.optimizer.name == row["train.optimizer.name"]
    assert settings.model.hidden == (row["model.width"],) * row["model.depth"]
    assert (settings.batch_norm is not None) == (row["batch_norm"] == "true")
    if settings.train.optimizer.name == "momentum":
        assert settings.train.optimizer.momentum == row["train.optimizer.momentum"]


def test_what_was_found_replaces_what_stands_for_it_in_the_run(digits, tmp_path):
    """The stand-in's own optimizer has a key that the one that was found does not have."""
    spec = search(EVERYTHING, trials=12)
    assert spec.settings.train.optimizer.name == "momentum"
    found = {
        "train": {"optimizer": {"name": "adam", "lr": 0.002}, "batch_size": 20},
        "model": {"width": 9},
    }
    settings = spec.settings.updated(found, instead_of=spec.space)
    assert settings.train.optimizer.model_dump()["lr"] == 0.002
    assert settings.model.hidden == (9,)
    assert settings.dropout is None
    assert np.isclose(settings.shortened(0.5).train.epochs, 1)


@pytest.mark.parametrize("stopping", [None, {"patience": 1, "metric": "validation_loss"}])
def test_test_images_are_evaluated_at_the_end_alone_and_as_in_a_run(digits, tmp_path, stopping):
    spec = search(LR, trials=2)
    differences = {"train": {"epochs": 8, "early_stopping": stopping}}
    spec = spec.model_copy(update={"settings": spec.settings.updated(differences)})
    trials = searching.search_block(spec, digits, range(2), tmp_path).to_pandas()
    assert (trials.groupby(["trial", "split"]).size().unstack()["test"] == 1).all()
    one = trials[trials["trial"] == 0]
    lr = one["train.optimizer.lr"].iloc[0]
    settings = spec.settings.updated({"train": {"optimizer": {"lr": float(lr)}}})
    data, seed = settings.data, spec.seed(0)
    subsets = draw_subsets(
        digits.pool_labels, data.train, data.validation, root_seed=1, seeds=[seed]
    )
    recording = Recording(points=(settings.evaluation.points,))
    run = jobs.train_block(RunSpec(root_seed=1, settings=settings), recording, digits, subsets)
    everything = run.history.to_pandas()
    end = everything["update"].max()
    columns = ["update", "split", "loss", "accuracy"]
    wanted = everything[(everything["split"] != "test") | (everything["update"] == end)]
    pd.testing.assert_frame_equal(
        one[columns].reset_index(drop=True), wanted[columns].reset_index(drop=True)
    )

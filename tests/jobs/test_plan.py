"""What the rules know of a study: its jobs, what they read, and what makes them outdated."""

import hashlib
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml

from overfit.config.study import load_study
from overfit.jobs.plan import Plan

CODE = """
import sys
sys.path.insert(0, ".")
from tests.jobs.test_plan import digests, plan_of
from pathlib import Path
print(*digests(plan_of(Path(sys.argv[1]))), sep="\\n")
"""


def plan_of(repository, **config):
    text = (repository / "config/config.yaml").read_text(encoding="utf-8")
    return Plan(load_study(yaml.safe_load(text) | config, root=repository))


def digests(plan):
    """The digest of every table, figure and verdict."""
    for name, experiment in plan.study.experiments.items():
        yield plan.digest_of_tables(SimpleNamespace(experiment=name))
        yield plan.digest_of_claims(SimpleNamespace(experiment=name))
        for figure in experiment.figures:
            yield plan.digest_of_figure(SimpleNamespace(experiment=name, figure=figure.key))


@pytest.fixture(scope="module")
def plan(repository):
    return plan_of(repository)


def test_each_result_is_written_by_one_job(plan):
    outputs = plan.outputs()
    assert len(outputs) == len(set(outputs)) > 500
    assert len(plan.trained) == len(plan.histories) > 200


def test_searches_start_first_and_then_the_longest_jobs(plan):
    """By the time that their networks took; parameters and updates are what they differ in."""
    jobs = {"train": [], "search_trials": []}
    for job in plan.trained:
        names = ("run", "block") if job.rule == "train" else ("search", "method", "block")
        jobs[job.rule].append(SimpleNamespace(**dict(zip(names, job.names, strict=True))))
    trained = sorted(jobs["train"], key=plan.urgency)
    assert min(map(plan.urgency, jobs["search_trials"])) > plan.urgency(trained[-1])
    work = [plan.run(job).settings.budget * max(plan.run(job).settings.model.hidden)
            for job in (*trained[:20], *trained[-20:])]  # fmt: skip
    assert max(work[:20]) < min(work[20:])


def test_a_job_reads_only_results_of_other_jobs(plan):
    outputs = set(plan.outputs())
    for job in plan.jobs:
        if job.rule == "train":
            block = SimpleNamespace(run=job.names[0], block=job.names[1])
            assert set(plan.read_by_run(block)) <= outputs
        if job.rule == "figure":
            figure = SimpleNamespace(experiment=job.names[0], figure=job.names[1])
            assert plan.read_by_figure(figure)
            assert set(plan.read_by_figure(figure)) <= {*outputs, *plan.records()}


def test_digests_are_the_same_in_each_process(repository, plan):
    ran = subprocess.run(
        [sys.executable, "-c", CODE, str(repository)],
        cwd=repository,
        check=True,
        capture_output=True,
        text=True,
    )
    assert ran.stdout.split() == list(digests(plan))


def test_what_the_results_are_made_of_is_read_with_the_plan(repository, plan, monkeypatch):
    monkeypatch.chdir(repository)
    found = plan.read_inputs(["config/config.yaml"])
    assert {
        "config/experiments/dropout.yaml",
        "workflow/overfit/nn/layers/dropout.py",
    } <= found.keys()
    content = Path("config/config.yaml").read_bytes()
    assert found["config/config.yaml"] == hashlib.sha256(content).hexdigest()


def test_a_larger_experiment_asks_for_more(plan):
    (run, *_), blocks = plan.study.experiments["dropout"].runs, "0000-0009"
    block = SimpleNamespace(run=run, block=blocks)
    assert plan.training_mb(block, 2) == 2 * plan.training_mb(block, 1)
    one = SimpleNamespace(run=run, block="0000-0000")
    assert plan.training_minutes(one, 1) <= plan.training_minutes(block, 1)

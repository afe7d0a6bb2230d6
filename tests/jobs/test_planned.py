"""What `snakemake -n` shows of a study."""

from logging import LogRecord
from types import SimpleNamespace

import pytest

from overfit.jobs.planned import Row, ShortDryRun, owned, rows, table

from .test_plan import plan_of

TRAINS = {"train": ("run", "block"), "search_trials": ("search", "method", "block")}
OF_EXPERIMENT = ("summarize", "claims", "figure")


@pytest.fixture(scope="module")
def plan(repository):
    return plan_of(repository, experiments=["overfit", "dropout", "regularizers"])


def jobs_of(plan):
    """The plan's jobs as Snakemake has them."""
    for job in plan.jobs:
        names = TRAINS.get(job.rule) or ("experiment",) * (job.rule in OF_EXPERIMENT)
        wildcards = dict(zip(names, job.names, strict=False))
        yield SimpleNamespace(
            rule=SimpleNamespace(name=job.rule),
            wildcards=SimpleNamespace(**wildcards),
            wildcards_dict=wildcards,
        )


def record(msg, **told):
    found = LogRecord("snakemake", 20, "", 0, msg, (), None)
    vars(found).update(told)
    return found


def test_each_job_counts_once_for_the_first_experiment_that_needs_it(plan):
    jobs = list(jobs_of(plan))
    found = rows(plan, jobs)
    assert sum(row.jobs for row in found.values()) == len(jobs)
    assert sum(row.seconds for row in found.values()) == pytest.approx(sum(map(plan.seconds, jobs)))
    first = next(iter(plan.study.experiments.values()))
    trained = [job for job, name in owned(plan.study, jobs) if name == first.name]
    assert {job.wildcards_dict.get("run") for job in trained} >= set(first.runs)
    assert found["overfit"].runs == 2
    assert found["regularizers"].runs > 10


def test_the_table_counts_what_is_up_to_date_and_fits_80_columns():
    found = {"dropout": Row(11, 16, 121.0), "l" * 60: Row(9, 1, 1.0), "done": Row(3), "": Row(0, 2)}
    lines = table(found).splitlines()
    assert max(map(len, lines)) <= 80
    by_name = {line.split()[0]: line.split()[1:] for line in lines if line[:1].isalpha()}
    assert by_name["dropout"] == ["11", "16", "2.0"]
    assert by_name["l" * 34 + "…"] == ["9", "1", "<", "0.1"]
    assert by_name["total"] == ["19", "2.0"]
    assert lines[-1] == "Up to date: 1 of 3 experiments"


def test_the_table_of_nothing_to_do_is_a_table():
    """As with `-n --until claims` once all claims are decided."""
    assert table({"done": Row(2, 0, 0.0), "": Row(0, 0, 0.0)}).splitlines()[-2:] == [
        f"{'total':14}{'':7}{0:14}{'0.0':>22}",
        "Up to date: 1 of 1 experiments",
    ]


def test_a_dry_run_hides_jobs_and_ends_with_the_table(plan):
    shown = ShortDryRun(plan, lambda: list(jobs_of(plan)))
    assert not shown(record("rule train", event="job_info"))
    assert not shown(record("Reasons:\n    (check individual jobs above for details)"))
    assert [shown(record("Job stats", event="run_info")) for _ in range(2)] == [True, False]
    last = record("This was a dry-run (flag -n). The order of jobs ...")
    assert shown(last)
    assert last.msg.splitlines()[1].startswith("experiment ")
    assert "--quiet host" in last.msg

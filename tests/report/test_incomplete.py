"""What failed, by what is missing and what its log says."""

import subprocess
import sys

import pytest

from overfit.jobs import LISTED
from overfit.report.failures import SILENT, failures, listed
from overfit.report.page import Failure
from overfit.results import Job, Results

JOB = """
import logging, sys
from types import SimpleNamespace as Some
from overfit.jobs import running
from overfit.data.checked import DataError
with running(Some(log=[sys.argv[1]], params=Some(digest=""))):
    logging.getLogger("overfit").info("seeds: 1 of 10")
    {}
"""


def failed(tmp_path, body, **variables):
    results, output = Results(tmp_path), tmp_path / "0000-0009.parquet"
    log = results.log("train", "0000-0009")
    log.parent.mkdir(parents=True)
    job = [sys.executable, "-c", JOB.format(body), str(log)]
    environment = {"PYTHONPATH": ":".join(sys.path), **variables}
    done = subprocess.run(job, env=environment, check=False, capture_output=True, text=True)
    assert done.returncode != 0
    found = failures([Job("train", ("0000-0009",), (output,))], results)
    return found, str(output), str(log), done.stderr


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("raise DataError('a.npz is damaged; delete it')", "a.npz is damaged; delete it"),
        ("raise DataError('a.csv: one\\na.csv: two')", "a.csv: one\n    a.csv: two"),
        ("raise MemoryError('Unable to allocate 9 GiB')", "MemoryError: Unable to allocate 9 GiB"),
        ("import os; os.kill(os.getpid(), 9)", SILENT),
    ],
    ids=["mendable", "several", "traceback", "killed"],
)
def test_the_reason_is_the_last_error_of_the_log(tmp_path, body, reason):
    found, output, log, _ = failed(tmp_path, body)
    assert found == [Failure(output, log, reason)]


@pytest.mark.parametrize(
    ("variables", "printed"),
    [({LISTED: "1"}, ""), ({}, "Error: a.csv: one\n")],
    ids=["listed at the end", "in a module"],
)
def test_a_job_prints_a_mistake_only_if_the_driver_does_not(tmp_path, variables, printed):
    *_, errors = failed(tmp_path, "raise DataError('a.csv: one')", **variables)
    assert errors == printed


def test_one_reason_of_several_failures_is_listed_once():
    found = [Failure(f"{name}.svg", f"{name}.log", "damaged") for name in "abc"]
    found.insert(1, Failure("d.svg", "d.log", "another"))
    assert listed(found) == [
        "  a.svg and 2 more: damaged (a.log)",
        "  d.svg: another (d.log)",
    ]


def test_jobs_that_succeeded_or_never_began_did_not_fail(tmp_path):
    done = tmp_path / "done.parquet"
    done.touch()
    results = Results(tmp_path)
    log = results.log("train", "done")
    log.parent.mkdir(parents=True)
    log.write_text("an earlier try failed")
    jobs = [Job("train", (name,), (tmp_path / f"{name}.parquet",)) for name in ("done", "never")]
    assert failures(jobs, results) == []


def test_the_page_lists_what_failed(study):
    one = Failure("results/runs/a/0000.parquet", "a.log", "<script>alert(1)</script>")
    page = study.html(failed=[one])
    assert "results/runs/a/0000.parquet" in page
    assert "&lt;script&gt;alert(1)" in page

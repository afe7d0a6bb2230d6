"""What failed, by what is missing and what its log says."""

import subprocess
import sys

import pytest

from overfit.report.incomplete import SILENT, failures
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


def failed(tmp_path, body):
    results, output = Results(tmp_path), tmp_path / "0000-0009.parquet"
    log = results.log("train", "0000-0009")
    log.parent.mkdir(parents=True)
    job = [sys.executable, "-c", JOB.format(body), str(log)]
    subprocess.run(job, env={"PYTHONPATH": ":".join(sys.path)}, check=False, capture_output=True)
    found = failures([Job("train", ("0000-0009",), (output,))], results)
    return found, str(output), str(log)


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
    found, output, log = failed(tmp_path, body)
    assert found == [Failure(output, log, reason)]


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

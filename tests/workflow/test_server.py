"""Jobs start at once where a server can fork them, and in the usual way elsewhere."""

import csv
import sys
from collections import Counter

import pytest

from .conftest import TABLES, TINY

pytestmark = [
    pytest.mark.xdist_group("tiny"),
    pytest.mark.skipif(sys.platform != "linux", reason="jobs are forked on Linux"),
]
NOTES_EACH_START = """\
import os, sys
started = "server" if "overfit.jobs.server" in sys.orig_argv else sys.orig_argv[-1]
with open(os.path.join(os.path.dirname(__file__), "started"), "a") as file:
    script = started.rpartition(".snakemake/scripts/")[2].rpartition(".py")[0]
    file.write(f"{{script}} {{os.getenv('OMP_NUM_THREADS')}}\\n" * bool(script))
if started == "server" and {server_fails}:
    sys.exit(1)
"""


@pytest.fixture(params=[False, True], ids=["with a server", "without a server"])
def server_fails(request):
    return request.param


def test_tables_have_the_same_bytes_whether_jobs_are_forked_or_not(
    tiny, small, tmp_path_factory, server_fails
):
    site = tmp_path_factory.mktemp("site")
    (site / "sitecustomize.py").write_text(NOTES_EACH_START.format(server_fails=server_fails))
    small.run(*TABLES, "--cores", "1", *TINY, PYTHONPATH=str(site))
    assert small.tables() == tiny.tables()
    started = [line.split() for line in (site / "started").read_text().splitlines()]
    jobs = Counter(script.rpartition(".")[2] for script, _ in started)
    assert jobs["train"] == (4 if server_fails else 0)
    assert jobs["claims"] == (1 if server_fails else 0)
    assert {threads for _, threads in started} <= {"1"}  # as of a forked job


def test_the_times_and_the_memory_of_a_forked_job_are_recorded(tiny):
    files = list((tiny.folder / "results/benchmarks/train").rglob("*.tsv"))
    assert len(files) == 4
    for path in files:
        with open(path, newline="") as file:
            (row,) = csv.DictReader(file, delimiter="\t")
        assert 0 < float(row["s"]) < 60
        assert 5 < float(row["max_rss"]) < 1000

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
    file.write(started.rpartition(".snakemake/scripts/")[2].rpartition(".py")[0] + "\\n")
if started == "server" and {server_fails}:
    sys.exit(1)
"""


@pytest.mark.parametrize(
    ("server_fails", "cores", "seeds_per_job"),
    [(False, 1, 1), (True, 1, 3), (False, 4, 10)],
    ids=["with a server", "without a server", "in whole blocks"],
)
def test_the_server_cores_and_the_size_of_blocks_change_no_byte(
    tiny, small, tmp_path_factory, server_fails, cores, seeds_per_job
):
    """The tables of `tiny` are those of two cores, a server, and blocks of two seeds."""
    site = tmp_path_factory.mktemp("site")
    (site / "sitecustomize.py").write_text(NOTES_EACH_START.format(server_fails=server_fails))
    blocks = ("--config", f"seeds_per_job={seeds_per_job}")
    printed = small.run(
        *TABLES, *blocks, "--cores", str(cores), "--verbose", *TINY, PYTHONPATH=str(site)
    )
    assert small.tables() == tiny.tables()
    jobs = Counter(line.rpartition(".")[2] for line in (site / "started").read_text().split())
    assert jobs["train"] == (4 if server_fails else 0)
    assert jobs["claims"] == (1 if server_fails else 0)
    # The scheduler plans at its start and when a job has ended, and doesn't while jobs run.
    assert 1 <= printed.count("Ready jobs:") <= 1 + printed.count("Finished jobid")


NOTES_KERNEL = """\
import os, sys
if sys.orig_argv[-1].endswith(".dataset.py"):
    with open(os.path.join(os.path.dirname(__file__), "kernel"), "w") as file:
        file.write(os.getenv("OPENBLAS_CORETYPE", "that of OpenBLAS"))
"""


def test_a_job_on_another_machine_has_the_chosen_kernel_before_it_starts(small, tmp_path):
    """Started as on a cluster, where many jobs load NumPy with their parameters."""
    (tmp_path / "sitecustomize.py").write_text(NOTES_KERNEL)
    job = ("--mode", "subprocess", "--target-jobs", "dataset:dataset=digits", "--forceall")
    kernel = ("--config", "blas_kernel=Haswell")
    small.run(*job, "--cores", "1", "--nolock", *kernel, *TINY, PYTHONPATH=str(tmp_path))
    assert (tmp_path / "kernel").read_text() == "Haswell"


def test_the_times_and_the_memory_of_a_forked_job_are_recorded(tiny):
    files = list((tiny.folder / "results/benchmarks/train").rglob("*.tsv"))
    assert len(files) == 4
    for path in files:
        with open(path, newline="") as file:
            (row,) = csv.DictReader(file, delimiter="\t")
        assert 0 < float(row["s"]) < 60
        assert 5 < float(row["max_rss"]) < 1000

"""`make verify`: hashes of everything, and two blocks trained again."""

import os
import shutil
import subprocess
import sys

import pyarrow.parquet as pq
import pytest

from overfit.jobs.verify import manifest
from overfit.results import Results

from .conftest import Project, environment

pytestmark = pytest.mark.xdist_group("tiny")


@pytest.fixture
def copy(tiny, tmp_path):
    folder = tmp_path / "copy"
    shutil.copytree(tiny.folder, folder)
    return Project(folder)


def verify(project):
    done = subprocess.run(
        [sys.executable, "-m", "overfit.jobs.verify"],
        cwd=project.folder,
        env=environment() | {"PYTHONPATH": str(project.folder / "workflow")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout + done.stderr


def test_untouched_results_are_right_to_the_last_bit(copy):
    status, printed = verify(copy)
    assert status == 0, printed
    assert "0 wrong" in printed
    assert printed.count("the same bits") == 2


def test_an_altered_table_is_told(copy):
    with open(copy.folder / "results/claims.csv", "a") as claims:
        claims.write("\n")
    assert verify(copy) == (1, "WRONG: claims.csv is altered\n22 files, 1 wrong\n")


def test_other_numbers_with_the_right_hash_are_told(copy):
    """Somebody has changed every history and made a new manifest."""
    results = Results(copy.folder / "results")
    for path in results.histories():
        table = pq.read_table(path)
        made_by = table.schema.metadata
        at = table.schema.get_field_index("loss")
        table = table.set_column(at, "loss", [[x.as_py() * 1.1 for x in table["loss"]]])
        pq.write_table(table.replace_schema_metadata(made_by), path)
    names = [line[66:] for line in results.manifest.read_text().splitlines()]
    results.manifest.write_text(manifest(results, [results.root / name for name in names]))
    status, printed = verify(copy)
    assert status == 1
    assert "other numbers on the same machine" in printed


def test_without_results_it_says_what_to_do(small):
    os.makedirs(small.folder / "results", exist_ok=True)
    status, printed = verify(small)
    assert status == 1
    assert "run the workflow first" in printed

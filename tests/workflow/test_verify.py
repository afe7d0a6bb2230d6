"""`make verify`: hashes of everything, tables made again, and blocks trained again."""

import os
import shutil
import subprocess
import sys

import pyarrow.parquet as pq
import pytest

from overfit.data.checked import SPEC
from overfit.jobs.verify import manifest
from overfit.results import MADE_BY, Results, atomic, read_record, records, write_text

from .conftest import Project, environment

pytestmark = pytest.mark.xdist_group("tiny")


@pytest.fixture
def copy(tiny, tmp_path):
    folder = tmp_path / "copy"
    shutil.copytree(tiny.folder, folder)
    return Project(folder)


@pytest.fixture
def results(copy):
    return Results(copy.folder / "results")


def verify(project, *arguments):
    done = subprocess.run(
        [sys.executable, "-m", "overfit.jobs.verify", *arguments],
        cwd=project.folder,
        env=environment() | {"PYTHONPATH": str(project.folder / "workflow")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout + done.stderr


def sign(results):
    names = [line[66:] for line in results.manifest.read_text().splitlines()]
    files = {results.root / name: read_record(results.root / name) for name in names}
    write_text(results.manifest, manifest(results, files))


def forge(results, path, edit):
    """Edit a table as if its job had written it so, with its record and a new manifest."""
    table = pq.read_table(path) if path.suffix == ".parquet" else path.read_text()
    edited = edit(table)
    token = MADE_BY.set("forged")
    if path.suffix == ".parquet":
        with atomic(path, rows=len(edited), columns=edited.column_names) as temporary:
            pq.write_table(edited, temporary)
    else:
        write_text(path, edited)
    sign(results)
    MADE_BY.reset(token)


def test_untouched_results_are_right_to_the_last_bit(copy):
    status, printed = verify(copy)
    assert status == 0, printed
    assert "23 files, 0 wrong" in printed
    assert "were made again, 0 differ" in printed
    assert printed.count("the same bits") == 2


def test_all_blocks_can_be_trained_again(copy):
    status, printed = verify(copy, "--blocks", "all")
    assert status == 0, printed
    assert printed.count("the same bits") == 4


def test_help_does_nothing_else(tmp_path):
    status, printed = verify_in(tmp_path)
    assert status == 0
    assert "--blocks" in printed
    assert "run the workflow first" not in printed


def verify_in(folder):
    command = [sys.executable, "-m", "overfit.jobs.verify", "--help"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def test_an_altered_table_is_told(copy):
    with open(copy.folder / "results/claims.csv", "a") as claims:
        claims.write("\n")
    assert verify(copy) == (1, "23 files, 1 wrong\nWRONG: claims.csv is altered\n")


def test_a_result_that_no_job_vouches_for_is_told(copy, results):
    records(results.claims)[0].unlink()
    assert verify(copy) == (1, "23 files, 1 wrong\nWRONG: claims.csv has no record\n")


def test_a_forged_table_is_not_what_its_sources_give(copy, results):
    """Somebody has changed a metric, its record and the manifest."""
    metrics = results.experiment("pair").metrics
    forge(results, metrics, lambda text: text.replace("0.", "0.9", 1))
    status, printed = verify(copy)
    assert status == 1
    assert "WRONG: experiments/pair/metrics.csv is not what its sources give" in printed


def test_other_numbers_with_the_right_hash_are_told(copy, results):
    """Somebody has changed every history, their records and the manifest."""

    def better(table):
        at = table.schema.get_field_index("loss")
        losses = [[loss.as_py() * 1.1 for loss in table["loss"]]]
        kept = table.schema.metadata
        return table.set_column(at, "loss", losses).replace_schema_metadata(kept)

    for path in results.histories():
        forge(results, path, better)
    status, printed = verify(copy)
    assert status == 1
    assert "experiments/pair/metrics.csv is not what its sources give" in printed
    assert "other numbers on the same machine" in printed


def test_an_edited_specification_is_told(copy, results):
    """A run that says of itself that it trained with another penalty."""
    [path] = [path for path in results.histories() if "l2_0.1" in str(path)][:1]

    def other(table):
        spec = table.schema.metadata[SPEC].replace(b"l2: 0.1", b"l2: 0.9")
        assert spec != table.schema.metadata[SPEC]
        return table.replace_schema_metadata({**table.schema.metadata, SPEC: spec})

    forge(results, path, other)
    status, printed = verify(copy)
    assert status == 1
    assert "its specification differs from that of the experiment" in printed


def edit(copy, *names, by="\n# edited\n"):
    for name in names:
        file = copy.folder / name
        file.write_text(file.read_text() + by)


def test_sources_that_change_no_result_are_named(copy):
    """Comments in an experiment and in the catalogue of datasets."""
    names = ("config/datasets.yaml", "config/experiments/pair.yaml")
    edit(copy, *names)
    status, printed = verify(copy)
    assert status == 0, printed
    for name in names:
        assert f"note: {name} has changed since the results were made" in printed
    assert printed.count("the same bits") == 2


def test_results_of_other_sources_are_not_called_right(copy):
    """What doesn't depend on the changed file is still checked."""
    edit(copy, "workflow/overfit/metrics/measuring.py")
    status, printed = verify(copy, "--blocks", "all")
    assert status == 1
    assert "note: workflow/overfit/metrics/measuring.py has changed" in printed
    assert "were made again, 0 differ" in printed
    assert printed.count("the same bits") == 4
    assert "WRONG" not in printed
    (line,) = (line for line in printed.splitlines() if line.startswith("NOT MADE AGAIN"))
    assert "the results of 3 of 9 jobs" in line
    assert line.endswith(": claims.csv, experiments/pair/claims.csv, experiments/pair/metrics.csv")


def test_sources_with_mistakes_are_told(copy):
    edit(copy, "config/experiments/pair.yaml", by="\nclams: []\n")
    status, printed = verify(copy)
    assert status == 1
    assert "NOT MADE AGAIN: the sources that are there now have mistakes" in printed
    assert "did you mean claims?" in printed


def test_without_results_it_says_what_to_do(small):
    os.makedirs(small.folder / "results", exist_ok=True)
    status, printed = verify(small)
    assert status == 1
    assert "run the workflow first" in printed

"""The manifest: what sha256sum understands, and what differs from it."""

import shutil
import subprocess

import pytest

from overfit.jobs.verify import differences, manifest
from overfit.results import MADE_BY, Results, read_record, records, write_text


@pytest.fixture
def results(tmp_path):
    for name in ("claims.csv", "runs/a/0000.parquet", "logs/train.log"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    files = [tmp_path / "runs/a/0000.parquet", tmp_path / "claims.csv"]
    found = Results(tmp_path)
    token = MADE_BY.set("made")
    for file in files:
        write_text(file, file.name)
    write_text(found.manifest, manifest(found, {file: read_record(file) for file in files}))
    MADE_BY.reset(token)
    return found


@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="sha256sum is missing (coreutils)")
def test_sha256sum_agrees(results):
    subprocess.run(["sha256sum", "--check", "MANIFEST.sha256"], cwd=results.root, check=True)


def test_untouched_results_differ_in_nothing(results):
    found = differences(results)
    assert (found.wrong, found.unlisted) == ([], [])
    assert found.listed == {"claims.csv", "runs/a/0000.parquet"}


def test_a_record_is_compared_with_the_manifest_and_missed(results):
    records(results.claims)[0].unlink()
    results.manifest.write_text(results.manifest.read_text() + "\n")
    found = differences(results)
    assert "claims.csv has no record" in found.wrong
    assert "MANIFEST.sha256 is altered" in found.wrong


def test_altered_missing_and_other_files_are_told(results):
    results.claims.write_text("better")
    folder = results.root / "runs/a"
    (folder / "0000.parquet").rename(folder / "other.parquet")
    found = differences(results)
    assert found.wrong == ["claims.csv is altered", "runs/a/0000.parquet is missing"]
    assert found.unlisted == ["runs/a/other.parquet"]

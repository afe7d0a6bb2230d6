"""The manifest: what sha256sum understands, and what differs from it."""

import shutil
import subprocess

import pytest

from overfit.jobs.verify import differences, manifest
from overfit.results import Results


@pytest.fixture
def results(tmp_path):
    for name in ("claims.csv", "runs/a/0000.parquet", "logs/train.log"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    files = [tmp_path / "runs/a/0000.parquet", tmp_path / "claims.csv"]
    found = Results(tmp_path)
    found.manifest.write_text(manifest(found, files))
    return found


@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="sha256sum is missing (coreutils)")
def test_sha256sum_agrees(results):
    subprocess.run(["sha256sum", "--check", "MANIFEST.sha256"], cwd=results.root, check=True)


def test_untouched_results_differ_in_nothing(results):
    found = differences(results)
    assert (found.wrong, found.unlisted) == ([], [])
    assert found.listed == {"claims.csv", "runs/a/0000.parquet"}


def test_altered_missing_and_other_files_are_told(results):
    results.claims.write_text("better")
    folder = results.root / "runs/a"
    (folder / "0000.parquet").rename(folder / "other.parquet")
    found = differences(results)
    assert found.wrong == ["runs/a/0000.parquet is missing", "claims.csv is altered"]
    assert found.unlisted == ["runs/a/other.parquet"]

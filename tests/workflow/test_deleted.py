"""What is deleted is made again, and nothing else is trained; what is edited is never believed."""

import re
import shutil

import pytest

from .conftest import SMOKE, TINY, Project

KINDS = [
    "claims.csv",
    "claims.csv.record",
    "datasets/*/card.json",
    "datasets/*/images.npy",
    "datasets/*/labels.npy.record",
    "experiments/pair/claims.csv",
    "experiments/pair/curves.parquet",
    "experiments/pair/figures/*.png",
    "experiments/pair/metrics.csv",
    "gradient_check/errors.csv",
    "ro-crate-metadata.json",
    "runs/*l2*/*1.parquet",
    "subsets/*/*1.npz",
    "subsets/*/*3.npz.record",
]
COPIED = ("report.html", "provenance.json", "ro-crate-metadata.json", "MANIFEST.sha256")
"""Contain times, or the hashes of what contains them."""

tiny_study = pytest.mark.xdist_group("tiny")


@pytest.fixture
def copy(tiny, tmp_path):
    folder = tmp_path / "copy"
    shutil.copytree(tiny.folder, folder)  # keeps modification times
    return Project(folder)


def one(project, pattern):
    return min((project.folder / "results").glob(pattern))


@tiny_study
def test_what_was_deleted_comes_back_with_the_same_bytes_and_nothing_else_is_trained(copy):
    """Each file is a reason of its own, whatever else its job has to do."""
    paths = [one(copy, pattern) for pattern in KINDS]
    before = {path: path.read_bytes() for path in paths}
    trained = {path: path.stat().st_mtime_ns for path in copy.folder.glob("results/runs/*/*")}
    for path in paths:
        path.unlink()
    printed = copy.run("--cores", "2", "--quiet", "host", *TINY)
    missing = re.findall(r"Missing output files: ([^;\n]*)", printed)
    assert {name for names in missing for name in names.split(", ")} == {
        path.relative_to(copy.folder).as_posix() for path in paths
    }
    assert len(re.findall(r"^Job \d+: Training ", printed, re.MULTILINE)) == 1
    for path, content in before.items():
        assert path.name in COPIED or path.read_bytes() == content, path
    kept = [path for path, then in trained.items() if path.stat().st_mtime_ns == then]
    assert len(kept) == len(trained) - 2  # the deleted history and its record
    assert "Nothing to be done" in copy.run("-n", *TINY)


EDITED = [
    "datasets/*/card.json",
    "experiments/pair/figures/*.svg",
    "experiments/pair/metrics.csv",
    "runs/*l2*/*1.parquet",
    "subsets/*/*1.npz",
]


@tiny_study
def test_edited_results_are_named_before_any_job_with_the_commands_that_mend_them(copy):
    paths = [one(copy, pattern) for pattern in EDITED]
    for path in paths:
        path.write_bytes(path.read_bytes().replace(b"0", b"1"))
    histories = set(copy.folder.glob("results/runs/*/*"))
    refused = copy.run("--cores", "2", *TINY, ok=False).splitlines()
    for path in paths:
        shown = path.relative_to(copy.folder)
        (line,) = (line for line in refused if line.startswith(f"{shown} is damaged"))
        assert line.endswith(f"make it again: rm -r {shown} && snakemake")
    assert set(copy.folder.glob("results/runs/*/*")) == histories


@pytest.mark.xdist_group("smoke")
@pytest.mark.parametrize("pattern", ["searches/*/*/*.parquet", "searches/*/*/best.yaml"])
def test_a_deleted_search_is_done_again_and_no_run_is_trained(finished, pattern):
    one(finished, pattern).unlink()
    planned = finished.planned(*SMOKE)
    assert planned.get("search_trials", 0) + planned.get("search_best", 0) >= 1
    assert not planned.keys() & {"train", "train_recording"}


@pytest.mark.xdist_group("smoke")
def test_deleted_sources_and_new_code_train_again(finished):
    """A source that is missing hides nothing else that has changed."""
    shutil.rmtree(finished.folder / "results/datasets")
    shutil.rmtree(finished.folder / "results/subsets")
    module = finished.folder / "workflow/overfit/nn/affine.py"
    module.write_text(module.read_text() + "\n# a change\n")
    planned = finished.planned(*SMOKE)
    histories = [
        p for p in finished.folder.glob("results/runs/*/*.parquet") if "probes" not in p.name
    ]
    assert planned["train"] + planned["train_recording"] == len(histories)

"""Where the numbers come from, and the RO-Crate, read back by its own library."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import subprocess
from importlib import metadata
from pathlib import Path

import pytest
from rocrate.rocrate import ROCrate

from overfit.report.provenance import collect, crate
from overfit.results import Job

PYPROJECT = '[project]\nname = "x"\ndependencies = ["numpy>=2.0", "no-such-package>=1"]\n'


@pytest.fixture
def root(tmp_path):
    root = tmp_path / "project"
    root.mkdir()
    (root / "pyproject.toml").write_text(PYPROJECT)
    return root


def git(root: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
    return subprocess.run(
        ["git", "-C", root, *identity, *arguments], capture_output=True, text=True, check=True
    ).stdout.strip()


def commit_everything(root: Path) -> str:
    git(root, "init", "--quiet")
    git(root, "add", ".")
    git(root, "commit", "--quiet", "-m", "First")
    return git(root, "rev-parse", "HEAD")


def benchmark(results: Path, name: str, seconds: float, end: float) -> Path:
    path = results / "benchmarks" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"s\th:m:s\tmax_rss\n{seconds}\t0:00:01\t-\n")
    os.utime(path, (end, end))
    return path


def jobs_of(study):
    """The jobs that trained the study."""
    runs = [Job("train", (p.parent.name, p.stem), (p,)) for p in study.results.histories()]
    trials = [
        Job("search_trials", (*p.parts[-3:-1], p.stem), (p,))
        for p in sorted(study.results.root.glob("searches/*/*/*.parquet"))
    ]
    return [*runs, *trials]


def provenance(root, study, jobs=None):
    jobs = jobs_of(study) if jobs is None else jobs
    return collect(
        root=root,
        results=study.results,
        experiments=study.experiments,
        inputs={},
        jobs=jobs,
        root_seed=7,
        config={"experiments": ["dropout"]},
    )


def test_versions_are_those_installed(root, study):
    code = provenance(root, study)["code"]
    assert code["python"] == platform.python_version()
    assert code["packages"] == {"no-such-package": None, "numpy": metadata.version("numpy")}


def test_the_commit_is_the_one_checked_out(root, study):
    head = commit_everything(root)
    code = provenance(root, study)["code"]
    assert (code["commit"], code["dirty"]) == (head, False)


def test_a_change_or_a_new_file_makes_the_tree_dirty(root, study):
    commit_everything(root)
    (root / "new.yaml").write_text("title: New\n")
    assert provenance(root, study)["code"]["dirty"] is True


def test_without_a_repository_the_provenance_says_what_git_said(root, study):
    code = provenance(root, study)["code"]
    assert code["commit"].startswith("unknown: not a git repository")
    assert code["dirty"] == "unknown"


def test_an_archive_names_its_commit_but_a_checkout_asks_git(root, study):
    """As .gitattributes has `git archive` write it; in a checkout there is a placeholder."""
    (root / ".commit").write_text(f"{'0123456789abcdef' * 2}01234567\n")
    code = provenance(root, study)["code"]
    assert (code["commit"], code["dirty"]) == (f"{'0123456789abcdef' * 2}01234567", "unknown")
    (root / ".commit").write_text("$Format:%H$\n")
    assert provenance(root, study)["code"]["commit"].startswith("unknown: not a git repository")


def test_in_a_repository_of_another_user_the_provenance_says_what_git_said(
    root, study, monkeypatch
):
    commit_everything(root)
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    code = provenance(root, study)["code"]
    assert code["commit"].startswith("unknown: detected dubious ownership in repository at ")
    study.provenance["code"] |= code
    assert "commit unknown: detected dubious ownership" in study.html()


def test_a_copy_inside_another_repository_has_no_commit(tmp_path, root, study):
    (tmp_path / "own.txt").write_text("mine")
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "add", "own.txt")
    git(tmp_path, "commit", "--quiet", "-m", "Not overfit")
    assert provenance(root, study)["code"]["commit"] == (
        "unknown: pathspec 'pyproject.toml' did not match any file(s) known to git"
    )


def test_without_git_the_commit_is_unknown(root, study, monkeypatch):
    commit_everything(root)
    monkeypatch.setenv("PATH", "")
    assert provenance(root, study)["code"]["commit"] == "unknown: Git is not installed"


def test_a_repository_without_a_commit_has_none(root, study):
    git(root, "init", "--quiet")
    git(root, "add", ".")
    code = provenance(root, study)["code"]
    assert (code["commit"], code["dirty"]) == ("unknown: Needed a single revision", True)


def test_runs_searches_blocks_and_what_trained_them_are_counted(root, study):
    found = provenance(root, study)
    runs = {run for experiment in study.experiments for run in experiment.runs}
    assert found["work"] == {"runs": len(runs), "searches": 1, "blocks": len(runs) + 2}
    assert [(one["kernel"], one["blocks"]) for one in found["training"]] == [
        ("SkylakeX", len(runs) + 2)
    ]


def test_a_damaged_history_is_counted_and_stops_nothing(root, study):
    before = provenance(root, study)["work"]["blocks"]
    path = next(study.results.root.glob("runs/*/*.parquet"))
    path.write_bytes(path.read_bytes()[:100])
    found = provenance(root, study)
    assert found["work"]["blocks"] == before
    assert {"blocks": 1} in found["training"]


def test_seeds_and_configuration_are_recorded(root, study):
    found = provenance(root, study)
    assert found["seeds"]["root"] == 7
    assert found["seeds"]["experiments"]["batch_norm"] == 10
    assert found["config"] == {"experiments": ["dropout"]}


def test_times_are_added_up_by_rule_and_span_from_first_start_to_last_end(root, study):
    for name, seconds, end in (
        ("train/a/0000-0009.tsv", 20.0, 1_000_020.0),
        ("train/b/0000-0009.tsv", 30.5, 1_000_060.0),
        ("search_trials/x/tpe/0000-0009.tsv", 2.0, 1_000_100.0),
    ):
        benchmark(study.results.root, name, seconds, end)
    jobs = [Job("train", (run, "0000-0009"), ()) for run in ("a", "b", "never_ran")]
    jobs.append(Job("search_trials", ("x", "tpe", "0000-0009"), ()))
    time = provenance(root, study, jobs)["time"]
    assert time["by_rule"] == {"search_trials": 2.0, "train": 50.5}
    assert time["compute_seconds"] == 52.5
    assert time["span_seconds"] == 100.0
    assert time["started"] == "1970-01-12T13:46:40+00:00"
    assert time["finished"] == "1970-01-12T13:48:20+00:00"


def test_without_benchmarks_there_is_no_time(root, study):
    time = provenance(root, study)["time"]
    assert (time["compute_seconds"], time["started"], time["span_seconds"]) == (0, None, 0.0)


def test_variables_that_choose_the_kernel_are_recorded(root, study, monkeypatch):
    monkeypatch.setenv("OPENBLAS_CORETYPE", "Haswell")
    found = provenance(root, study)["environment"]
    assert found["OPENBLAS_CORETYPE"] == "Haswell"
    assert "PATH" not in found


def test_it_is_json(root, study):
    found = provenance(root, study)
    assert json.loads(json.dumps(found)) == found


@pytest.fixture
def read(tmp_path, study):
    (tmp_path / "pyproject.toml").write_text('[project]\ndependencies = ["numpy"]\n')
    provenance = collect(
        root=tmp_path,
        results=study.results,
        experiments=study.experiments,
        inputs={"input.yaml": "0123"},
        jobs=[],
        root_seed=1,
        config={},
    )
    provenance["time"]["finished"] = "2026-01-01T00:00:00+00:00"
    claims = study.results.claims.read_bytes()
    record = {"sha256": hashlib.sha256(claims).hexdigest(), "bytes": len(claims), "made_by": ""}
    files = {study.results.claims: record}
    content = crate(provenance, study.results, files)
    study.results.crate.write_text(json.dumps(content))
    return ROCrate(study.results.root)


def test_files_have_size_and_sha256(read, study):
    content = study.results.claims.read_bytes()
    [file] = read.data_entities
    assert file.id == "claims.csv"
    assert file["sha256"] == hashlib.sha256(content).hexdigest()
    assert file["contentSize"] == len(content)


def test_the_run_names_inputs_software_and_results(read):
    run = read.dereference("#run")
    [used] = run["object"]
    assert (used["name"], used["sha256"]) == ("input.yaml", "0123")
    assert {"overfit", "Python", "numpy"} == {one["name"] for one in run["instrument"]}
    assert [one.id for one in run["result"]] == ["claims.csv"]
    assert run["endTime"] == "2026-01-01T00:00:00+00:00"

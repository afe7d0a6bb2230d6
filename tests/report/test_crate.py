"""The RO-Crate, read back by its own library."""

import hashlib
import json

import pytest
from rocrate.rocrate import ROCrate

from overfit.report.crate import crate
from overfit.report.provenance import collect


@pytest.fixture
def read(tmp_path, study):
    source = tmp_path / "input.yaml"
    source.write_text("seeds: 3\n")
    (tmp_path / "pyproject.toml").write_text('[project]\ndependencies = ["numpy"]\n')
    provenance = collect(
        root=tmp_path,
        results=study.results,
        plans=study.plans,
        inputs=[source],
        histories=[],
        benchmarks=[],
        root_seed=1,
        config={},
    )
    provenance["time"]["finished"] = "2026-01-01T00:00:00+00:00"
    files = [study.results / "claims.csv"]
    content = crate(provenance, study.results, files)
    (study.results / "ro-crate-metadata.json").write_text(json.dumps(content))
    return ROCrate(study.results)


def test_files_have_size_and_sha256(read, study):
    content = (study.results / "claims.csv").read_bytes()
    [file] = read.data_entities
    assert file.id == "claims.csv"
    assert file["sha256"] == hashlib.sha256(content).hexdigest()
    assert file["contentSize"] == len(content)


def test_the_run_names_inputs_software_and_results(read):
    run = read.dereference("#run")
    [used] = run["object"]
    assert (used["name"], used["sha256"]) == (
        "input.yaml",
        hashlib.sha256(b"seeds: 3\n").hexdigest(),
    )
    assert {"overfit", "Python", "numpy"} == {one["name"] for one in run["instrument"]}
    assert [one.id for one in run["result"]] == ["claims.csv"]
    assert run["endTime"] == "2026-01-01T00:00:00+00:00"

"""A job depends on all code that it loads, and on none that it doesn't."""

import json
from pathlib import Path

import pytest

from overfit.jobs.code import SOURCE, loadable

from .conftest import TINY, small_copy

WRITES_WHAT_WAS_LOADED = """\
import atexit, json, os, sys

if "overfit.jobs.server" in sys.orig_argv:
    sys.exit()  # each job starts a Python of its own, and loads only what it needs


def write():
    script = sys.argv[0].rpartition(".snakemake/scripts/")[2]
    files = [getattr(module, "__file__", None) for module in list(sys.modules.values())]
    files = [file for file in files if file and "/overfit/" in file]
    if script and files:
        with open(os.path.join(os.path.dirname(__file__), script + ".json"), "w") as file:
            json.dump(files, file)


atexit.register(write)
"""
EXPERIMENT = """\
title: Everything
question: What does each kind of job load?
variants:
  baseline: {dropout: {rate: 0.2}}
  searched:
    search:
      space: {penalty.l2: {log_uniform: [1.0e-4, 1.0e-2]}}
      method: tpe
      trials: 4
      round: 2
      objective: {maximize: validation_accuracy}
probes: [weights, activations]
keep: [predictions]
claims:
  - id: shrinks
    says: The penalty that is found shrinks the weights.
    test: {ratio: weights.l2_norm.all, of: searched, to: baseline, expect: below, margin: 0.01}
figures:
  - {kind: learning_curves}
  - {kind: search_space, variant: searched}
  - {kind: weight_distribution}
"""
FOUND_BY_NAME = ("nn", "training/probes", "search/methods", "data/readers", "claims/kinds")
"""Folders in which jobs find files. A job depends on those files that it is told to use."""
TOLD = {
    "summarize": ("config/experiment.py",),
    "figure": ("config/experiment.py", "figures/kinds"),
    "provenance": ("",),
    "report": ("",),
}
"""Where the classes are of what the jobs of a script are told."""


@pytest.fixture(scope="module")
def loaded(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    """The package's files that the jobs of each script had loaded at their end."""
    site = tmp_path_factory.mktemp("site")
    (site / "sitecustomize.py").write_text(WRITES_WHAT_WAS_LOADED)
    project = small_copy(repository, tmp_path_factory.mktemp("loaded"))
    (project.folder / "config/experiments/everything.yaml").write_text(EXPERIMENT)
    only = ("--config", "experiments=[everything]")
    project.run("--cores", "2", *TINY, *only, PYTHONPATH=str(site))
    found: dict[str, set[str]] = {}
    for file in site.glob("*.json"):
        script = file.name.split(".")[1]
        package = project.folder / "workflow/overfit"
        names = {
            Path(name).relative_to(package).as_posix() for name in json.loads(file.read_text())
        }
        found[script] = found.get(script, set()) | names
    return found


def test_jobs_load_no_file_that_is_not_in_their_digest(loaded):
    scripts = {path.stem for path in (SOURCE / "scripts").glob("*.py")}
    assert loaded.keys() == scripts
    package = SOURCE / "overfit"
    for script, files in loaded.items():
        beyond = [package / name for name in (*FOUND_BY_NAME, *TOLD.get(script, ()))]
        named = [file for path in beyond for file in (path, *path.rglob("*.py")) if file.is_file()]
        counted = loadable([SOURCE / "scripts" / f"{script}.py", *named])
        missing = files - {str(f.relative_to(package)) for f in counted if package in f.parents}
        assert not missing, f"{script} loads {sorted(missing)}"

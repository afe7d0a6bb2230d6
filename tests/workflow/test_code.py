"""A job depends on all code that it loads, and on none that it doesn't."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from overfit.jobs.code import SOURCE, loadable

from .conftest import Project, environment
from .everything import SITE

pytestmark = pytest.mark.xdist_group("everything")

FOUND_BY_NAME = (
    *("nn", "training/probes", "search/methods", "data/readers", "claims/kinds", "trainers"),
)
"""Folders in which jobs find files. A job depends on those files that it is told to use."""
TOLD = {
    "summarize": ("config/experiment.py",),
    "figure": ("config/experiment.py", "figures/kinds"),
    "provenance": ("",),
    "report": ("",),
}
"""Where the classes are of what the jobs of a script are told."""


@pytest.fixture(scope="module")
def loaded(everything: Project) -> dict[str, set[str]]:
    """The package's files that the jobs of each script had loaded at their end."""
    found: dict[str, set[str]] = {}
    for file in (everything.folder / SITE).glob("*.json"):
        script = file.name.split(".")[1]
        package = everything.folder / "workflow/overfit"
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


def test_jobs_of_every_kind_have_run_with_the_packages_of_their_environment_alone(everything):
    """The study would have failed otherwise; this is that others were refused."""
    for module, status in (("rich", 1), ("hypothesis", 1), ("snakemake.io", 0), ("pyarrow", 0)):
        done = subprocess.run(
            [sys.executable, "-c", f"import {module}"], check=False, capture_output=True, text=True,
            env=environment() | {"PYTHONPATH": str(everything.folder / SITE)},
        )  # fmt: skip
        assert done.returncode == status, module
        assert ("is not in workflow/envs/jobs.yaml" in done.stderr) == bool(status)

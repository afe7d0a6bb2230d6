"""The files that the host of the repository reads are valid, and name what is there."""

import re
import subprocess

import pytest
import yaml

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


@pytest.mark.parametrize("name", ["bug", "claim"])
def test_a_form_is_valid(repository, name):
    form = read(repository / f".github/ISSUE_TEMPLATE/{name}.yml")
    assert form.keys() >= {"name", "description", "body"}
    for field in form["body"]:
        assert field["type"] in ("input", "textarea", "dropdown", "checkboxes", "markdown")
        assert field["attributes"]["label"]


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

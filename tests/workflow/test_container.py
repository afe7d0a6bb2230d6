"""The image: its recipe, and that jobs are handed to it. No image is built here."""

import os
import re
import tomllib
from pathlib import Path

import pytest

from .conftest import TINY

ENGINE = """\
#!/bin/sh
# Stands in for Apptainer: notes how it was called, and runs the command outside of any image.
if [ "$1" = --version ]; then echo "apptainer version 1.3.4"; exit; fi
echo "$@" >>"$(dirname "$0")/calls"
while [ "$1" != image.sif ]; do shift; done
shift
exec "$@"
"""


@pytest.fixture(scope="module")
def instructions(repository):
    """The instructions of the Dockerfile: what, and with what."""
    text = (repository / "Dockerfile").read_text()
    text = re.sub(r"^#.*\n", "", text, flags=re.MULTILINE).replace("\\\n", " ")
    found = [line.split(maxsplit=1) for line in text.splitlines() if line]
    assert {name for name, _ in found} <= {
        "FROM", "ARG", "RUN", "WORKDIR", "COPY", "ENV", "ENTRYPOINT", "CMD",
    }  # fmt: skip
    return [(name, " ".join(rest.split())) for name, rest in found]


def test_what_is_copied_exists(instructions, repository):
    for name, rest in instructions:
        if name == "COPY":
            *sources, _ = rest.split()
            assert all((repository / source).exists() for source in sources)


def test_packages_are_installed_as_the_makefile_does(instructions, repository):
    makefile = (repository / "Makefile").read_text()
    wanted = re.findall(r"\$\(PIP\) install --quiet (.*(?:-r requirements\.txt|-e \.))$", makefile,
                        re.MULTILINE)  # fmt: skip
    installed = [
        command
        for name, rest in instructions
        if name == "RUN"
        for command in re.findall(r"python -m pip install --no-cache-dir (.*?)(?: &&|$)", rest)
    ]
    assert installed == wanted
    assert len(wanted) == 2


def test_its_python_is_one_that_the_package_allows(instructions, repository):
    (image,) = (rest for name, rest in instructions if name == "FROM")
    project = tomllib.loads((repository / "pyproject.toml").read_text())["project"]
    oldest = [int(n) for n in project["requires-python"].removeprefix(">=").split(".")]
    assert [int(n) for n in re.search(r"^python:(\d+)\.(\d+)-slim", image).groups()] >= oldest


def test_a_user_who_is_only_a_number_has_a_name_and_a_home(instructions):
    """Snakemake asks for the name, and stops where neither the system nor a variable knows it."""
    variables = [word for name, rest in instructions if name == "ENV" for word in rest.split()]
    assert any(re.fullmatch("USER=[a-z]+", word) for word in variables)
    (home,) = (word.removeprefix("HOME=") for word in variables if word.startswith("HOME="))
    (opened,) = (rest for name, rest in instructions if name == "RUN" and "chmod" in rest)
    assert Path(home).name in opened.split("chmod -R a+rwX")[1].split()


def test_what_git_ignores_stays_out_of_the_image(repository):
    def listed(name):
        lines = (repository / name).read_text().splitlines()
        return {line.rstrip("/").removeprefix("**/") for line in lines if not line.startswith("#")}

    left = listed(".gitignore") - listed(".dockerignore")
    assert left <= {".DS_Store", "*.part", "tests/browser/screenshots"}


def test_jobs_are_handed_to_the_image_of_the_configuration(small, monkeypatch):
    engine = small.folder / "bin/apptainer"
    engine.parent.mkdir()
    engine.write_text(ENGINE)
    engine.chmod(0o755)
    (small.folder / "image.sif").touch()
    monkeypatch.setenv("PATH", f"{engine.parent}:{os.environ['PATH']}")
    wanted = "results/datasets/digits/card.json"
    small.run(
        wanted, "--sdm", "apptainer", "--config", "container=image.sif", "--cores", "1", *TINY
    )
    (call,) = (engine.parent / "calls").read_text().splitlines()
    assert "image.sif" in call
    assert ".dataset.py" in call
    assert Path(small.folder, wanted).stat().st_size > 100

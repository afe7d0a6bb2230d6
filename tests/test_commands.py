"""The commands of README and docs exist, with these options, files and experiments."""

import contextlib
import re
import shlex
import subprocess
import sys

import pytest

from overfit.command import COMMANDS, main

FENCE = re.compile(r"^```(?:sh|console)\n(.*?)^```", re.MULTILINE | re.DOTALL)
PARSE = """
import shlex, sys
from snakemake.cli import get_argument_parser
parser = get_argument_parser()
for line in sys.stdin:
    given, unknown = parser.parse_known_args(shlex.split(line)[1:])
    plugins = [word for word in unknown if word.startswith("--") and not word.startswith("--slurm")]
    if plugins:
        sys.exit(f"{line}: {plugins}")
    print(*(given.configfile or []), given.workflow_profile or "")
"""
OWN = {"width", "wrong_labels", "tumours", "tuned", "mine", "own_parts", "NAME", "a,b", "..."}
"""Experiments that pages write, or stand for any."""


@pytest.fixture(scope="module")
def commands(repository):
    """All lines of shell that begin with one of our commands."""
    pages = [
        repository / "README.md",
        repository / "CONTRIBUTING.md",
        *repository.glob("docs/**/*.md"),
    ]
    found = []
    for page in pages:
        for block in FENCE.findall(page.read_text()):
            for line in block.replace("\\\n", " ").splitlines():
                words = re.sub(r"^\$ |\s#.*$", "", line).split(" && ")
                found += [word.strip() for word in words]
    return sorted(set(filter(None, found)))


def starting(commands, start):
    return [line for line in commands if re.match(rf"{start}\b", line)]


def test_calls_of_snakemake_have_options_and_files_that_exist(repository, commands):
    lines = starting(commands, "snakemake")
    assert len(lines) > 8
    done = subprocess.run([sys.executable, "-c", PARSE], input="\n".join(lines), text=True,
                          capture_output=True, check=False)  # fmt: skip
    assert done.returncode == 0, done.stderr
    for path in done.stdout.split():
        assert (repository / path).exists() or path.startswith("profiles/NAME"), path
    named = {name for line in lines for name in re.findall(r"experiments=\[(.*?)\]", line)}
    known = {path.stem for path in (repository / "config/experiments").iterdir()} | OWN
    assert named <= known


def test_targets_of_make_exist(repository, commands):
    makefile = (repository / "Makefile").read_text()
    lines = starting(commands, "make")
    assert len(lines) > 5
    for line in lines:
        for target in (word for word in shlex.split(line)[1:] if "=" not in word):
            assert re.search(rf"^{target}:", makefile, re.MULTILINE), line


def test_calls_of_overfit_have_arguments_that_it_takes(commands, monkeypatch):
    """Each is parsed, and stopped before it does anything."""
    lines = starting(commands, "overfit")
    assert {shlex.split(line)[1] for line in lines} < {*COMMANDS}
    for line in lines:
        with pytest.raises(SystemExit) as ended, contextlib.redirect_stdout(None):
            main([*shlex.split(line)[1:], "--help"])
        assert ended.value.code == 0

"""Every command of README and docs runs as it stands there, in one small copy of the checkout.

The copy has tiny experiments under the names that the pages use, and a user's profile keeps most
commands from drawing and reporting. What can't run in a test is listed below with the reason, and
its files and options are checked. Blocks with output (`console`) belong to the tests that follow
their pages to the letter.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pytest
import yaml
from pip._internal.commands import create_command

from .conftest import Project, copy_checkout, environment

pytestmark = pytest.mark.xdist_group("commands")

ROOT = Path(__file__).parents[2]
PAGES = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md")),
    *(ROOT / folder / "README.md" for folder in ("config", "results")),
    *sorted((ROOT / "docs").rglob("*.md")),
]
FENCE = re.compile(r"^```(\w*)[^\n]*\n(.*?)^```", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`([^`]+)`")
PROGRAM = re.compile(
    r"(snakemake|overfit|make|python|pip|conda|docker|git|jupyter|snakedeploy|tmux|ulimit|\.) \S"
)
FOLLOWED = {
    "docs/tutorial.md": "tests/workflow/test_tutorial.py",
    "docs/own_data.md": "tests/workflow/test_own_data.py",
    "docs/howto/trainer.md": "tests/workflow/test_mistakes.py",
}
"""The pages that show output, and what compares it."""

STANDS_FOR = {
    "overfit new NAME": "overfit new novel",
    "NAME": "named",
    "CLAIM": "named/helps",
    "FILE": "data/tumours.csv",
    "FOLDER": "../other/results",
    " A B": " ../other/results results",
    "COMMAND": "check",
    "dropuot": "dropout",
}
"""What a reader puts in, and what it is in the copy."""

CI = (ROOT / ".ci/run").read_text(encoding="utf-8")
IN_CI = {"make lint", "make docs", "make smoke", "make test", "make verify"}
"""What .ci/run itself calls as it stands."""
MINUTES = {
    "make reproduce": "the atlas; the recipe is that of `make smoke`",
    "make PYTHON=python3.12 smoke": "would install all packages for another Python",
    "make test CPU_SECONDS=600": "the suite itself",
    "make export": "installs packages; tests/command calls what it calls",
    "make slurm": "needs root; .ci/run calls the same tests",
    "make faults": ".ci/run calls the same tests, with 20 kills",
    "make fuzz": "20 minutes; the same tests run for a moment in the suite",
    "make bench": "times other libraries",
    "make simulate": "simulates",
    "make gallery": "needs the results of the whole atlas",
    "make decide": "trains until claims are decided; tests/workflow/test_decide.py has its steps",
    "make lock": "needs a package index",
    "python benchmarks/atlas.py": "needs the results of the whole atlas",
    "python benchmarks/coverage.py": "simulates",
    "python -m benchmarks.curves": "simulates",
    "python benchmarks/looks.py": "simulates",
    "python docs/figures/make.py": "trains the examples of all figures",
    ".ci/run": "is CI",
    ".venv/bin/python -m pytest -n0 tests/nn": "part of the suite",
    ".venv/bin/python -m pytest -n0 tests/config -k penalty": "part of the suite",
    "jupyter execute --inplace docs/notebooks/first_steps.ipynb": "tests/notebook runs it",
}
"""What takes minutes, and why that is no gap. Its files exist, and make knows what to call."""
DRY = {
    "snakemake --workflow-profile profiles/slurm": "tests/slurm runs the profile on a real Slurm",
    "snakemake -n --configfile config/config.yaml config/presets/cluster.yaml": "of the atlas",
    "snakemake --cores 2 --configfile config/presets/smoke.yaml": ".ci/run has `make smoke`",
    "snakemake --configfile config/presets/smoke.yaml": ".ci/run has `make smoke`",
}
"""Beginnings of commands that run as they stand with the atlas, but only plan, and why."""
PLANNED = ("overfit", "batch_norm_init", "dropout_ensemble", "regularizers", "search_methods")
"""The experiments that they plan, with searches and probes. tests/config loads all of them."""
NOT_HERE = {
    "docker": "no container engine",
    "apptainer": "no container engine",
    "snakemake --workflow-profile profiles/slurm --sdm apptainer": "no container engine",
    "conda": "not in Debian's or Python's package index",
    "tmux": "needs a terminal",
    "snakedeploy": "clones from GitHub",
    "pip": "needs a package index",
    "python -m pip": "needs a package index",
    ".venv/bin/pip": "needs a package index",
    "pip-audit": "asks a database of vulnerabilities",
    "--default-storage-provider": "needs a storage plugin and a bucket",
}
"""What a test can't call, and why. The files that it names exist; pip parses its own options."""
FILE = re.compile(
    r"(?<![\w.])[\w./-]+\.(?:py|yaml|yml|txt|toml|ipynb|smk)\b|(?<=-m )benchmarks\.\w+"
)
PLAIN = re.compile(r"[^|&;<>$*`()]*")
"""A command that a shell only splits into words."""


def commands_of(line: str) -> Iterator[str]:
    """The commands of a line of shell or of a synopsis, without comment and optional parts."""
    line = re.sub(r"^\$ |\s+#.*$", "", line.strip())
    for name, meant in STANDS_FOR.items():
        line = line.replace(name, meant)
    line = re.sub(r" \[[A-Z-][^]]*\]| \.\.\.$|--config $", "", line)
    yield from filter(None, (part.strip() for part in line.split(" && ")))


def found() -> Iterator[tuple[str, tuple[str, ...]]]:
    """Where each block of commands is, and its commands; one in a sentence is a block, too."""
    for page in PAGES:
        name, text = page.relative_to(ROOT).as_posix(), page.read_text(encoding="utf-8")
        for block in FENCE.finditer(text):
            lines = block[2].replace("\\\n", " ").splitlines()
            if block[1] == "sh":
                commands = tuple(one for line in lines for one in commands_of(line))
                yield f"{name}:{text[: block.start()].count(chr(10)) + 2}", commands
        prose = FENCE.sub(lambda block: "\n" * block[0].count("\n"), text)
        for code in filter(lambda code: PROGRAM.match(code[1]), CODE.finditer(prose)):
            line = prose[: code.start()].count("\n") + 1
            yield f"{name}:{line}", tuple(commands_of(" ".join(code[1].split())))


BLOCKS = {commands: place for place, commands in reversed([*found()])}
"""Each block once, at its first place."""


def begins(command: str, among: Collection[str]) -> bool:
    return any(f"{command} ".startswith(f"{start} ") for start in among)


EXPERIMENT = """\
title: {0}
question: Does dropout help?
seeds: 4
variants: {{baseline: {{}}, dropout: {{dropout: {{rate: 0.3}}}}}}
claims:
  - id: helps
    says: It does.
    test: {{difference: test_accuracy, of: dropout, minus: baseline, expect: above, margin: 0.02}}
"""
NAMES = (
    "dropout", "named", "width", "dropout_and_data", "tuned", "tumours", "own_parts", "mine",
    "convolutions", "frameworks",
)  # fmt: skip
"""The experiments of the pages. Here, all train the same two networks."""


@dataclass
class Prepared:
    """Folders in which commands run."""

    finished: Path
    """A folder with a small copy of the checkout, in which everything has run once."""
    atlas: Project
    """A copy with the atlas, in which commands only plan."""
    copy: Path
    """The folder for a copy of `finished`, which commands may change."""

    @cached_property
    def small(self) -> Project:
        """The small copy; only commands that run need it."""
        shutil.copytree(self.finished, self.copy, symlinks=True)
        return Project(self.copy / "project")

    def run(self, command: str) -> None:
        """Run a command as it stands, or check it if it is one of those that can't run."""
        if command in IN_CI:
            assert re.search(rf"\b{command}$|\({command} ", CI, re.MULTILINE), command
        elif begins(command, MINUTES) or begins(command, NOT_HERE):
            self.check(command)
        elif command.startswith("cd "):
            assert (self.small.folder / command[3:]).is_dir()
        elif command.startswith("snakemake"):
            assert PLAIN.fullmatch(command)
            dry = begins(command, DRY)
            profile = str(self.finished / ("dry" if dry else "short"))
            where = self.atlas if dry else self.small
            where.run(*shlex.split(command)[1:], SNAKEMAKE_PROFILE=profile)
        else:
            if command == "overfit new width":  # on another page, the reader has written this file
                (self.small.folder / "config/experiments/width.yaml").unlink()
            self.shell(command)

    def shell(self, command: str) -> str:
        """What a command prints that bash runs in the environment of the copy."""
        folder = self.small.folder
        path = f"{folder}/.venv/bin:{os.environ['PATH']}"
        variables = {**environment(), "PATH": path, "PYTHONPATH": f"{folder}/workflow"}
        variables |= {"BROWSER": "true", "SNAKEMAKE_PROFILE": str(self.finished / "short")}
        done = subprocess.run(
            ["bash", "-c", command], cwd=folder, env=variables, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
        )  # fmt: skip
        status, text = REFUSED.get(command, (0, ""))
        assert done.returncode == status, f"{command}\n{done.stdout}"
        assert text in done.stdout
        return done.stdout

    def check(self, command: str) -> None:
        """Check that the files exist that a command names, and that pip knows its options."""
        calls = self.shell(f"make -n {command[5:]}") if command.startswith("make ") else command
        for file in FILE.findall(calls):
            assert (ROOT / file).exists() or (ROOT / f"{file.replace('.', '/')}.py").exists(), file
        if pip := re.fullmatch(r"(?:python -m |\.venv/bin/)?pip (\w+) (.*)", command):
            create_command(pip[1]).parse_args(shlex.split(pip[2]))


TRAINED = "are already trained; use seeds that nobody has seen"
REFUSED = {
    "overfit register": (1, TRAINED),
    "python -m overfit.claims.register named": (1, TRAINED),
    "make register": (2, TRAINED),
    "python -m overfit": (2, "usage: overfit"),
}
"""What is rightly refused here: the exit status and a part of what is printed."""


@pytest.fixture(scope="module")
def atlas(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A copy with the atlas, in which commands only plan some of its experiments."""
    made = copy_checkout(ROOT, tmp_path_factory.mktemp("atlas"))
    config = made.folder / "config/config.yaml"
    settings = yaml.safe_load(config.read_text()) | {"experiments": [*PLANNED]}
    config.write_text(yaml.safe_dump(settings))
    return made


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a small copy in which everything has run once; each test has a copy of it."""
    folder = tmp_path_factory.mktemp("commands")
    small = copy_checkout(ROOT, folder / "project", only=["overfit"])
    config = small.folder / "config"
    for name in NAMES:
        (config / f"experiments/{name}.yaml").write_text(EXPERIMENT.format(name))
    (config / "experiments/overfit.yaml").unlink()
    settings = yaml.safe_load((config / "config.yaml").read_text())
    settings |= yaml.safe_load((ROOT / "tests/tiny.yaml").read_text())
    (config / "config.yaml").write_text(
        yaml.safe_dump(settings | {"experiments": "all", "seeds": None})
    )
    (small.folder / "data").mkdir()
    (small.folder / "data/tumours.csv").write_text("size,label\n" + "1,a\n2,b\n3,a\n4,b\n" * 9)
    environment_of(small.folder)
    (folder / "overfit").symlink_to("project")
    (small.folder / "ADDRESS").symlink_to(ROOT)
    for profile, key in (("dry", "dry-run: true"), ("short", "until: [claims]")):
        (folder / profile).mkdir()
        (folder / profile / "config.yaml").write_text(f"{key}\n")
    small.run("--cores", "2")
    for other in ("other", "other-checkout"):
        shutil.copytree(small.folder / "results", folder / other / "results")
    return folder


@pytest.fixture
def prepared(finished: Path, atlas: Project, tmp_path: Path) -> Iterator[Prepared]:
    yield Prepared(finished, atlas, tmp_path / "commands")
    shutil.rmtree(tmp_path / "commands", ignore_errors=True)


def environment_of(folder: Path) -> None:
    """Give a copy of the checkout the environment of the tests, as `make` would have set it up."""
    venv = folder / ".venv"
    venv.mkdir()
    for name in ("bin", "lib", "pyvenv.cfg"):
        (venv / name).symlink_to(Path(sys.prefix) / name)
    for stamp in (".created", ".run", ".dev"):
        (venv / stamp).touch()


@pytest.mark.parametrize(
    "commands",
    BLOCKS,
    ids=lambda commands: f"{BLOCKS[commands]}:{commands[0].replace(' ', '_')}",
)
def test_commands_run_as_they_stand(prepared: Prepared, commands: tuple[str, ...]) -> None:
    for command in commands:
        prepared.run(command)


def test_what_is_not_run_is_on_a_page() -> None:
    """Nothing is excused that no page has."""
    commands = {command for block in BLOCKS for command in block}
    for excused in (*MINUTES, *DRY, *NOT_HERE, *IN_CI):
        assert any(begins(command, [excused]) for command in commands), excused


def test_pages_with_output_are_followed_by_a_test() -> None:
    shown = {
        page.relative_to(ROOT).as_posix()
        for page in PAGES
        if any(block[1] == "console" for block in FENCE.finditer(page.read_text()))
    }
    assert shown == FOLLOWED.keys()
    for page, test in FOLLOWED.items():
        assert page in (ROOT / test).read_text()

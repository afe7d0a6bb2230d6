"""A copy of the checkout in which the real Snakemake runs, as a user would run it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Collection
from contextlib import chdir
from dataclasses import dataclass
from importlib.util import cache_from_source
from pathlib import Path
from tempfile import NamedTemporaryFile

import pytest
import yaml

from overfit.config.problems import ConfigurationError
from overfit.config.reading import check_readable
from overfit.config.study import load_study

from .everything import EXPERIMENT, LOOKS, SITE, sitecustomize
from .warm import snakemake

SMOKE = ("--configfile", "config/config.yaml", "config/presets/smoke.yaml")
TINY = ("--configfile", "config/config.yaml", "tests/tiny.yaml")
TABLES = ("results/claims.csv", "results/experiments/pair/summary.csv")
"""What of the smallest study the tests compare. Figures and pages would double its time."""
EVERYTHING = ("--config", "experiments=[everything]")
STUDIED = ("overfit", "pair")
"""The only experiments of the small copies: each start of Snakemake checks every experiment."""


@dataclass(frozen=True)
class Project:
    """A working copy, and ways to run Snakemake in it."""

    folder: Path

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "snakemake", *arguments]

    def run(self, *arguments: str, ok: bool = True, **variables: str) -> str:
        """Run Snakemake, with these variables in its environment; give all that it printed."""
        with NamedTemporaryFile() as output:
            status = snakemake(arguments, self.folder, environment() | variables, output.name)
            printed = Path(output.name).read_text()
        assert status == (0 if ok else 1), printed
        return printed

    def planned(self, *arguments: str) -> dict[str, int]:
        """How many jobs of each rule a dry run would do."""
        printed = self.run("-n", "--quiet", "rules", *arguments)
        return {rule: int(n) for rule, n in re.findall(r"^(\w+) +(\d+)$", printed, re.MULTILINE)}

    def mistake(self, **config: object) -> str:
        """What the workflow says about its configuration, without a start of Snakemake.

        It calls what the rules call. That this ends Snakemake is tested with one of each kind.
        """
        files = [Path("config/config.yaml")]
        with chdir(self.folder):
            try:
                check_readable(files)
                settings = yaml.safe_load(files[0].read_text()) | config
                load_study(settings, root=Path(), config_files=files)
            except ConfigurationError as error:
                return str(error)
        pytest.fail("there is no mistake")

    def tables(self) -> dict[str, bytes]:
        """The bytes of every summary.csv and claims.csv."""
        results = self.folder / "results"
        paths = sorted([*results.rglob("summary.csv"), *results.rglob("claims.csv")])
        return {str(path.relative_to(results)): path.read_bytes() for path in paths}


def environment() -> dict[str, str]:
    """A user's: the test's environment without what the test runner adds."""
    dropped = ("PYTHONPATH", "OPENBLAS", "OMP_", "PYTEST", "PYTHONDONTWRITEBYTECODE")
    kept = {name: v for name, v in os.environ.items() if not name.startswith(dropped)}
    return {**kept, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{kept['PATH']}"}


def copy_checkout(repository: Path, folder: Path, *, only: Collection[str] = ()) -> Project:
    """Copy what git tracks, and new files that it does not ignore, with their times.

    Beside a module goes what Python has compiled of it, or each copy would compile the package.

    Args:
        repository: the checkout.
        folder: where the copy goes.
        only: the experiments to copy; all if empty.
    """
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=repository,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    for name in filter(None, listed.split("\0")):
        path = Path(name)
        if only and path.parent.name == "experiments" and path.stem not in only:
            continue
        if (repository / path).is_file():
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(repository / path, target)
            compiled = Path(cache_from_source(str(repository / path)))
            if path.suffix == ".py" and compiled.is_file():
                target.with_name("__pycache__").mkdir(exist_ok=True)
                shutil.copy2(compiled, Path(cache_from_source(str(target))))
    return Project(folder)


def with_pair(made: Project) -> Project:
    """The copy with an experiment that belongs to the tests alone, and doesn't change with ours."""
    shutil.copy2(made.folder / "tests/pair.yaml", made.folder / "config/experiments/pair.yaml")
    return made


def small_copy(repository: Path, folder: Path) -> Project:
    """A copy for the smallest study, which starts faster."""
    return with_pair(copy_checkout(repository, folder, only=STUDIED))


@pytest.fixture
def project(repository: Path, tmp_path: Path) -> Project:
    """A fresh copy, without results."""
    return with_pair(copy_checkout(repository, tmp_path))


@pytest.fixture
def small(repository: Path, tmp_path: Path) -> Project:
    """A fresh copy for the smallest study, without results."""
    return small_copy(repository, tmp_path)


@pytest.fixture(scope="session")
def smoke(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A copy in which the smoke preset has run with two cores. Tests leave it as it is.

    `OVERFIT_SMOKE=yes` says that it has just run in the checkout itself, as in .ci/run.
    """
    made = copy_checkout(repository, tmp_path_factory.mktemp("smoke"))
    if os.getenv("OVERFIT_SMOKE"):
        for folder in ("results", ".snakemake"):
            shutil.copytree(repository / folder, made.folder / folder, dirs_exist_ok=True)
    else:  # as a user starts it
        command = made.command("--cores", "2", *SMOKE)
        subprocess.run(command, cwd=made.folder, env=environment(), check=True)
    return made


@pytest.fixture(scope="session")
def tiny(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A copy in which the smallest study has run. Tests leave it as it is."""
    made = small_copy(repository, tmp_path_factory.mktemp("tiny"))
    made.run("--cores", "2", *TINY)
    return made


@pytest.fixture(scope="session")
def everything(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A copy in which every kind of job has run without a server. Tests leave it as it is.

    The jobs had only the packages of workflow/envs/jobs.yaml.
    """
    made = small_copy(repository, tmp_path_factory.mktemp("everything"))
    (made.folder / "config/experiments/everything.yaml").write_text(EXPERIMENT)
    (made.folder / "config/looks.yaml").write_text(LOOKS)
    settings = made.folder / "tests/tiny.yaml"  # looks need the experiment's own seeds
    settings.write_text(settings.read_text().replace("seeds: 4\n", ""))
    site = made.folder / SITE
    site.mkdir()
    (site / "sitecustomize.py").write_text(sitecustomize(repository))
    made.run("--cores", "2", *TINY, *EVERYTHING, PYTHONPATH=str(site))
    return made


@pytest.fixture
def finished(smoke: Project, tmp_path: Path) -> Project:
    """A copy of the finished smoke run that a test may change."""
    folder = tmp_path / "finished"
    shutil.copytree(smoke.folder, folder)  # keeps modification times
    return Project(folder)

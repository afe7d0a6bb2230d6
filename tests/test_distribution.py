"""The source distribution and the wheel work where there is no checkout."""

import os
import subprocess
import sys
import tarfile
import zipfile

import pytest

from tests.workflow.conftest import copy_checkout

SDIST = "import setuptools.build_meta as b, sys; print(b.build_sdist(sys.argv[1]))"
USE = """
import overfit
assert overfit.__file__.startswith({site!r}), overfit.__file__
assert overfit.dataset("digits").images.shape[1] == 64
small = {{"train": {{"epochs": 2}}, "model": {{"hidden": [10]}}, "evaluation": {{"points": 2}}}}
print(sorted(overfit.run("overfit", seeds=2, override=small).summary["metric"].unique())[:1])
"""


def done(command, folder, **variables):
    """What a command prints, without the network and without this checkout."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    offline = {"PIP_NO_INDEX": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    ended = subprocess.run(
        [sys.executable, *map(str, command)], cwd=folder, env=kept | offline | variables,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


@pytest.fixture(scope="module")
def built(repository, tmp_path_factory):
    """A source distribution, and the wheel that is built from it."""
    folder = tmp_path_factory.mktemp("built")
    checkout = copy_checkout(repository, folder / "checkout").folder
    sdist = folder / done(["-c", SDIST, folder], checkout).splitlines()[-1]
    pip = ["-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    done([*pip, "--wheel-dir", folder, sdist], folder)
    (wheel,) = folder.glob("*.whl")
    return sdist, wheel


def test_the_source_distribution_holds_the_whole_workflow(built):
    with tarfile.open(built[0]) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    wanted = {"Snakefile", "config/datasets.yaml", "config/presets/smoke.yaml", "LICENSE",
              "workflow/rules/train.smk", "workflow/scripts/train.py", "profiles/slurm/config.yaml",
              "workflow/overfit/report/templates/page.html.j2"}  # fmt: skip
    assert wanted <= names
    assert not [name for name in names if name.startswith(("tests/", "results/runs"))]


def test_the_wheel_has_the_package_with_the_configuration_and_nothing_else(built):
    names = zipfile.ZipFile(built[1]).namelist()
    tops = {name.partition("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {
        "overfit", "snakemake_logger_plugin_overfit",
    }  # fmt: skip
    assert "overfit/shipped/config/experiments/dropout.yaml" in names
    assert "overfit/report/templates/page.html.j2" in names


def test_the_wheel_runs_experiments_in_an_empty_folder(built, tmp_path):
    site, empty = tmp_path / "site", tmp_path / "empty"
    empty.mkdir()
    install = ["-m", "pip", "install", "--quiet", "--no-deps", "--target", site, built[1]]
    done(install, tmp_path)
    path = {"PYTHONPATH": str(site)}
    assert done(["-c", USE.format(site=str(site))], empty, **path).startswith("['")
    assert "new" in done(["-m", "overfit", "--help"], empty, **path)
    script = subprocess.run(
        [sys.executable, site / "bin/overfit", "check"], cwd=empty, env=os.environ | path,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert script.returncode == 1
    assert "go to the folder of the project" in script.stderr
    assert list(empty.iterdir()) == []

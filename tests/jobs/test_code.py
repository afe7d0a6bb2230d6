"""Which files code can load, and a digest of their contents."""

import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from overfit.config.settings import Data
from overfit.jobs import code
from overfit.jobs.code import SOURCE, digest, files_behind, loadable


def modules(script):
    package = SOURCE / "overfit"
    files = loadable([SOURCE / "scripts" / f"{script}.py"])
    return {file.relative_to(package).as_posix() for file in files if package in file.parents}


def test_training_loads_the_core_and_nothing_that_draws_or_decides():
    files = modules("train")
    assert {"nn/layers/batch_norm.py", "training/loop.py", "streams.py", "results.py"} <= files
    assert not {file for file in files if file.startswith(("figures/", "claims/", "report/"))}


def test_imports_inside_of_functions_count_and_those_for_type_checkers_do_not(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(
        "from typing import TYPE_CHECKING\n"
        "if TYPE_CHECKING:\n"
        "    from overfit.jobs import gradients\n"
        "\n"
        "def late():\n"
        "    from overfit.jobs import (\n"
        "        blas,\n"
        "    )\n"
    )
    files = {file.relative_to(SOURCE) for file in loadable([script]) if SOURCE in file.parents}
    assert Path("overfit/jobs/blas.py") in files
    assert Path("overfit/jobs/gradients.py") not in files


def test_a_digest_is_of_contents_and_of_what_a_job_is_told(tmp_path):
    file = tmp_path / "part.txt"

    def now(*told):
        code._sha256.cache_clear()
        code._contents.cache_clear()
        return digest([file], *told)

    file.write_text("a")
    before = now()
    assert now(1) != before
    file.touch()
    assert now() == before
    file.write_text("b")
    assert now() != before
    file.write_text("a")
    assert now() == before


def test_the_files_behind_a_value_define_its_classes():
    @dataclass
    class Holder:
        settings: tuple[Data, ...]

    data = Data(dataset="mnist-5k", train=10, validation=10)
    assert files_behind({"a": Holder((data,))}) == {Path(sys.modules[Data.__module__].__file__)}


@pytest.mark.parametrize("script", sorted(path.stem for path in (SOURCE / "scripts").glob("*.py")))
def test_every_script_is_followed_into_the_package(script):
    assert "jobs/__init__.py" in modules(script)

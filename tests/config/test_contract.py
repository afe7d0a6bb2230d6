"""One finder for all folders in which a file is a thing: what it finds, and what it refuses."""

import importlib
import sys

import pytest

from overfit.config.contract import ContractError, classes, files, modules

BASE = "class Base: ...\n"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A package `mine` without files, and a module `base` with what they have in common."""
    package = tmp_path / "mine"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (tmp_path / "shared_base.py").write_text(BASE)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.chdir(tmp_path)
    yield package
    for name in [name for name in sys.modules if name.split(".")[0] in ("mine", "shared_base")]:
        del sys.modules[name]


def write(folder, **texts):
    for name, text in texts.items():
        (folder / f"{name}.py").write_text(text)
    importlib.invalidate_caches()


def base():
    return importlib.import_module("shared_base").Base


ONE = "from shared_base import Base\nclass One(Base): ...\n"


def test_each_file_is_found_by_its_name(folder):
    write(folder, zebra=ONE, ant=ONE + "class _Helper(Base): ...\n")
    assert files("mine") == {"ant": folder / "ant.py", "zebra": folder / "zebra.py"}
    assert "mine.ant" not in sys.modules  # found, not loaded
    assert list(modules("mine")) == ["ant", "zebra"]
    assert [found.__name__ for found in classes("mine", base()).values()] == ["One", "One"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "mine/bad.py: defines no Base; write class NAME(Base)"),
        (ONE + "class Two(Base): ...", "mine/bad.py: defines One and Two; write one Base per file"),
        ("from shared_base import Base", "mine/bad.py: defines no Base; write class NAME(Base)"),
        ("x = 1\nclass", "mine/bad.py:2: syntax error: invalid syntax"),
        ("x = 1\ny = 1 / 0", "mine/bad.py:2: can't be used: ZeroDivisionError: division by zero"),
        (
            "from overfit.wording import Metric",
            "mine/bad.py:1: can't be used: ModuleNotFoundError: No module named 'overfit.wording'; "
            "it is now overfit.metrics.table",
        ),
    ],
)
def test_a_file_that_is_no_such_thing_is_named_in_one_line(folder, text, message):
    write(folder, good=ONE, bad=text)
    with pytest.raises(ContractError) as caught:
        classes("mine", base())
    assert str(caught.value) == message


def test_a_name_is_of_lower_case_letters(folder):
    (folder / "Shouting-loud.py").write_text(ONE)
    with pytest.raises(ContractError, match=r"Shouting-loud\.py: its name must be of lower-case"):
        files("mine")

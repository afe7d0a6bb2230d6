"""What a file needs to be a part, a probe or a kind of figure, and how its lack is said."""

import re
import subprocess
import sys
from functools import cache

import pytest

from overfit.config import parts
from overfit.config.contract import ContractError
from overfit.config.model import Model
from overfit.config.parts import open_to
from overfit.figures import found
from overfit.metrics import table


class Empty(Model):
    """A model that parts are added to."""


HEAD = """
from dataclasses import dataclass
from typing import Annotated
from pydantic import Field
from overfit.nn.activations import Activation
"""
PENALTY = """
@dataclass(frozen=True)
class Mine:
    '''Mine.'''
    strength: Annotated[float, Field(ge=0, examples=[0.1])]
    def value(self, weights): ...
    def add_gradient(self, weights, gradient, scale, scratch): ...
PART = Mine
"""


@pytest.fixture
def add(tmp_path, monkeypatch):
    """Adds a file to a folder of parts for the length of a test."""
    import importlib

    def forget():
        # Others keep the models that they have, which unpickling finds by their names.
        for name in ("parts", "models"):
            monkeypatch.setattr(parts, name, cache(getattr(parts, name).__wrapped__))

    def added(kind, name, text):
        folder = tmp_path / kind
        folder.mkdir(exist_ok=True)
        (folder / f"{name}.py").write_text(HEAD + text)
        package = importlib.import_module(f"overfit.nn.{kind}")
        monkeypatch.setattr(package, "__path__", [*package.__path__, str(folder)])
        importlib.invalidate_caches()
        forget()

    return added


BAD = {
    "no part": ("", "has no PART; write PART = the class of the part"),
    "no dataclass": ("class Mine: ...\nPART = Mine", "PART is Mine; it must be a frozen dataclass"),
    "not frozen": (
        PENALTY.replace("(frozen=True)", ""), "PART is Mine; it must be a frozen dataclass",
    ),
    "no method": (PENALTY.replace("value", "values"), "Mine has no value; see overfit.nn"),
    "no example": (
        PENALTY.replace(", examples=[0.1]", ""),
        "Mine.strength has neither a default nor an example",
    ),
    "a name": (PENALTY.replace("strength", "name"), "Mine has a field called name"),
    "no docstring": (PENALTY.replace("'''Mine.'''", ""), "Mine has no docstring"),
    "no import": ("import nowhere", "can't be used: ModuleNotFoundError: No module named"),
    "no type": (PENALTY.replace("float", "'flaot'"), "NameError: name 'flaot' is not defined"),
    "no order": (
        PENALTY.replace("examples=[0.1])]", ")] = 0.1\n    p: int"),
        "TypeError: non-default argument 'p' follows default argument",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("text", "message"), BAD.values(), ids=BAD)
def test_a_file_that_is_no_penalty_is_named_with_what_it_lacks(add, text, message):
    add("penalties", f"mine_{abs(hash(text))}", text)
    with pytest.raises(ContractError, match=r"penalties/mine_\d+\.py(:\d+)?: ") as caught:
        open_to("penalties")(Empty)
    assert message in str(caught.value)


def test_a_name_is_of_lower_case_letters(add):
    add("penalties", "Shouting", PENALTY)
    with pytest.raises(ContractError, match="must be of lower-case letters"):
        open_to("penalties")(Empty)


def test_a_penalty_has_no_name_that_is_taken(add):
    add("penalties", "smoothing", PENALTY)
    with pytest.raises(ContractError, match="there is smoothing already; choose another name"):
        open_to("penalties")(Empty)


def test_two_files_define_no_part_of_one_name(add):
    text = "from overfit.nn.activations.tanh import Tanh\nPART = Tanh"
    add("activations", "leaky_relu", text)
    with pytest.raises(ContractError, match=r"relu\.py: leaky_relu\.py defines leaky_relu, too"):
        parts.parts("activations")


def test_a_file_in_the_former_folder_is_told_the_new_one(tmp_path, monkeypatch, add):
    add("penalties", "mine_here", PENALTY)
    former = tmp_path / "former" / "penalties"
    former.mkdir(parents=True)
    (former / "mine.py").write_text(PENALTY)
    monkeypatch.setattr(parts, "_FORMER", former.parent)
    with pytest.raises(ContractError, match=r"mine\.py: .* move this file to overfit/nn/penalties"):
        parts.parts("penalties")


def test_an_activation_is_one(add):
    add("activations", "mine_bent", PENALTY)
    with pytest.raises(ContractError, match="Mine must be a subclass of overfit.nn.activations"):
        parts.parts("activations")


def test_a_layer_has_no_name_of_another_key(add):
    methods = "".join(f"    def {name}(self): ...\n" for name in ("init", "forward", "backward"))
    text = f"@dataclass(frozen=True)\nclass Mine:\n    '''Mine.'''\n{methods}PART = Mine\n"
    add("layers", "label", text)
    with pytest.raises(ContractError, match="there is label already"):
        open_to("layers", "label")(Empty)


def test_a_layer_stands_before_or_after_the_activation(add):
    methods = "    place = 'under'\n" + "".join(
        f"    def {name}(self): ...\n" for name in ("init", "forward", "backward")
    )
    text = f"@dataclass(frozen=True)\nclass Mine:\n    '''Mine.'''\n{methods}PART = Mine\n"
    add("layers", "mine_under", text)
    with pytest.raises(ContractError, match="Mine.place is 'under'; it must be before or"):
        open_to("layers")(Empty)


def test_an_optimizer_has_a_learning_rate(add):
    methods = "".join(f"    def {name}(self): ...\n" for name in ("init", "gradient_scale", "step"))
    text = f"@dataclass(frozen=True)\nclass Mine:\n    '''Mine.'''\n{methods}PART = Mine\n"
    add("optimizers", "mine_fixed", text)
    with pytest.raises(ContractError, match="Mine has no field lr, its learning rate"):
        parts.parts("optimizers")


def test_a_part_whose_settings_all_have_defaults_can_be_switched_on(add):
    add("penalties", "mine_switched", PENALTY.replace(", examples=[0.1])]", ")] = 0.5"))
    extended = open_to("penalties")(Empty)
    assert extended.model_validate({"mine_switched": True}).mine_switched.strength == 0.5
    assert extended.model_validate({"mine_switched": False}).mine_switched is None
    assert extended().model_dump(exclude_defaults=True) == {}  # no run gets another id


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", 'write QUANTITIES = {"NAME": Quantity(Metric("Words"))}'),
        ("from overfit.metrics.table import Quantity\nQUANTITIES = {'a': Quantity()}",
         "has no function measure"),
        ("from overfit.metrics.table import Quantity\nQUANTITIES = {'l2_norm': Quantity()}\n"
         "def measure(snapshot): ...", "measures l2_norm, as mine_"),
    ],
    ids=["quantities", "measure", "twice"],
)  # fmt: skip
def test_a_file_that_is_no_probe_is_named_with_what_it_lacks(tmp_path, monkeypatch, text, message):
    import importlib

    import overfit.training.probes as folder

    name = f"mine_{abs(hash(text))}"
    (tmp_path / f"{name}.py").write_text(text)
    monkeypatch.setattr(folder, "__path__", [*folder.__path__, str(tmp_path)])
    importlib.invalidate_caches()
    table.quantities.cache_clear()
    try:
        with pytest.raises(ContractError, match=rf"{name}\.py") as caught:
            table.quantities()
        assert message in str(caught.value)
    finally:
        table.quantities.cache_clear()


FIGURE = """
from typing import ClassVar, Literal
from overfit.figures.options import BaseFigure
class Mine(BaseFigure):
    reads: ClassVar = ("metrics",)
    kind: Literal["NAME"]
def draw(experiment, figure, results): ...
def caption(experiment, figure): ...
def alt(experiment, figure): ...
"""


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("Mine(BaseFigure)", "Mine", "defines no BaseFigure; write class NAME(BaseFigure)"),
        ('"NAME"', '"yours"', 'Mine must have the field kind: Literal["'),
        ('("metrics",)', "()", "Mine must define what it reads"),
        ("def alt", "def old", "has no alt; see overfit.figures"),
        ("draw(experiment,", "draw(plan,", 'write experiment.seeds for plan["seeds"]'),
    ],
)
def test_a_file_that_is_no_kind_of_figure_is_named_with_what_it_lacks(
    tmp_path, monkeypatch, old, new, message
):
    package = f"figures_{abs(hash(old))}"
    folder = tmp_path / package
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    (folder / "mine.py").write_text(FIGURE.replace(old, new).replace("NAME", "mine"))
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ContractError, match=r"mine\.py: ") as caught:
        found.kinds(package)
    assert message in str(caught.value)


METHOD = """
from overfit.search.methods import OneRound
class Mine(OneRound):
    '''Mine.'''
    def draw(self): return []
"""
READER = """
from typing import Literal
from overfit.data.readers import Dataset
class Mine(Dataset):
    source: Literal["mine"]
    def load(self): ...
"""


@pytest.mark.parametrize(
    ("folder", "text", "message"),
    [
        ("search.methods", "", r"defines no Method; write class NAME\(Method\)"),
        ("search.methods", METHOD + METHOD.replace("Mine(", "Other("), "defines Mine and Other; "),
        ("data.readers", READER.replace('"mine"', '"yours"'), 'the field source: Literal."mine"'),
        ("data.readers", READER.replace("Literal[", "Litteral["), "NameError: name 'Litteral'"),
    ],
)
def test_a_file_that_is_no_method_or_reader_is_named_with_what_it_lacks(
    tmp_path, folder, text, message
):
    """In a process of its own, which has not loaded the files that are there."""
    (tmp_path / "mine.py").write_text(text)
    code = f"""
import importlib
folder = importlib.import_module("overfit.{folder}")
folder.__path__.append({str(tmp_path)!r})
try:
    {"folder.method('mine')" if "methods" in folder else "folder.readers()"}
except Exception as error:
    print(f"{{type(error).__name__}}: {{error}}")
"""
    said = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout
    assert re.match(rf"ContractError: {re.escape(str(tmp_path))}/mine\.py(:\d+)?: ", said), said
    assert re.search(message, said)

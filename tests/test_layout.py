"""The package's modules import each other in one direction."""

import ast
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "workflow" / "overfit"
FACE = "overfit"
"""The package itself, which names what notebooks use and loads it at the first use."""


def modules() -> dict[str, Path]:
    """Every module of the package by its dotted name."""
    found = {}
    for path in PACKAGE.rglob("*.py"):
        parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def named(node: ast.AST, known: dict[str, Path]) -> list[str]:
    """The modules that a statement imports."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.module:
        names = [f"{node.module}.{alias.name}" for alias in node.names]
        return [name if name in known else str(node.module) for name in names]
    return []


def imported(path: Path, known: dict[str, Path]) -> Iterator[str]:
    """The modules of the package that a module imports anywhere, also inside functions."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        yield from (name for name in named(node, known) if name in known)


@pytest.fixture(scope="module")
def graph() -> dict[str, set[str]]:
    known = modules()
    return {
        name: set(imported(path, known)) - {name, FACE}
        for name, path in known.items()
        if name != FACE
    }


def test_no_module_imports_itself_through_others(graph):
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" imports ".join(reversed(error.args[1])))


def test_the_core_imports_nothing_else_of_the_package(graph):
    for name, targets in graph.items():
        if name.startswith("overfit.nn"):
            assert all(target.startswith("overfit.nn") for target in targets), name


def test_training_imports_the_core_and_streams_alone(graph):
    allowed = ("overfit.training", "overfit.nn", "overfit.streams")
    words = ("overfit.metrics.table",)  # in which a probe says what it measures
    for name, targets in graph.items():
        if name.startswith("overfit.training"):
            known = allowed + words if name.startswith("overfit.training.probes") else allowed
            assert all(target.startswith(known) for target in targets), (name, targets)


def test_the_root_holds_only_the_face_the_command_results_and_streams():
    assert {path.name for path in PACKAGE.glob("*.py")} == {
        "__init__.py",
        "__main__.py",
        "results.py",
        "streams.py",
    }


def test_nothing_imports_snakemake():
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not any(name.split(".")[0] == "snakemake" for name in names), path


def test_an_import_inside_a_function_saves_loading_its_module():
    """A module that a file loads anyway, directly or through others, is imported at its top."""
    known = modules()
    trees = {name: ast.parse(path.read_text(encoding="utf-8")) for name, path in known.items()}
    at_top = {
        name: {one for node in tree.body for one in named(node, known)}
        for name, tree in trees.items()
    }
    for name, tree in trees.items():
        loaded, waiting = set(), [name]
        while waiting:
            for one in with_packages(at_top.get(waiting.pop(), set())) - loaded:
                loaded.add(one)
                waiting.append(one)
        functions = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))
        late = {
            one for node in functions for inner in ast.walk(node) for one in named(inner, known)
        }
        assert not late & loaded, f"{name} loads {sorted(late & loaded)} anyway"


def with_packages(names: set[str]) -> set[str]:
    """Dotted names, and the packages that importing them loads, too."""
    return {
        ".".join(name.split(".")[: i + 1]) for name in names for i in range(name.count(".") + 1)
    }

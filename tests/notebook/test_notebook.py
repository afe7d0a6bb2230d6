"""The example notebook runs, and `import overfit` is light."""

import os
import subprocess
import sys

import nbformat
import pytest
from nbclient import NotebookClient

NOTEBOOK = "docs/notebooks/first_steps.ipynb"


def environment(repository):
    return {**os.environ, "PYTHONPATH": str(repository / "workflow")}


def kinds(notebook):
    """Of each cell's output the types of content, such as a picture."""
    return [
        sorted(kind for output in cell.get("outputs", []) for kind in output.get("data", {}))
        for cell in notebook.cells
    ]


def test_the_example_notebook_runs_and_shows_what_it_has_stored(repository, tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(repository / "workflow"))
    stored = nbformat.read(repository / NOTEBOOK, 4)
    fresh = nbformat.from_dict(stored)
    for cell in fresh.cells:
        cell.pop("outputs", None)
        if cell.cell_type == "code":
            cell.outputs = []
    where = {"metadata": {"path": str(tmp_path)}}
    NotebookClient(fresh, timeout=300, kernel_name="python3", resources=where).execute()
    assert kinds(fresh) == kinds(stored)
    assert sum("image/png" in kind for kind in kinds(fresh)) == 2
    assert not [o for cell in fresh.cells for o in cell.get("outputs", []) if o.get("name")]


def test_the_stored_notebook_is_small_and_names_no_machine(repository):
    text = (repository / NOTEBOOK).read_text()
    assert len(text) < 300_000
    assert "/home/" not in text
    assert str(repository) not in text


@pytest.mark.parametrize("first", ["overfit.nn", "overfit.run"])
def test_importing_is_light_and_the_first_use_sets_up_blas(repository, first):
    code = (
        "import sys, os, overfit\n"
        "assert not {'numpy', 'pandas', 'pydantic'} & set(sys.modules)\n"
        f"{first}\n"
        "assert 'numpy' in sys.modules\n"
        "from threadpoolctl import threadpool_info\n"
        "print({i['num_threads'] for i in threadpool_info() if i['user_api'] == 'blas'})"
    )
    kept = {k: v for k, v in environment(repository).items() if not k.startswith(("OMP", "OPENB"))}
    done = subprocess.run(
        [sys.executable, "-c", code], env=kept, check=True, capture_output=True, text=True
    )
    assert done.stdout.strip() == "{1}"


def test_what_it_has_not_is_an_attribute_error():
    import overfit

    with pytest.raises(AttributeError, match="'overfit' has no attribute 'fly'"):
        overfit.fly  # noqa: B018
    assert {"dataset", "fit", "nn", "run"} <= set(dir(overfit))

"""The files of docs/howto/extend: where each belongs, and how to load it."""

from __future__ import annotations

import shutil
import sys
from importlib import util
from pathlib import Path

FOLDER = Path(__file__).parents[2] / "docs" / "howto" / "extend"
PACKAGE = "workflow/overfit"
PLACES = {
    "swish.py": f"{PACKAGE}/nn/activations/swish.py",
    "gaussian_noise.py": f"{PACKAGE}/nn/layers/gaussian_noise.py",
    "cauchy.py": f"{PACKAGE}/nn/penalties/cauchy.py",
    "lion.py": f"{PACKAGE}/nn/optimizers/lion.py",
    "latin.py": f"{PACKAGE}/search/methods/latin.py",
    "text.py": f"{PACKAGE}/data/readers/text.py",
    "margins.py": f"{PACKAGE}/training/probes/margins.py",
    "distribution.py": f"{PACKAGE}/figures/kinds/distribution.py",
    "median.py": f"{PACKAGE}/claims/kinds/median.py",
    "own_parts.yaml": "config/experiments/own_parts.yaml",
}


def add_to(project: Path) -> None:
    """Put every file where the page says; nothing else is edited."""
    for name, place in PLACES.items():
        shutil.copy(FOLDER / name, project / place)


def loaded(name: str):
    """A file as a module."""
    spec = util.spec_from_file_location(f"example_{name}", FOLDER / f"{name}.py")
    module = util.module_from_spec(spec)
    sys.modules[module.__name__] = module  # where dataclasses look for it
    spec.loader.exec_module(module)
    return module

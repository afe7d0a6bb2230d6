"""The configuration that comes with overfit: of the checkout, or a copy in an installed package.

A project can set as much of it as it likes, and leaves the rest to it.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from overfit.config.reading import read

CONFIG = "config/config.yaml"
_INSTALLED = Path(__file__).parents[1] / "shipped"
"""Where a wheel has its copy; setup.py makes it."""
FOLDER = _INSTALLED if _INSTALLED.is_dir() else Path(__file__).parents[3]
"""The folder that contains `config`."""


@cache
def defaults() -> dict[str, Any]:
    """The settings below those of every project."""
    found: dict[str, Any] = read(FOLDER / CONFIG, CONFIG).data["defaults"]
    return found

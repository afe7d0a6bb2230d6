"""Modules that are loaded when they are first used.

Every reading of a configuration loads the claims and the metrics for their options. pandas and
SciPy take a third of a second to load, so what only some jobs need is imported from here.
"""

from __future__ import annotations

from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any


class Deferred(ModuleType):
    """A module that is loaded when one of its names is first used."""

    def __getattr__(self, name: str) -> Any:
        module = import_module(self.__name__)
        if not hasattr(module, name):
            import_module(f"{self.__name__}.{name}")
        return getattr(module, name)


if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa
    from scipy import interpolate, optimize, special, stats
else:
    pd, pa = Deferred("pandas"), Deferred("pyarrow")
    interpolate, optimize = Deferred("scipy.interpolate"), Deferred("scipy.optimize")
    special, stats = Deferred("scipy.special"), Deferred("scipy.stats")

__all__ = ["Deferred", "interpolate", "optimize", "pa", "pd", "special", "stats"]

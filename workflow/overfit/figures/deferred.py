"""What figures are drawn with, loaded when it is first used.

Every reading of a configuration loads the files of all kinds of figures for their options.
Matplotlib, seaborn and what uses them take a second to load, so the kinds import them from here.
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
    import matplotlib as mpl
    import pandas as pd
    import seaborn as sns

    from overfit.figures import data, searches, theme, toolkit
    from overfit.metrics import searches as outcomes
else:
    mpl, pd, sns = Deferred("matplotlib"), Deferred("pandas"), Deferred("seaborn")
    data = Deferred("overfit.figures.data")
    searches, theme = Deferred("overfit.figures.searches"), Deferred("overfit.figures.theme")
    outcomes, toolkit = Deferred("overfit.metrics.searches"), Deferred("overfit.figures.toolkit")

__all__ = ["data", "mpl", "outcomes", "pd", "searches", "sns", "theme", "toolkit"]

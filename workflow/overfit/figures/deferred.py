"""The modules that draw figures, loaded when they are first used.

Every reading of a configuration loads the files of all kinds of figures for their options.
Matplotlib, seaborn and the modules that use them take a second to load, so the kinds import them
from here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from overfit.config.deferred import Deferred, pd

if TYPE_CHECKING:
    import matplotlib as mpl
    import seaborn as sns

    from overfit.figures import data, searches, theme, toolkit
    from overfit.metrics import searches as outcomes
else:
    mpl, sns = Deferred("matplotlib"), Deferred("seaborn")
    data = Deferred("overfit.figures.data")
    searches, theme = Deferred("overfit.figures.searches"), Deferred("overfit.figures.theme")
    outcomes, toolkit = Deferred("overfit.metrics.searches"), Deferred("overfit.figures.toolkit")

__all__ = ["data", "mpl", "outcomes", "pd", "searches", "sns", "theme", "toolkit"]

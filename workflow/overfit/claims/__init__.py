"""Claims: what the seeds say about the statements of an experiment. A kind is a module here."""

from overfit.claims.difference import paired_differences
from overfit.claims.holm import adjust
from overfit.claims.table import COLUMNS, decide

__all__ = ["COLUMNS", "adjust", "decide", "paired_differences"]

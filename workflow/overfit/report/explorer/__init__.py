"""The explorer: interactive charts on the report's page, with all that they need inside it."""

from overfit.report.explorer.embedded import Explorer, explorer

__all__ = ["Explorer", "explorer"]

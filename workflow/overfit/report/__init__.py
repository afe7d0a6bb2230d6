"""The report: one self-contained page, and the provenance of the numbers on it."""

from overfit.report.page import render
from overfit.report.provenance import Provenance, collect

__all__ = ["Provenance", "collect", "render"]

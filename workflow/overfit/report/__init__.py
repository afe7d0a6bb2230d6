"""The report: one self-contained page, and the provenance of the numbers on it."""

from overfit.report.page import render
from overfit.report.provenance import Provenance, collect
from overfit.report.source import source_text

__all__ = ["Provenance", "collect", "render", "source_text"]

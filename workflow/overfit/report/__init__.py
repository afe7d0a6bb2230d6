"""The report: one self-contained page, and the provenance of the numbers on it."""

from overfit.report.failures import Failure, failures
from overfit.report.incomplete import write_incomplete
from overfit.report.page import render
from overfit.report.provenance import Provenance, collect
from overfit.report.source import source_text

__all__ = [
    "Failure",
    "Provenance",
    "collect",
    "failures",
    "render",
    "source_text",
    "write_incomplete",
]

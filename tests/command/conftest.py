"""The small study of the tests of the report."""

from tests.report.conftest import study

__all__ = ["study"]

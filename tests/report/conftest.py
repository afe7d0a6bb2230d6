"""The small study, new for each test."""

from pathlib import Path

import pytest

from tests.report.study import Study, write_study


@pytest.fixture
def study(tmp_path: Path) -> Study:
    return write_study(tmp_path / "results")

"""`make open`: the report in a browser."""

import os
import subprocess
import sys

import pytest

from overfit.results import RESULTS


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "results").mkdir()
    return tmp_path


def opened(repository, folder, browser):
    """What it prints and its exit status, with a program as the only browser."""
    environment = {
        "PYTHONPATH": str(repository / "workflow"), "PATH": str(folder), "BROWSER": browser,
    }  # fmt: skip
    return subprocess.run(
        [sys.executable, "-m", "overfit.report.open"],
        cwd=folder, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.fixture
def browser(folder):
    """A program that writes down the address it is to open."""
    program = folder / "browser"
    program.write_text(f'#!/bin/sh\necho "$1" > "{folder}/opened"\n')
    program.chmod(0o755)
    return f"{program} %s"


def test_the_newest_report_is_opened(repository, folder, browser):
    page, incomplete = (folder / path for path in (RESULTS.report, RESULTS.incomplete_report))
    page.touch()
    done = opened(repository, folder, browser)
    assert (done.returncode, done.stdout) == (0, f"Opened {page}\n")
    assert (folder / "opened").read_text() == f"{page.as_uri()}\n"

    incomplete.touch()
    os.utime(page, (0, 0))
    assert opened(repository, folder, browser).stdout == f"Opened {incomplete}\n"


def test_without_a_browser_the_file_is_named(repository, folder):
    page = folder / "results/report.html"
    page.touch()
    done = opened(repository, folder, f"{folder}/missing %s")
    assert done.returncode == 1
    assert done.stderr == f"No browser was found; open this file in one: {page}\n"


def test_without_a_report_the_command_that_makes_one_is_named(repository, folder, browser):
    done = opened(repository, folder, browser)
    assert done.returncode == 1
    assert (
        done.stderr
        == "results/report.html does not exist; run the workflow first: make reproduce\n"
    )

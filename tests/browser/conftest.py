"""A report in a real browser: Debian's chromium, driven by Playwright."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.peers import required
from tests.report.study import write_study

SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
"""A container has no sandbox, and the browser itself must not talk to anyone either."""

Opening = Callable[..., Any]
"""Gives a page of Playwright."""


def until(page: Any, condition: str) -> None:
    """Wait until a condition in JavaScript holds.

    Playwright's own waiting evaluates it within the page, which the page's policy forbids.
    """
    for _ in range(100):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(50)
    pytest.fail(f"never true: {condition}")


@pytest.fixture(scope="session")
def report(tmp_path_factory) -> Path:
    """The finished report of a small study, beside the results that it links to."""
    study = write_study(tmp_path_factory.mktemp("study") / "results")
    study.results.report.write_text(study.html(), encoding="utf-8")
    return study.results.report


@pytest.fixture(scope="session")
def browser():
    """Chromium, started once."""
    playwright = required("playwright.sync_api", "playwright").sync_playwright
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        message = "chromium is missing; apt-get install chromium"
        if os.environ.get("CI") == "true":
            pytest.fail(message, pytrace=False)
        pytest.skip(message)
    with playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=SWITCHES)
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser, report) -> Iterator[Opening]:
    """Opens a page from disk: `open_page(width=400, color_scheme="dark")`.

    Whatever a test does with its pages, none of them may log an error, throw one, or ask for
    anything but the page itself: that is checked when the test ends.
    """
    contexts, faults = [], []

    def asked(request) -> None:
        own = request.is_navigation_request() and request.url.startswith("file:")
        if not own and not request.url.startswith(("data:", "blob:")):
            faults.append(f"request: {request.url}")

    def opened(path: Path = report, *, width: int = 1200, height: int = 900, **context):
        still = {"viewport": {"width": width, "height": height}, "reduced_motion": "reduce"}
        contexts.append(browser.new_context(**still, **context))
        page = contexts[-1].new_page()
        page.on("request", asked)
        page.on("pageerror", lambda error: faults.append(f"error: {error}"))
        page.on("console", lambda said: said.type == "error" and faults.append(said.text))
        page.goto(path.as_uri())
        return page

    yield opened
    for context in contexts:
        context.close()
    assert faults == []

"""How large the page is, and what takes most of it."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Iterator

log = logging.getLogger("overfit")

LIMIT = 15_000_000
"""Bytes; a page that people can still send to each other."""
MOST = 5
"""So many parts are named."""
_FIGURE = re.compile(r'<img src="(data:[^"]*)".*?<a href="([^"]*)"', re.DOTALL)
_SCRIPT = re.compile(r"<script[^>]*?(?: id=\"([^\"]*)\")?>(.*?)</script>", re.DOTALL)
_NAMES = {"explorer-data": "the explorer's data", "": "scripts of the page"}


def too_heavy(page: str, limit: int = LIMIT) -> str:
    """What to say of a page that is larger than `limit` bytes, "" of any other."""
    size = len(page.encode())
    if size <= limit:
        return ""
    heaviest = sorted(parts(page), key=lambda part: -part[1])[:MOST]
    named = ", ".join(f"{name} ({_megabytes(weight)})" for name, weight in heaviest)
    return (
        f"the report has {_megabytes(size)}, more than {_megabytes(limit)}: slow to open and to "
        f"send. Most of it: {named}. Ask for fewer figures or experiments"
    )


def parts(page: str) -> Iterator[tuple[str, int]]:
    """Figures and scripts of a page with their bytes."""
    for source, link in _FIGURE.findall(page):
        yield link, len(source.encode())
    for name, script in _SCRIPT.findall(page):
        yield _NAMES.get(name, name), len(script.encode())


def warned(page: str) -> str:
    """The page as it is, after a warning in the log and on the terminal if it is too large."""
    if message := too_heavy(page):
        log.warning(message)
        print(f"Warning: {message}", file=sys.stderr)  # a log is read when a job fails
    return page


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.1f} MB"

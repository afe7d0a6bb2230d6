"""Fonts for text that the figures' own font does not have: Chinese, Japanese, Korean."""

from __future__ import annotations

import logging
import re
import sys
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from matplotlib import font_manager

log = logging.getLogger("overfit")

FAMILY = "DejaVu Sans"
"""Comes with Matplotlib, so that figures are the same everywhere."""
FALLBACKS = (
    "Noto Sans CJK SC",
    "Noto Sans CJK JP",
    "Noto Sans CJK TC",
    "Noto Sans CJK KR",
    "Source Han Sans SC",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "Droid Sans Fallback",
    "PingFang SC",
    "Hiragino Sans",
    "Microsoft YaHei",
    "Yu Gothic",
    "Malgun Gothic",
)
FILES = re.compile(r"(NotoSansCJK|SourceHanSans|wqy-|DroidSansFallback)", re.IGNORECASE)
MISSING = re.compile(r"Glyph (\d+) .* missing from")
ADVICE = (
    "no font has %s: the figure shows boxes instead. Install a font with these characters, for "
    "Chinese, Japanese and Korean such as Debian's fonts-noto-cjk, and draw the figure again"
)


@cache
def families() -> list[str]:
    """The fonts of figures: the first that has a character draws it."""
    # Matplotlib would warn of each bold text that a fallback without a bold face could not draw.
    logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)
    return [FAMILY, *_installed()]


def _installed() -> list[str]:
    """Those of the fallbacks that are installed, also since Matplotlib last looked."""
    found = _known()
    if not found:
        for path in font_manager.findSystemFonts():
            if FILES.match(Path(path).name):
                font_manager.fontManager.addfont(path)
        found = _known()
    return found


def _known() -> list[str]:
    names = {font.name for font in font_manager.fontManager.ttflist}
    return [name for name in FALLBACKS if name in names]


@contextmanager
def missing_reported() -> Iterator[None]:
    """Log once which characters no font has, rather than warn of each."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield
    matches = [(MISSING.match(str(one.message)), one) for one in caught]
    if missing := characters(int(match[1]) for match, _ in matches if match):
        log.warning(ADVICE, missing)
        print(f"Warning: {ADVICE % missing}", file=sys.stderr)  # a log is read when a job fails
    for match, one in matches:
        if not match:
            warnings.warn_explicit(one.message, one.category, one.filename, one.lineno)


def characters(codes: Iterable[int]) -> str:
    """Up to ten characters, as text: `过 (U+8FC7), 拟 (U+62DF)`."""
    each = [f"{chr(code)} (U+{code:04X})" for code in dict.fromkeys(codes)]
    return ", ".join(each[:10]) + (f" and {len(each) - 10} more" if len(each) > 10 else "")

"""The look of all figures, and how they are saved.

Colours are those of Okabe and Ito, which people with any colour vision can distinguish; dashes or
markers repeat the distinction for greyscale. A colour has one meaning in all figures: blue is
training, vermilion is test, green is validation; variants take theirs in the order of the
experiment.

Source of the palette: Okabe and Ito (2008), Color universal design.
"""

from __future__ import annotations

import logging
import re
import sys
import warnings
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import seaborn as sns
from matplotlib import colormaps, font_manager
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from overfit.results import atomic

WIDTH = 7.0
"""Inches; a text width."""
SINGLE_WIDTH = 5.0
"""Inches; a figure with a single column of panels."""
INK = "#262626"
MUTED = "#6b6b6b"
SMALL = 7.0
"""Points; the smallest text but for the hyperparameters of trials."""

SETTINGS = {
    "patch.force_edgecolor": False,
    "font.size": 8.0,
    "axes.titlesize": 8.5,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.labelsize": 8.0,
    "xtick.labelsize": 7.0,
    "ytick.labelsize": 7.0,
    "legend.fontsize": 8.0,
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": MUTED,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.6,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "xtick.major.size": 2.5,
    "ytick.major.size": 2.5,
    "axes.grid": True,
    "grid.color": "#e6e6e6",
    "grid.linewidth": 0.6,
    "lines.linewidth": 1.4,
    # Outlines instead of text: a browser without the font would set labels wider than they were
    # laid out, and over each other. The words are in the caption and in the alternative text.
    "svg.fonttype": "path",
}


@contextmanager
def themed() -> Iterator[None]:
    """Matplotlib with the project's settings, without those of the user."""
    with mpl.rc_context():
        mpl.rcdefaults()
        sns.set_theme(context="paper", style="ticks", rc=SETTINGS)
        mpl.rcParams["font.family"] = families()
        yield


@dataclass(frozen=True)
class Style:
    """How a line or a marker looks; `dashes` is matplotlib's (offset, on-off lengths)."""

    colour: str
    dashes: tuple[float, Sequence[float] | None] = (0, None)
    marker: str = "o"


SPLITS = {
    "train": Style("#0072B2"),
    "test": Style("#D55E00", (0, (4, 1.2))),
    "validation": Style("#00805C", (0, (5, 1.2, 1.2, 1.2))),
}

VARIANTS = (
    Style("#4d4d4d", (0, (4, 1.2)), "o"),
    Style("#A8467C", (0, None), "D"),
    Style("#B27A00", (0, (1.2, 1.0)), "s"),
    Style("#2E8BC0", (0, (5, 1.2, 1.2, 1.2)), "^"),
    Style("#00805C", (0, (7, 1.5)), "v"),
    Style("#D55E00", (0, (3, 1, 1, 1, 1, 1)), "P"),
    Style("#0B3C5D", (0, (2, 2)), "X"),
    Style("#8C6D46", (0, (1, 2)), "h"),
)


def variant_style(plan_variants: Sequence[str], variant: str) -> Style:
    """The style of a variant: by its place in the plan, so that it is the same in all figures."""
    return VARIANTS[list(plan_variants).index(variant) % len(VARIANTS)]


def variant_styles(plan_variants: Sequence[str], shown: Sequence[str]) -> dict[str, Style]:
    """The styles of some variants: those of `variant_style`, unless two of them would look alike.

    There are more variants than styles, then; the places among those that are shown decide.
    """
    styles = {variant: variant_style(plan_variants, variant) for variant in shown}
    if len(set(styles.values())) < min(len(shown), len(VARIANTS)):
        return {variant: variant_style(shown, variant) for variant in shown}
    return styles


MARKERS = "oDs^vPXhp<>d"


def ordered_styles(count: int) -> list[Style]:
    """Styles for lines that have an order: from dark to light, each with a different marker."""
    shades = colormaps["viridis"](np.linspace(0.05, 0.8, count))
    return [Style(to_hex(shade), marker=MARKERS[i % 12]) for i, shade in enumerate(shades)]


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
    # Matplotlib would warn about each bold text for which a fallback font has no bold face.
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
    """Log once which characters no font has, instead of a warning for each."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield
    matches = [(MISSING.match(str(one.message)), one) for one in caught]
    if missing := characters(int(match[1]) for match, _ in matches if match):
        log.warning(ADVICE, missing)
        print(f"Warning: {ADVICE % missing}", file=sys.stderr)  # logs are rarely read
    for match, one in matches:
        if not match:
            warnings.warn_explicit(one.message, one.category, one.filename, one.lineno)


def characters(codes: Iterable[int]) -> str:
    """Up to ten characters, as text: `过 (U+8FC7), 拟 (U+62DF)`."""
    each = [f"{chr(code)} (U+{code:04X})" for code in dict.fromkeys(codes)]
    return ", ".join(each[:10]) + (f" and {len(each) - 10} more" if len(each) > 10 else "")


DPI = 200
"""Of the PNG, and of what is pixels in the SVG."""


def save_both(figure: Figure, stem: Path) -> None:
    """Write SVG and PNG; without dates, and with ids that depend only on the figure's name.

    `Figure.savefig` would draw everything once more before, for the sake of layouts that need it;
    ours is made at the beginning of each drawing.
    """
    with themed(), missing_reported(), _as_it_was(figure):
        mpl.rcParams["svg.hashsalt"] = stem.name
        with atomic(stem.with_name(f"{stem.name}.svg")) as temporary:
            figure.set_dpi(DPI)
            svg: Any = FigureCanvasSVG(figure)  # its methods are not typed
            svg.print_svg(temporary, metadata={"Date": None, "Creator": None})
        with atomic(stem.with_name(f"{stem.name}.png")) as temporary:
            figure.set_dpi(DPI)
            png: Any = FigureCanvasAgg(figure)
            png.print_png(temporary, metadata={"Software": None})


@contextmanager
def _as_it_was(figure: Figure) -> Iterator[None]:
    """The figure's canvas and resolution are afterwards what they were before."""
    canvas, dpi = figure.canvas, figure.dpi
    try:
        yield
    finally:
        figure.set_canvas(canvas)
        figure.set_dpi(dpi)

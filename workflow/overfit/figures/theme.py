"""The look of all figures.

Colours are those of Okabe and Ito, which people with any colour vision tell apart; a dash pattern
or a marker says the same again, for greyscale. A colour has one meaning in all figures: blue is
training, vermilion is test, green is validation; variants take theirs in the order of the plan.

Source of the palette: Okabe and Ito (2008), Color universal design.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib import colormaps
from matplotlib.colors import to_hex

from overfit.figures.fonts import families

WIDTH = 7.0
"""Inches; a text width."""
SINGLE_WIDTH = 5.0
"""Inches; a figure with a single column of panels."""
INK = "#262626"
MUTED = "#6b6b6b"
SMALL = 7.0
"""Points; the smallest text but for the hyperparameters of trials."""

SETTINGS: Any = {
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
    "axes.axisbelow": True,
    "grid.color": "#e6e6e6",
    "grid.linewidth": 0.6,
    "lines.linewidth": 1.4,
    "lines.solid_capstyle": "round",
    "axes.unicode_minus": True,
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    # Outlines instead of text: a browser without the font would set labels wider than they were
    # laid out, and over each other. The words are in the caption and in the alternative text.
    "svg.fonttype": "path",
}


@contextmanager
def themed() -> Iterator[None]:
    """Matplotlib with the project's settings, and with nothing of the user's own."""
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(SETTINGS)
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
    """Styles for lines that have an order: from dark to light, each with a marker of its own."""
    shades = colormaps["viridis"](np.linspace(0.05, 0.8, count))
    return [Style(to_hex(shade), marker=MARKERS[i % 12]) for i, shade in enumerate(shades)]

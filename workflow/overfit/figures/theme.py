"""The look of all figures, and how they are saved.

A colour has one meaning in all figures: blue is training, vermilion test, green validation, and
each of the parts in `CONCEPTS` has one. All colours are dark enough for text on white (a contrast
of 4.5, WCAG 2.2), and dashes or markers repeat the distinction for greyscale and for people who see
fewer colours.
"""

from __future__ import annotations

import logging
import re
import sys
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from html import unescape
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import seaborn as sns
from matplotlib import colormaps, font_manager
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path

from overfit.config.experiment import Experiment
from overfit.config.parts import parts
from overfit.results import atomic

WIDTH = 7.0
"""Inches; a text width."""
SINGLE_WIDTH = 5.0
"""Inches; a figure with a single column of panels."""
INK = "#262626"
MUTED = "#6b6b6b"
FAINT = "#767676"
"""The lightest grey of text on white: a contrast of 4.5."""
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
    "svg.fonttype": "none",  # text, which people can search, copy and edit; see `with_lengths`
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
    """The look of a line or a marker; `dashes` is matplotlib's (offset, on-off lengths)."""

    colour: str
    dashes: tuple[float, Sequence[float] | None] = (0, None)
    marker: str = "o"

    @property
    def on_page(self) -> str:
        """The colour in CSS: as it is on light pages, lighter on dark ones."""
        return f"light-dark({self.colour.lower()}, {_mixed(self.colour, 0.45, 0.55)})"


def _mixed(colour: str, share: float, white: float = 0.0) -> str:
    """A share of a colour with one of white; the rest is black."""
    red, green, blue = (share * part + white for part in to_rgb(colour))
    return to_hex((red, green, blue))


SPLITS = {
    "train": Style("#0072B2"),
    "test": Style("#B84A00", (0, (4, 1.2))),
    "validation": Style("#00805C", (0, (5, 1.2, 1.2, 1.2))),
}
CONCEPTS = {
    "none": "#4D4D4D",
    "batch_norm": "#B0307A",
    "dropout": "#9A6700",
    "l2": "#0F7F95",
    "l1": "#6B4FC0",
}
"""The colours of variants with just this part; no other variant has them."""
OTHERS = ("#0B3C5D", "#7A3E1D", "#5C6B00", "#A3123A", "#5B2A86", "#161616")
"""The colours of other variants, in the order of the experiment."""
ACCENT = Style(OTHERS[0])
"""The look of what belongs to no variant and no split."""
MARKERS = "oDs^vPXhp<>d"
DASHES: tuple[Sequence[float] | None, ...] = (
    (4, 1.2),
    None,
    (1.2, 1.0),
    (5, 1.2, 1.2, 1.2),
    (7, 1.5),
    (3, 1, 1, 1, 1, 1),
    (2, 2),
    (1, 2),
)


def variant_styles(experiment: Experiment) -> dict[str, Style]:
    """The style of each variant, the same in all figures of the experiment.

    The colour tells which part distinguishes the variant from others of the experiment: see
    `CONCEPTS`; a single variant has that of its part. Several variants with the same part have
    darker and darker shades of its colour, and grey is only what has none of the parts.
    Markers and dashes differ in any case, up to 24 variants.
    """
    distinct, shared = _distinguishing(experiment)
    compared = any(distinct.values())
    uses: Counter[str] = Counter()
    styles = {}
    for i, (variant, own) in enumerate(distinct.items()):
        concept = "none" if not own and (compared or not (i or shared)) else "".join(own)
        concept = concept if len(own) <= 1 and concept in CONCEPTS else "other"
        colour = OTHERS[uses[concept] % len(OTHERS)]
        if concept in CONCEPTS:
            colour = _mixed(CONCEPTS[concept], 1 - 0.22 * min(uses[concept], 3))
        styles[variant] = Style(colour, (0, DASHES[i % len(DASHES)]), MARKERS[i % len(MARKERS)])
        uses[concept] += 1
    return styles


DECAY = "weight_decay"
"""The option of optimizers that decay weights themselves."""


def _distinguishing(experiment: Experiment) -> tuple[dict[str, set[str]], set[str]]:
    """The regularizers and normalizations of each variant that another lacks, and what all have."""
    penalties, others = parts("penalties"), ("label_smoothing", "early_stopping")
    known = {*parts("layers"), *penalties, *others, DECAY}
    found: dict[str, set[str]] = {variant: set() for variant in experiment.labels}
    for cell in experiment.trained:
        settings, own = cell.run.settings, found.setdefault(cell.variant, set())
        own |= {name for name, _ in settings.layers()}
        own |= {name for name in penalties if getattr(settings.penalty, name)}
        own |= {name for name in others if getattr(settings.train, name)}
        own |= {DECAY} if getattr(settings.train.optimizer, DECAY, 0) else set()
    for variant, search in experiment.searches.items():
        found[variant] |= known & {word for key in search.space for word in key.split(".")}
    shared = set.intersection(*found.values()) if len(found) > 1 else set()
    return {variant: own - shared for variant, own in found.items()}, shared


def ordered_styles(count: int) -> list[Style]:
    """Styles for lines that have an order: from dark to light, each with a different marker."""
    shades = colormaps["inferno"](np.linspace(0.1, 0.55, count))  # all dark enough for text
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
    return [FAMILY, *_installed(), "sans-serif"]


def _installed() -> list[str]:
    """The installed fallbacks, even if they were installed after Matplotlib made its list."""
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
"""The resolution of the PNG, and of the parts of the SVG that are pixels."""


def save_both(figure: Figure, stem: Path) -> None:
    """Write SVG and PNG; without dates, and with ids that depend only on the figure's name.

    `Figure.savefig` would draw everything once more before, for the sake of layouts that need it;
    ours is made once, at the beginning of the first drawing.
    """
    with themed(), missing_reported(), _as_it_was(figure):
        mpl.rcParams["svg.hashsalt"] = stem.name
        with atomic(stem.with_name(f"{stem.name}.png")) as temporary:
            figure.set_dpi(DPI)
            png: Any = FigureCanvasAgg(figure)  # its methods are not typed
            png.print_png(temporary, metadata={"Software": None})
        # The layout is there, for letters of whole pixels, which are wider than those of the SVG.
        figure.set_layout_engine("none")
        with atomic(stem.with_name(f"{stem.name}.svg")) as temporary:
            figure.set_dpi(DPI)
            svg: Any = FigureCanvasSVG(figure)
            svg.print_svg(temporary, metadata={"Date": None, "Creator": None})
            temporary.write_text(with_lengths(temporary.read_text("utf-8")), "utf-8")


_TEXT = re.compile(r'<text style="([^"]*)"(.*?)>([^<]*)</text>')
_FAMILIES = re.compile(r"font-family: [^;]*")
_SIZE, _WEIGHT = re.compile(r"font-size: ([\d.]+)px"), re.compile(r"font-weight: (\d+)")


def with_lengths(svg: str) -> str:
    """A drawing whose texts are as long as they were laid out, whichever font a viewer has.

    It does not name the fallbacks, which differ between machines.
    """

    def sized(found: re.Match[str]) -> str:
        style, rest, text = found.groups()
        size, weight = _SIZE.search(style), _WEIGHT.search(style)
        font = FontProperties(
            family=families(), size=float(size[1]) if size else None,
            weight=int(weight[1]) if weight else 400,
        )  # fmt: skip
        length, _, _ = text_to_path.get_text_width_height_descent(
            unescape(text), font, ismath=False
        )
        adjusted = f'textLength="{length:.2f}" lengthAdjust="spacingAndGlyphs"'
        style = _FAMILIES.sub(f"font-family: '{FAMILY}', sans-serif", style)
        return f'<text style="{style}" {adjusted}{rest}>{text}</text>'

    return _TEXT.sub(sized, svg)


@contextmanager
def _as_it_was(figure: Figure) -> Iterator[None]:
    """The figure's canvas, resolution and layout engine are afterwards what they were before."""
    canvas, dpi, engine = figure.canvas, figure.dpi, figure.get_layout_engine()
    try:
        yield
    finally:
        figure.set_layout_engine(engine)
        figure.set_canvas(canvas)
        figure.set_dpi(dpi)

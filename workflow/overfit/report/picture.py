"""A figure as a data URI: as short as it can be without a difference that an eye could see."""

from __future__ import annotations

import re

from markupsafe import Markup

_COORDINATES = re.compile(r' (?:d|points|x|y|x1|x2|y1|y2|cx|cy)="[^"]*"')
_PRECISE = re.compile(r"-?\d+\.\d{3,}")
_NOT_DRAWN = re.compile(
    r"<\?xml.*?\?>|<!DOCTYPE.*?>|<!--.*?-->|<metadata>.*?</metadata>", re.DOTALL
)
_BETWEEN_TAGS = re.compile(r">\s+<")
_SPACE = re.compile(r"\s+")
_OPENING = re.compile(r"<svg\b[^>]*>")
_SIDE = re.compile(r'\s(width|height)="([\d.]+)(pt)?')
_PIXELS = 96 / 72
"""Pixels of a point."""


def data_uri(svg: str) -> Markup:
    """The data URI of a drawing, for an attribute in double quotes.

    As an image, not as inline SVG: the ids of one figure cannot meet those of another, its style
    stays its own, and nothing inside it can run. As text, not as Base64, which is a third longer.
    """
    text = compact(svg).replace("%", "%25").replace("#", "%23")
    quoted = text.replace('"', "%22" if "'" in text else "'")
    return Markup("data:image/svg+xml," + quoted.replace("&", "&amp;"))  # noqa: S704


def size(svg: str) -> tuple[int, int]:
    """Width and height of a drawing in pixels, 0 where it does not say."""
    opening = _OPENING.search(svg)
    sides = {
        side: round(float(length) * (_PIXELS if unit else 1))
        for side, length, unit in _SIDE.findall(opening[0] if opening else "")
    }
    return sides.get("width", 0), sides.get("height", 0)


def compact(svg: str) -> str:
    """A drawing of matplotlib without comments and metadata, coordinates to a hundredth point."""
    drawn = _BETWEEN_TAGS.sub("><", _NOT_DRAWN.sub("", svg))
    rounded = _COORDINATES.sub(lambda found: _PRECISE.sub(_round, found[0]), drawn)
    return _SPACE.sub(" ", rounded).strip()


def _round(number: re.Match[str]) -> str:
    return f"{round(float(number[0]), 2):g}"

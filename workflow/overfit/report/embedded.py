"""Figures inside the page: SVG as data URIs, with few bytes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from xml.etree import ElementTree

from markupsafe import Markup

SVG = "{http://www.w3.org/2000/svg}"
LINK = "{http://www.w3.org/1999/xlink}href"
NOT_DRAWN = ("metadata", "title", "desc")
COORDINATES = ("d", "points", "x", "y", "x1", "x2", "y1", "y2", "cx", "cy")
_NUMBER = re.compile(r"-?\d*\.\d+(?:[eE][+-]?\d+)?")
_REFERENCE = re.compile(r"#([\w.-]+)")
_TURN_BY_NONE = re.compile(r"rotate\(-?0(?:[ ,][^)]*)?\)")
_AROUND_LETTERS = re.compile(r"\s*([A-Za-z])\s*")
_OPENING = re.compile(r"<svg\b[^>]*>")
_SIDE = re.compile(r'\s(width|height)="([\d.]+)(pt)?')
_PIXELS = 96 / 72
"""Pixels of a point."""


def data_uri(svg: str) -> Markup:
    """The data URI of a drawing, for an attribute in double quotes.

    As an image, not as inline SVG: ids and styles of different figures can't conflict, and scripts
    in it can't run. As text, not as Base64, which is a third longer.
    """
    text = compact(svg).replace("%", "%25").replace("#", "%23")
    quoted = text.replace('"', "%22" if "'" in text else "'")
    return Markup("data:image/svg+xml," + quoted.replace("&", "&amp;"))  # noqa: S704


def size(svg: str) -> tuple[int, int]:
    """Width and height of a drawing in pixels, 0 if unknown."""
    opening = _OPENING.search(svg)
    sides = {
        side: round(float(length) * (_PIXELS if unit else 1))
        for side, length, unit in _SIDE.findall(opening[0] if opening else "")
    }
    return sides.get("width", 0), sides.get("height", 0)


def compact(svg: str) -> str:
    """A drawing of Matplotlib that looks the same, with less than half of the bytes.

    Styles become classes, ids that nothing refers to and groups without attributes go, coordinates
    are rounded to a tenth of a point (those below ten to a hundredth, because of markers).
    """
    root = ElementTree.fromstring(svg)  # noqa: S314, our own drawing, and expat limits entities
    _without_names(root)
    _without_the_undrawn(root)
    _with_short_ids(root)
    _with_classes(root)
    for one in root.iter():
        for name in COORDINATES:
            if name in one.attrib and one.tag != "text":
                one.set(name, _rounded(one.get(name, "")))
        if one.tag == "path" and "d" in one.attrib:
            one.set("d", _short_path(one.get("d", "")))
    text = ElementTree.tostring(root, encoding="unicode")
    return text.replace(" />", "/>")


def _without_names(root: ElementTree.Element) -> None:
    """Plain names: one namespace is that of the document, and links need none."""
    if root.tag.startswith(SVG):
        root.set("xmlns", SVG[1:-1])
    for one in root.iter():
        one.tag = one.tag.removeprefix(SVG)
        if LINK in one.attrib:
            one.set("href", one.attrib.pop(LINK))


def _without_the_undrawn(parent: ElementTree.Element) -> None:
    """Nothing between tags, no metadata, no empty group, no group that only groups."""
    kept: list[ElementTree.Element] = []
    parent.text = (parent.text or "").strip() or None
    for child in parent:
        child.tail = None
        if child.tag in NOT_DRAWN:
            continue
        if _TURN_BY_NONE.fullmatch(child.get("transform", "")):
            del child.attrib["transform"]
        if child.tag != "text":
            _without_the_undrawn(child)
        kept.append(child)
    parent[:] = kept


def _with_short_ids(root: ElementTree.Element) -> None:
    """Only ids that something refers to, then only groups that have an attribute."""
    used = Counter(
        name
        for one in root.iter()
        for text in (*one.attrib.values(), one.text or "")
        for name in _REFERENCE.findall(text)
    )
    ids = [one.get("id", "") for one in root.iter() if one.get("id") in used]
    short = {name: f"i{place}" for place, name in enumerate(ids)}
    for one in root.iter():
        if (name := one.attrib.pop("id", "")) in short:
            one.set("id", short[name])
        for name, text in one.attrib.items():
            if name != "id" and "#" in text:
                one.set(name, _REFERENCE.sub(lambda m: f"#{short.get(m[1], m[1])}", text))
    _flatten(root)


def _flatten(parent: ElementTree.Element) -> None:
    parent[:] = list(_without_plain_groups(parent))


def _without_plain_groups(parent: ElementTree.Element) -> Iterator[ElementTree.Element]:
    for child in parent:
        _flatten(child)
        if child.tag != "g" or (child.attrib and len(child)):
            yield child
        else:
            yield from child


def _with_classes(root: ElementTree.Element) -> None:
    """Styles that several elements share, as rules of one style sheet."""
    shared = Counter(
        style for one in root.iter() if (style := one.get("style")) and "class" not in one.attrib
    )
    names = {
        style: f"c{place}" for place, (style, count) in enumerate(shared.most_common()) if count > 1
    }
    for one in root.iter():
        if "class" not in one.attrib and (name := names.get(one.get("style", ""))):
            del one.attrib["style"]
            one.set("class", name)
    if names:
        sheet = ElementTree.Element("style")
        sheet.text = "".join(f".{name}{{{style}}}" for style, name in names.items())
        root.insert(0, sheet)


def _rounded(coordinates: str) -> str:
    return _NUMBER.sub(_round, coordinates)


def _round(number: re.Match[str]) -> str:
    value = float(number[0])
    return f"{round(value, 1 if abs(value) >= 10 else 2) + 0.0:.10g}"


def _short_path(path: str) -> str:
    """A path without spaces that nobody needs; `L` once for the whole of a line."""
    short = _AROUND_LETTERS.sub(r"\1", " ".join(path.split())).replace(" -", "-")
    pieces = re.split("([A-Za-z])", short)
    text, last = pieces[0], ""
    for command, numbers in zip(pieces[1::2], pieces[2::2], strict=True):
        same = command == last == "L"
        text += ("" if numbers.startswith("-") else " ") + numbers if same else command + numbers
        last = command
    return text

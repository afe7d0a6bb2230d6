"""The drawing of an experiment's networks."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any
from unicodedata import east_asian_width

from overfit.config.experiment import Experiment
from overfit.data.checked import DataError, content
from overfit.report.networks import Network, Part, network
from overfit.results import Results

WIDTH = 360.0
MIDDLE = 50.0
"""The vertical centre of all layers."""
TALLEST, SHORTEST = 80.0, 12.0
BAR = 12.0
MOST_BARS = 9
"""The most hidden layers to draw; of more, the middle ones are left out."""
LEFT = 12.0
PAD = 12.0
GAP = 8.0
CHIP, CHIP_WITH_NOTE = 24.0, 39.0
LONGEST = 46
"""Characters of the text in a chip."""


@dataclass(frozen=True)
class Bar:
    """A layer: the wider, the taller. `some`: not in every network."""

    x: float
    top: float
    height: float
    some: bool


@dataclass(frozen=True)
class Chip:
    """A part of a layer, below the picture of the layers, with the line to it."""

    x: float
    y: float
    width: float
    height: float
    part: Part
    name: str
    note: str


@dataclass(frozen=True)
class Diagram:
    """The contents of the drawing, in its units."""

    height: float
    bars: list[Bar]
    links: list[str]
    """Outlines of the connections between neighbouring layers."""
    dots: float | None
    """The position of layers that are left out."""
    inputs: str
    hidden: str
    outputs: str
    chips: list[Chip]
    box: tuple[float, float]
    """Upper and lower edge of the frame around the parts of a hidden layer."""
    fan: tuple[float, float]
    """Left and right end of the hidden layers, which the frame magnifies."""
    words: str
    """A description in words."""
    width: float = WIDTH


def diagram(experiment: Experiment, results: Results) -> Diagram:
    """Draw the networks of an experiment; sizes of inputs and outputs are those of its datasets.

    Args:
        experiment: the experiment.
        results: the results, with the cards of the prepared datasets.
    """
    net = network(experiment)
    names = dict.fromkeys(cell.run.settings.data.dataset for cell in experiment.trained)
    cards = [card for name in names if (card := card_of(results.dataset(name).card))]
    inputs, outputs = _sizes(cards, "values"), _sizes(cards, "classes")
    columns = _columns(net)
    spots = [LEFT + BAR + i * (WIDTH - 2 * LEFT - 2 * BAR) / (len(columns) + 1)
             for i in range(len(columns) + 2)]  # fmt: skip
    widest = max([*inputs, *outputs, *(most for _, most in net.hidden)])
    sizes = [max(inputs, default=0), *columns, max(outputs, default=0)]
    bars = [
        _bar(spot, size, widest, some=0 < place <= len(columns) and _is_rare(net, columns, place))
        for place, (spot, size) in enumerate(zip(spots, sizes, strict=True))
        if size is not None
    ]
    gap = next((spots[place] for place, size in enumerate(sizes) if size is None), None)
    chips, box, height = _chips(net)
    texts = (_inputs_text(inputs, cards), _hidden_text(net, experiment), _outputs_text(outputs))
    return Diagram(
        height=height,
        bars=bars,
        links=[_link(a, b) for a, b in pairwise(bars)
               if gap is None or not a.x < gap < b.x],
        dots=gap,
        inputs=texts[0],
        hidden=texts[1],
        outputs=texts[2],
        chips=chips,
        box=box,
        fan=(round(spots[1] - BAR, 1), round(spots[-2] + BAR, 1)),
        words=_in_words(net, texts),
    )  # fmt: skip


def _columns(net: Network) -> list[int | None]:
    widths: list[int | None] = [most for _, most in net.hidden]
    if len(widths) <= MOST_BARS:
        return widths
    half = MOST_BARS // 2
    return [*widths[:half], None, *widths[-half:]]


def _is_rare(net: Network, columns: list[int | None], place: int) -> bool:
    """Whether the hidden layer at a position of the picture is missing in some networks."""
    before_the_gap = place <= len(columns) // 2
    layer = place if before_the_gap else len(net.hidden) - (len(columns) - place)
    return layer > net.depths[0]


def _bar(x: float, size: int | None, widest: int, *, some: bool) -> Bar:
    share = math.log1p(size or 1) / math.log1p(widest)
    height = round(SHORTEST + (TALLEST - SHORTEST) * share, 1)
    return Bar(round(x, 1), round(MIDDLE - height / 2, 1), height, some)


def _link(a: Bar, b: Bar) -> str:
    left, right = round(a.x + BAR / 2, 1), round(b.x - BAR / 2, 1)
    return (
        f"M{left} {a.top}L{right} {b.top}V{round(b.top + b.height, 1)}"
        f"L{left} {round(a.top + a.height, 1)}Z"
    )


def _chips(net: Network) -> tuple[list[Chip], tuple[float, float], float]:
    y = 132.0
    chips: list[Chip] = []

    def row(parts: Iterable[Part], inset: float) -> None:
        nonlocal y
        for part in parts:
            x = LEFT + inset + (24 if part.beside else 0)
            tall = CHIP_WITH_NOTE if part.note else CHIP
            name, note = clipped(part.name, LONGEST), clipped(part.note, LONGEST + 4)
            chips.append(Chip(x, y, WIDTH - LEFT - inset - x, tall, part, name, note))
            y += tall + GAP

    row(net.entry, 0)
    top = y
    y += 26
    row(net.layer, PAD)
    bottom = y + PAD - GAP
    y = bottom + GAP + 4
    row(net.exit, 0)
    return chips, (top, bottom), y


def card_of(path: Path) -> dict[str, Any]:
    """The card of a dataset; empty without one, or if it is damaged."""
    try:
        card: dict[str, Any] = json.loads(content(path))
        int(card["values"]), int(card["classes"]), tuple(card.get("shape", ()))
    except (OSError, ValueError, TypeError, LookupError, DataError):  # figures are missing, too
        return {}
    return card


def _sizes(cards: list[dict[str, Any]], key: str) -> list[int]:
    return sorted({int(card[key]) for card in cards})


def _inputs_text(inputs: list[int], cards: list[dict[str, Any]]) -> str:
    shapes = {tuple(card["shape"]) for card in cards if "shape" in card}
    for shape in shapes if len(shapes) == 1 else ():
        if len(shape) > 1 and shape[0] > 1:
            return f"{inputs[0]} inputs ({' × '.join(map(str, shape))})"
    return f"{_span(inputs)} inputs".strip()


def _outputs_text(outputs: list[int]) -> str:
    return f"{_span(outputs)} outputs".strip()


def _span(sizes: list[int]) -> str:
    if not sizes:
        return ""
    return f"{sizes[0]}" if sizes[0] == sizes[-1] else f"{sizes[0]} to {sizes[-1]}"


def _hidden_text(net: Network, experiment: Experiment) -> str:
    searched = {key for search in experiment.searches.values() for key in search.space}
    few, many = net.depths
    count = f"{few}" if few == many else f"{few} to {many}"
    if searched & {"model.depth", "model.hidden"}:
        count = "searched number of"
    layers = f"{count} hidden layer{'s' if count != '1' else ''}"
    if searched & {"model.width", "model.hidden"}:
        return f"{layers}, units searched"
    if len(set(net.hidden)) > 1 and few == many and all(a == b for a, b in net.hidden):
        return f"{layers} of {', '.join(str(most) for _, most in net.hidden)} units"
    least, most = min(a for a, _ in net.hidden), max(b for _, b in net.hidden)
    return f"{layers} of {_span([least, most])} unit{'s' if most != 1 else ''}"


def _in_words(net: Network, texts: tuple[str, str, str]) -> str:
    inputs, hidden, outputs = texts

    def said(parts: Iterable[Part]) -> str:
        return ", ".join(f"{p.name} ({p.note})" if p.note else p.name for p in parts)

    entry = f", {said(net.entry)}" if net.entry else ""
    return (
        f"Network: {inputs}{entry}; {hidden}, each with {said(net.layer)}; {outputs}, "
        f"{said(net.exit)}."
    )


def clipped(text: str, longest: int) -> str:
    """A text cut to a width in letters; those of East Asian scripts count twice."""
    width = 0
    for place, letter in enumerate(text):
        width += 2 if east_asian_width(letter) in "WF" else 1
        if width > longest:
            return f"{text[: max(place - 1, 0)].rstrip()}…"
    return text

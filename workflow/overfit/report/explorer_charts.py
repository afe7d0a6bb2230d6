"""The explorer's charts as Vega-Lite, made with Altair; the page's scripts provide their rows.

Colours are variables of the page's style sheet, so that they follow its theme; the limits of axes
are parameters, so that they stay when a slider moves.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from statistics import median
from typing import Any

import altair as alt

from overfit.metrics.table import metric

SYMLOG = 0.001
"""Around 0, a symmetric logarithmic scale is linear over so much."""
TIP = alt.ExprRef("datum.tip")
NEAREST_TIP = alt.ExprRef("datum.datum ? datum.datum.tip : datum.tip")
"""The same for marks that react to a pointer nearby: there Vega's datum is the mark."""

Chart = alt.LayerChart | alt.FacetChart


@cache
def charts() -> dict[str, dict[str, Any]]:
    """All specifications by name: `curves`, `ends`, `weights-SCALE` and `decide-SCALE`."""
    made = {"curves": _curves(), "ends": _ends()}
    made |= {f"weights-{scale}": _weights(scale) for scale in ("linear", "symlog")}
    made |= {f"decide-{scale}": _decide(scale) for scale in ("linear", "log")}
    plain = {name: _plain(chart) for name, chart in made.items()}
    return plain | {"plane": _plain(_plane())}


def _plain(chart: Chart) -> dict[str, Any]:
    """A chart as Vega-Lite, as wide as its container, in the page's colours."""
    fitted = alt.AutoSizeParams(type="fit-x", contains="padding")
    specification = chart.properties(width="container", autosize=fitted).to_dict()
    soft = "var(--soft)"
    axis: dict[str, Any] = {f"{part}Color": soft for part in ("label", "title", "domain", "tick")}
    axis |= {"gridColor": "var(--rule)", "labelFontSize": 12, "titleFontSize": 12}
    specification["config"] = {
        "background": None,
        "view": {"stroke": None},
        "axis": {**axis, "titleFontWeight": "normal"},
        "rule": {"color": soft},
    }
    return specification


def _limits() -> tuple[alt.Parameter, alt.Parameter]:
    return alt.param(name="low", value=0), alt.param(name="high", value=1)


def _between(**more: Any) -> alt.Scale:
    """A scale between the parameters `low` and `high`."""
    low, high = alt.ExprRef("low"), alt.ExprRef("high")
    return alt.Scale(domainMin=low, domainMax=high, zero=False, nice=False, **more)


COLOUR = alt.Color("colour:N", scale=None, legend=None)
DASH = alt.StrokeDash("dash:N", scale=None, legend=None)
VALUE = alt.Y("mean:Q", title=None, scale=_between())


def _curves() -> Chart:
    """Means over the epochs with bands, seeds, and the pinned setting, which is pale and wide.

    A ruler at the pointer shows the values.
    """
    epoch = alt.X("epoch:Q", title="Epoch", scale=alt.Scale(nice=False))
    base = alt.Chart(alt.NamedData("curves"))
    lines = base.encode(x=epoch, color=COLOUR, detail="line:N")
    band = lines.mark_area(opacity=0.18, clip=True).encode(
        y=alt.Y("low:Q", title=None, scale=_between()), y2="high:Q"
    )
    mean = lines.mark_line(strokeWidth=2, clip=True).encode(y=VALUE, strokeDash=DASH)
    ghosts = (
        alt.Chart(alt.NamedData("ghosts"))
        .mark_line(strokeWidth=6, opacity=0.35, clip=True)
        .encode(x=epoch, y=VALUE, color=COLOUR, detail="line:N", strokeDash=DASH)
    )
    seeds = (
        alt.Chart(alt.NamedData("seeds"))
        .mark_line(strokeWidth=0.8, opacity=0.55, clip=True)
        .encode(x=epoch, y=VALUE, color=COLOUR, detail="line:N", strokeDash=DASH)
    )
    near = alt.selection_point(
        name="near",
        fields=["epoch"],
        nearest=True,
        on="pointermove",
        clear="pointerout",
        empty=False,
    )
    ruler = (
        base.mark_rule(tooltip=NEAREST_TIP, strokeWidth=1)
        .encode(x=epoch, opacity=alt.condition(near, alt.value(0.5), alt.value(0)))
        .add_params(near)
    )
    dots = base.mark_point(filled=True, size=36, clip=True).encode(
        x=epoch, y=VALUE, color=COLOUR, opacity=alt.condition(near, alt.value(1), alt.value(0))
    )
    return (
        alt.layer(band, ghosts, seeds, mean, ruler, dots)
        .properties(height=280)
        .add_params(*_limits())
    )


def _ends() -> Chart:
    """The last evaluation along an axis of the grid, with a line where the slider is.

    The parameters `places` and `names` are the points of the axis, from 0 to 1, and their texts.
    """
    base = alt.Chart(alt.NamedData("ends"))
    x = alt.X(
        "x:Q",
        title=None,
        scale=alt.Scale(domain=[0, 1], nice=False, zero=False, padding=18),
        axis=alt.Axis(
            values=alt.ExprRef("places"),
            labelExpr="names[indexof(places, datum.value)]",
            labelOverlap=True,
            labelLimit=90,
        ),
    )
    whisker = base.mark_rule(strokeWidth=1.5, tooltip=TIP, clip=True).encode(
        x=x, y=alt.Y("low:Q", title=None, scale=_between()), y2="high:Q", color=COLOUR
    )
    line = base.mark_line(strokeWidth=1.5, clip=True).encode(
        x=x, y=VALUE, color=COLOUR, strokeDash=DASH, detail="line:N"
    )
    dot = base.mark_point(filled=True, size=50, opacity=1, tooltip=TIP, clip=True).encode(
        x=x, y=VALUE, color=COLOUR
    )
    here = (
        alt.Chart(alt.NamedData("here"))
        .mark_rule(strokeWidth=8, opacity=0.25, cursor="default")
        .encode(x=x, color=alt.value("var(--link)"))
    )
    points = (alt.param(name=name, value=[]) for name in ("places", "names"))
    drawn = alt.layer(whisker, line, dot, here)
    return drawn.properties(height=200).add_params(*_limits(), *points)


def _weights(scale: str) -> Chart:
    """The density of the weights of each layer and variant, one below the other, in words too.

    The parameter `rows` is the number of densities.
    """
    more = {"type": "symlog", "constant": SYMLOG} if scale == "symlog" else {}
    axis = alt.Axis(labelOverlap=True, tickCount=8)
    x: dict[str, Any] = {"title": "Weight", "scale": _between(**more), "axis": axis}
    y: dict[str, Any] = {
        "title": None,
        "axis": None,
        "scale": alt.Scale(domainMin=0, domainMax=alt.ExprRef("rows"), nice=False, reverse=True),
    }
    steps = (
        alt.Chart(alt.NamedData("weights"))
        .mark_rect(opacity=0.75, tooltip=TIP, clip=True)
        .encode(
            x=alt.X("low:Q", **x),
            x2="high:Q",
            y=alt.Y("base:Q", **y),
            y2="top:Q",
            color=COLOUR,
        )
    )
    words = alt.Chart(alt.NamedData("layers"))
    left = words.mark_text(
        align="left", baseline="top", fontSize=12, dx=2, color="var(--soft)"
    ).encode(x=alt.X("low:Q", **x), y=alt.Y("row:Q", **y), text="layer:N")
    right = words.mark_text(
        align="right", baseline="top", fontSize=12, dx=-2, color="var(--ink)"
    ).encode(x=alt.X("high:Q", **x), y=alt.Y("row:Q", **y), text="zeros:N")
    zero = (
        alt.Chart(alt.NamedData("layers"))
        .mark_rule(strokeWidth=1, opacity=0.3, clip=True)
        .encode(x=alt.X(datum=0, **x))
    )
    rows = alt.param(name="rows", value=1)
    return alt.layer(steps, zero, left, right).properties(height=280).add_params(*_limits(), rows)


IN_USE = "datum.place < seeds && datum.place != without"
LEFT_OUT = "without < seeds ? without : -1"
SHOWN = "shown"
"""The chart of a claim follows its parameters: `margin`, `seeds` (their number), `without` (the
place of the one that is left out, or -1), `guess`, and whether the result is `shown`."""


def _decide(scale: Any) -> Chart:
    """The seeds of a claim, their interval, and the band of the margin."""
    params = [
        alt.param(name=name, value=value)
        for name, value in {
            "margin": 1, "step": 1, "seeds": 1, "without": -1, "guess": 0, "shown": True,
            "origin": 0, "low": 0, "high": 1,
        }.items()
    ]  # fmt: skip
    axis = alt.Axis(labelOverlap=True, grid=False)
    more: dict[str, Any] = {"zero": False} if scale == "linear" else {}
    on = alt.Scale(
        type=scale,
        domainMin=alt.ExprRef("low"),
        domainMax=alt.ExprRef("high"),
        nice=False,
        **more,
    )
    x: dict[str, Any] = {"scale": on, "title": None, "axis": axis}
    row: dict[str, Any] = {
        "scale": alt.Scale(domain=[0, 1], nice=False, zero=False), "axis": None, "title": None,
    }  # fmt: skip
    band = alt.Chart(alt.NamedData("bands")).transform_filter(
        "abs(datum.margin - margin) < step / 2"
    )
    grey = band.mark_rect(clip=True, color="var(--margin)").encode(
        x=alt.X("least:Q", **x), x2="most:Q"
    )
    edges = [
        band.mark_rule(clip=True, strokeDash=[4, 3]).encode(x=alt.X(f"{end}:Q", **x))
        for end in ("least", "most")
    ]
    one = alt.Chart(alt.NamedData("one")).transform_calculate(origin="origin", guess="guess")
    origin = one.mark_rule(clip=True, strokeWidth=1.5).encode(x=alt.X("origin:Q", **x))
    guess = one.mark_rule(clip=True, strokeWidth=3, color="var(--guess)").encode(
        x=alt.X("guess:Q", **x)
    )
    words = [
        one.mark_text(text=text, color=colour, baseline="bottom", fontSize=12).encode(
            x=alt.X(f"{at}:Q", **x), y=alt.Y(datum=height, **row)
        )
        for text, at, colour, height in (
            ("your guess", "guess", "var(--guess)", 1.01),
            ("no effect", "origin", "var(--soft)", 1.09),
        )
    ]
    seeds = alt.Chart(alt.NamedData("alone")).transform_filter(SHOWN)
    dots = seeds.mark_point(clip=True, size=45, tooltip=TIP, color="var(--dot)").encode(
        x=alt.X("value:Q", **x),
        y=alt.Y("row:Q", **row),
        fill=alt.condition(IN_USE, alt.value("var(--dot)"), alt.value("transparent")),
        opacity=alt.condition(IN_USE, alt.value(0.85), alt.value(0.45)),
    )
    way = alt.Chart(alt.NamedData("ways")).transform_filter(
        f"{SHOWN} && datum.n == seeds && datum.without == ({LEFT_OUT})"
    )
    at = alt.Y(datum=0.1, **row)
    interval = way.mark_rule(clip=True, strokeWidth=3, color="var(--ink)", tooltip=TIP).encode(
        x=alt.X("low:Q", **x), x2="high:Q", y=at
    )
    ends = [
        way.mark_tick(clip=True, thickness=3, size=14, opacity=1, color="var(--ink)").encode(
            x=alt.X(f"{end}:Q", **x), y=at
        )
        for end in ("low", "high")
    ]
    estimate = way.mark_point(
        clip=True, filled=True, size=110, opacity=1, color="var(--ink)", tooltip=TIP
    ).encode(x=alt.X("estimate:Q", **x), y=at)
    layers = (grey, *edges, origin, guess, *words, dots, interval, *ends, estimate)
    return alt.layer(*layers).properties(height=210).add_params(*params)


def _plane() -> Chart:
    """A map of predicted classes with the training examples.

    It follows its parameters: the `evaluation` (a number from 0) and the place of the `seed`; `low`
    to `high` is the range of the first feature, `bottom` to `top` that of the second.
    """
    ranges = {"low": 0, "high": 1, "bottom": 0, "top": 1}
    params = [
        alt.param(name=name, value=value)
        for name, value in {"evaluation": 0, "seed": 0, **ranges}.items()
    ]

    def within(least: str, most: str) -> dict[str, Any]:
        ends = {"domainMin": alt.ExprRef(least), "domainMax": alt.ExprRef(most)}
        scale = alt.Scale(**ends, zero=False, nice=False)
        return {"scale": scale, "axis": None, "title": None}

    x, y = within("low", "high"), within("bottom", "top")
    runs = (
        alt.Chart(alt.NamedData("runs"))
        .transform_filter("datum.seed == seed && datum.evaluation == evaluation")
        .mark_rect(clip=True, opacity=1)
        .encode(
            x=alt.X("from:Q", **x),
            x2="to:Q",
            y=alt.Y("below:Q", **y),
            y2="above:Q",
            color=COLOUR,
        )
    )
    examples = (
        alt.Chart(alt.NamedData("examples"))
        .transform_filter("datum.seed == seed")
        .mark_point(
            filled=True, size=24, opacity=1, clip=True, stroke="var(--paper)", strokeWidth=0.5
        )
        .encode(x=alt.X("x:Q", **x), y=alt.Y("y:Q", **y), color=COLOUR)
    )
    return alt.layer(runs, examples).properties(height=190).add_params(*params)


HEADROOM = 1.5
"""The largest displayed loss, as a multiple of the usual one before the first update."""

PERCENT = (0.0, 102.0)
"""The whole range of accuracies, with room for a line at the top."""


@dataclass(frozen=True)
class View:
    """An entry of the explorer's list of metrics. The first of two metrics has a solid line."""

    label: str
    metrics: tuple[str, ...]

    @property
    def axis(self) -> str:
        """The name of the values, with their unit."""
        if len(self.metrics) == 1:
            return metric(self.metrics[0]).axis
        return f"{self.label} ({metric(self.metrics[0]).unit})"


VIEWS = {
    "accuracy": View("Accuracy, training and test", ("train_accuracy", "test_accuracy")),
    "gap": View("Gap", ("gap",)),
    "test_accuracy": View("Test accuracy", ("test_accuracy",)),
    "train_accuracy": View("Training accuracy", ("train_accuracy",)),
    "validation_accuracy": View("Validation accuracy", ("validation_accuracy",)),
    "loss": View("Loss, training and test", ("train_loss", "test_loss")),
    "test_loss": View("Test loss", ("test_loss",)),
    "train_loss": View("Training loss", ("train_loss",)),
    "validation_loss": View("Validation loss", ("validation_loss",)),
}


def described() -> dict[str, Any]:
    """The views and their metrics in words, fit for JSON."""
    names = sorted({name for view in VIEWS.values() for name in view.metrics})
    return {
        "symlog": SYMLOG,
        "views": {
            key: {"label": view.label, "axis": view.axis, "metrics": list(view.metrics)}
            for key, view in VIEWS.items()
        },
        "metrics": {
            name: {"label": metric(name).label, "decimals": metric(name).decimals} for name in names
        },
    }


def domains(cells: Sequence[Mapping[str, Any]]) -> dict[str, tuple[float, float]]:
    """The range of values that each view shows, the same for every variant and grid point.

    Views without any values are left out.
    """
    found = {}
    for key, view in VIEWS.items():
        curves = [cell["curves"][name] for cell in cells for name in view.metrics]
        values = [v for curve in curves for part in curve for v in part if v is not None]
        if not values:
            continue
        if key.endswith("accuracy"):
            found[key] = PERCENT
        elif key == "gap":
            found[key] = (min(0.0, *values), max(0.0, *values))
        else:
            found[key] = (0.0, min(max(values), _most(curve[0] for curve in curves)))
    return found


def _most(means: Iterable[Sequence[float | None]]) -> float:
    """The largest loss to show: exploding losses are cut off."""
    first = [mean[0] for mean in means if mean and mean[0] is not None]
    return HEADROOM * median(first) if first else float("inf")

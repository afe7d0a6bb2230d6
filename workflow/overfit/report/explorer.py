"""The explorer's section of the page: its data, charts and scripts."""

from __future__ import annotations

import gzip
import json
import math
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
import vl_convert
from markupsafe import Markup
from numpy.typing import NDArray

from overfit.claims.verdict import VERDICTS
from overfit.config.experiment import Experiment
from overfit.data.checked import DamagedError, printable, read_table, whole
from overfit.figures.theme import variant_styles
from overfit.metrics.axes import axis_label
from overfit.metrics.format import settings
from overfit.metrics.resampling import t_quantile
from overfit.metrics.table import metric
from overfit.metrics.tables import read_summary
from overfit.report.deciding import deciding
from overfit.report.explorer_charts import VIEWS, charts, described, domains
from overfit.report.ledger import Rows
from overfit.report.planes import planes
from overfit.results import Results

TEMPLATES = Path(__file__).with_name("templates")
SCRIPTS = ("charts.js", "explorer.js", "decide.js", "planes.js")
"""The scripts: shared code, the explorer, "Decide for yourself", and decision boundaries."""

NO_ROWS: Rows = MappingProxyType({})


@dataclass(frozen=True)
class Explorer:
    """The content of the explorer's section.

    Attributes:
        experiments: titles by name, in the order of the page.
        damaged: the files that can't be read, whose experiments are not among them.
        claims: titles of experiments, each with its claims that you can decide: id and text.
        planes: titles of experiments with maps of decision boundaries.
        sliders: how many of them have a slider for a hyperparameter.
        data: JSON, compressed by gzip, in Base64.
        scripts: Vega, and the explorer's own.
    """

    experiments: dict[str, str]
    damaged: list[DamagedError]
    claims: list[tuple[str, dict[str, str]]]
    planes: list[str]
    sliders: int
    data: Markup
    scripts: tuple[Markup, ...]


def explorer(
    experiments: Sequence[Experiment], results: Results, rows: Rows = NO_ROWS
) -> Explorer | None:
    """Gather the experiments whose tables exist, and their claims; None without any.

    Args:
        experiments: the experiments, in the order of the page.
        results: the folder of results.
        rows: the verdicts on their claims.
    """
    found = {
        one.name: explored(one, results)
        for one in experiments
        if one.curves
        and (files := results.experiment(one.name)).curves.is_file()
        and files.summary.is_file()
    }
    shown = {name: one for name, one in found.items() if not isinstance(one, DamagedError)}
    if not found:
        return None
    claims = {one.name: deciding(one, rows, results) for one in experiments}
    maps = [_planes(one, results) for one in experiments]
    content: dict[str, Any] = {
        **described(),
        "charts": charts(),
        "experiments": shown,
        "verdicts": VERDICTS,
        "claims": [claim for each in claims.values() for claim in each],
        "planes": [one for one in maps if one and not isinstance(one, DamagedError)],
    }
    own = (TEMPLATES.joinpath(name).read_text(encoding="utf-8") for name in SCRIPTS)
    return Explorer(
        experiments={name: one["title"] for name, one in shown.items()},
        damaged=[one for one in (*found.values(), *maps) if isinstance(one, DamagedError)],
        planes=[one["title"] for one in content["planes"]],
        claims=[
            (one.title, {claim["claim"]: claim["says"] for claim in claims[one.name]})
            for one in experiments
            if claims[one.name]
        ],
        sliders=sum(bool(one["axes"]) for one in shown.values()),
        data=Markup(_block(content)),  # noqa: S704
        scripts=tuple(Markup(script) for script in (library(), *own)),  # noqa: S704
    )


def _planes(experiment: Experiment, results: Results) -> dict[str, Any] | DamagedError | None:
    try:
        return planes(experiment, results)
    except DamagedError as error:
        return error


def _block(content: Mapping[str, Any]) -> str:
    """Compressed JSON for a script element, which no text in it can end."""
    plain = _printable(content)
    text = json.dumps(plain, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return b64encode(gzip.compress(text.encode(), mtime=0)).decode("ascii")


def _printable(content: Any) -> Any:
    if isinstance(content, str):
        return printable(content)
    if isinstance(content, Mapping):
        return {_printable(key): _printable(value) for key, value in content.items()}
    return [_printable(one) for one in content] if isinstance(content, list | tuple) else content


@cache
def library() -> str:
    """Vega, Vega-Lite and Vega-Embed as one script, which defines `vegaEmbed`.

    Vega compiles the expressions of a chart with `Function`, which the page's policy forbids; with
    the option `ast`, Vega-Embed interprets them instead.

    Raises:
        ValueError: the script would end the script element.
    """
    script = str(vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;"))
    if "</script" in script.lower() or "<!--" in script:
        raise ValueError("Vega's script contains `</script` or `<!--`, which would end its element")
    return script


QUANTILES = ("q00", "q01", "q05", "q25", "q50", "q75", "q95", "q99", "q100")
MOST_POINTS, FEWEST_POINTS = 24, 5
POINTS = 1200
"""The most evaluation points of all cells of an experiment together: about 150 kB of text."""
WIDE = 10.0
"""The ratio of values above which an axis is logarithmic."""
OF_SEEDS = ("train_accuracy", "test_accuracy")
"""The metrics of which the explorer knows every seed; their difference is the gap."""
MOST_VALUES = 8000
"""The most values of seeds over the epochs of an experiment: two bytes each."""
ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz"
METRICS = tuple(dict.fromkeys(name for view in VIEWS.values() for name in view.metrics))


def explored(experiment: Experiment, results: Results) -> dict[str, Any] | DamagedError:
    """The data of an experiment, ready for JSON, or which of its tables is damaged.

    Values are rounded and in the displayed units (accuracies in percent). `cells` are those of the
    experiment: `variant` and `at` are positions in `variants` and in the `values` of each axis;
    `epochs` is a position in `schedules`; a curve is its means, lows and highs; an end is mean, low
    and high of the last evaluation, and their text; `weights` has nine quantiles per layer, and
    `zeros` the share of weights that are 0 in percent. Of each seed, `seeds` has the curve at the
    positions `points` of its schedule, and `finals` the last value, see `packed`. `t` has the
    quantiles for t intervals of so many differences.
    """
    files = results.experiment(experiment.name)
    ends = whole(files.summary, lambda path: read_summary(path, experiment))
    if isinstance(ends, DamagedError):
        return ends
    return whole(files.curves, lambda path: _explored(experiment, read_table(path), ends))


def _explored(
    experiment: Experiment,
    curves: pd.DataFrame,
    ends: Sequence[Mapping[str, Mapping[str, Any]]],
) -> dict[str, Any]:
    variants = list(experiment.labels)
    schedules: list[list[float | None]] = []
    cells: list[dict[str, Any]] = []
    most = max(FEWEST_POINTS, min(MOST_POINTS, POINTS // len(experiment.cells)))
    seeds = max(len(values) for values in curves["seeds"]) if len(curves) else 0
    lines = len(OF_SEEDS) * len(experiment.cells) * max(1, seeds)
    few = max(FEWEST_POINTS, min(most, MOST_VALUES // lines))
    groups = curves.groupby("cell")
    for place, cell in enumerate(experiment.cells):
        rows = _thinned(groups.get_group(place), most)
        epochs = [_rounded(epoch, 2) for epoch in rows["epoch"].unique()]
        if epochs not in schedules:
            schedules.append(epochs)
        summary = ends[place]
        cells.append(
            {
                "variant": variants.index(cell.variant),
                "at": [_place(values, cell.at[axis]) for axis, values in experiment.grid.items()],
                "epochs": schedules.index(epochs),
                "curves": {name: _curve(rows, name, len(epochs)) for name in METRICS},
                "ends": {name: _end(summary.get(name), name) for name in METRICS},
                "weights": _weights(summary),
                "zeros": _zeros(summary),
                "seeds": {name: _seeds(rows, name, few) for name in OF_SEEDS},
                "finals": {name: _finals(rows, name) for name in OF_SEEDS},
                "diverged": next(iter(summary.values()))["diverged"],
            }
        )
    shown = domains(cells)
    used = {name for view in shown for name in VIEWS[view].metrics}
    for kept in cells:
        for part in ("curves", "ends"):
            kept[part] = {name: kept[part][name] for name in METRICS if name in used}
    return {
        "title": experiment.title,
        "seeds": experiment.seeds,
        "variants": list(experiment.labels.values()),
        "styles": [
            {"colour": style.on_page, "dashes": style.dashes[1] or [1, 0]}
            for style in variant_styles(experiment).values()
        ],
        "axes": [_axis(experiment, key) for key in experiment.grid],
        "schedules": schedules,
        "points": [spaced(len(epochs), few) for epochs in schedules],
        "t": [None, None, *(_rounded(t_quantile(n), 4) for n in range(2, seeds + 1))],
        "views": shown,
        "range": _weight_range(cells),
        "cells": cells,
    }


def places(values: Sequence[Any]) -> list[float]:
    """The places of the values of an axis between its ends, from 0 to 1.

    Numbers are at their true places, on a logarithmic scale if the largest is more than ten times
    the smallest. There, 0 is a usual step below the others. Other values have equal distances.
    """
    numeric = all(isinstance(v, int | float) and not isinstance(v, bool) for v in values)
    at = [float(value) for value in values] if numeric else list(map(float, range(len(values))))
    positive = sorted(number for number in at if number > 0)
    if numeric and len(positive) > 1 and positive[-1] > WIDE * positive[0]:
        if min(at) < 0:
            at = list(map(float, range(len(values))))
        else:
            logs = np.log(positive)
            lowest = logs[0] - float(np.median(np.diff(logs)))
            at = [math.log(number) if number else lowest for number in at]
    low, high = min(at), max(at)
    return [round((one - low) / (high - low), 4) if high > low else 0.5 for one in at]


def _axis(experiment: Experiment, key: str) -> dict[str, Any]:
    values = experiment.grid[key]
    return {
        "label": axis_label(key),
        "values": settings(values, 3),
        "places": places(values),
    }


def _place(values: Sequence[Any], value: Any) -> int:
    """The position of a value on its axis, where `true` is not 1."""
    same = (isinstance(one, bool) is isinstance(value, bool) and one == value for one in values)
    return list(same).index(True)


def _thinned(rows: pd.DataFrame, most: int) -> pd.DataFrame:
    """The rows of at most `most` evenly spaced evaluation points, with the first and the last."""
    updates = np.sort(rows["update"].unique())
    updates = updates[spaced(len(updates), most)]
    return rows[rows["update"].isin(updates)].sort_values("update")


def _curve(rows: pd.DataFrame, name: str, points: int) -> list[list[float | None]]:
    of_metric = rows[rows["metric"] == name]
    if len(of_metric) != points:  # no such split
        return [[], [], []]
    return [_shown(of_metric[part].to_numpy(float), name) for part in ("mean", "low", "high")]


def spaced(length: int, most: int) -> list[int]:
    """At most `most` evenly spaced positions, with the first and the last."""
    return sorted({*np.linspace(0, length - 1, min(length, most)).round().astype(int).tolist()})


def _of_seeds(rows: pd.DataFrame, name: str) -> NDArray[np.float64]:
    """The shares of seeds (S, points) over the epochs."""
    of_metric = rows[rows["metric"] == name]
    return np.array(of_metric["seeds"].tolist(), float).reshape(len(of_metric), -1).T


def _seeds(rows: pd.DataFrame, name: str, few: int) -> list[str]:
    values = _of_seeds(rows, name)
    return [packed(line, 2) for line in values[:, spaced(values.shape[1], few)]]


def _finals(rows: pd.DataFrame, name: str) -> str:
    return packed(_of_seeds(rows, name)[:, -1], 3)


def packed(shares: NDArray[np.float64], digits: int) -> str:
    """Shares from 0 to 1 as digits of base 36, with a fixed number of them for each share.

    Two digits are a share in thousandths, three in hundredths of a percent; `.` is no value.
    """
    parts = 10 ** (digits + 1)
    texts = []
    for share in shares:
        number, text = 0 if math.isnan(share) else round(share * parts), ""
        for _ in range(digits):
            number, digit = divmod(number, len(ALPHABET))
            text = ALPHABET[digit] + text
        texts.append("." * digits if math.isnan(share) else text)
    return "".join(texts)


def _zeros(summary: Mapping[str, Mapping[str, Any]]) -> list[float | None]:
    """For each layer the share of its weights that are exactly 0, in percent."""
    layers: list[float | None] = []
    while row := summary.get(f"weights.zeros.{len(layers) + 1}"):
        layers.append(_rounded(100 * row["mean"], 1))
    return layers


def _end(row: Mapping[str, Any] | None, name: str) -> list[float | str | None]:
    """Mean, low, high, and all three as text, the same as in the experiment's table."""
    mean, low, high = (row[end] if row else math.nan for end in ("mean", "ci_low", "ci_high"))
    text = f"{metric(name).value(mean)} {metric(name).interval(low, high)}"
    return [*_shown(np.array([mean, low, high]), name), text]


def _shown(values: NDArray[np.float64], name: str) -> list[float | None]:
    """Values in the unit of the metric, with one more digit than in tables, for smooth curves."""
    wording = metric(name)
    digits = None if wording.decimals is None else wording.decimals + 1
    return [_rounded(value * wording.factor, digits) for value in values.tolist()]


def _rounded(value: float, decimals: int | None) -> float | None:
    """Rounded to decimals, or to three significant digits; None if not finite."""
    if not math.isfinite(value):
        return None
    short = round(value, decimals) if decimals is not None else float(f"{value:.3g}")
    return int(short) if short == int(short) else short


def _weights(summary: Mapping[str, Mapping[str, Any]]) -> list[list[float | None]]:
    """For each layer the quantiles of its weights at the last evaluation, means over seeds."""
    layers: list[list[float | None]] = []
    while f"weights.q50.{len(layers) + 1}" in summary:
        rows = [summary[f"weights.{quantile}.{len(layers) + 1}"] for quantile in QUANTILES]
        layers.append([_rounded(row["mean"], None) for row in rows])
    return layers


def _weight_range(cells: Sequence[Mapping[str, Any]]) -> dict[str, Any] | None:
    """The range of all weights, and the scale on which the narrowest ones are visible."""
    extents = [
        max(abs(value) for layer in cell["weights"] for value in layer if value is not None)
        for cell in cells
        if any(value is not None for layer in cell["weights"] for value in layer)
    ]
    if not extents:
        return None
    return {
        "most": max(extents),
        "scale": "symlog" if max(extents) > WIDE * min(extents) else "linear",
    }

"""Tables inside the page, as downloads that work when the page is alone.

Most are results as they are. The measurements of probes and the trials of searches have tables here
that are no results: as much of them as figures show.
"""

from __future__ import annotations

import gzip
import re
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from urllib.parse import quote

import pandas as pd
from markupsafe import Markup

from overfit.config.experiment import Experiment
from overfit.data.checked import DamagedError, content, read_table, whole
from overfit.figures.options import Reads
from overfit.metrics.format import number
from overfit.metrics.histories import read_probe_curves, read_trials
from overfit.metrics.searches import trial_scores
from overfit.metrics.table import PLANE
from overfit.results import Results

PLAIN = 8_000
"""Bytes; a larger table is compressed, and its numbers have six significant digits."""
DIGITS = "%.4g"
"""The precision of curves, which are only drawn."""


@dataclass(frozen=True)
class Download:
    """A file inside the page.

    Attributes:
        name: what the browser calls it when it saves it.
        uri: the file as a data URI, for an attribute in double quotes.
        size: its size in words.
        origin: its place among the results.
    """

    name: str
    uri: Markup
    size: str
    origin: str


def download(path: Path, name: str, origin: str) -> Download:
    """A result as a download; Parquet becomes CSV, and what is large is compressed.

    Args:
        path: the table, CSV, JSON or Parquet.
        name: its name for people, with the suffix of what is saved.
        origin: its place among the results.

    Raises:
        DataError: the file is damaged.
    """
    if path.suffix == ".parquet":
        means = read_table(path).drop(columns="seeds", errors="ignore")  # the explorer's
        text = means.to_csv(index=False, float_format=DIGITS, lineterminator="\n")
        found = text.encode()
    else:
        found = content(path)
    return packed(found, name, origin)


def derived(experiment: Experiment, results: Results) -> Iterator[Download | DamagedError]:
    """The data of figures that are drawn from probes or trials; nothing if some do not exist."""
    for name, (reads, table) in DERIVED.items():
        if any(reads in figure.reads for figure in experiment.figures):
            place = results.experiment(experiment.name).root / name
            made = whole(place, partial(_text, table, experiment, results))
            if isinstance(made, DamagedError):
                yield made
            elif made is not None:
                yield packed(made, name, results.named(place))


def _text(
    make: Callable[[Experiment, Results], pd.DataFrame],
    experiment: Experiment,
    results: Results,
    _: Path,
) -> bytes | None:
    try:
        table = make(experiment, results)
    except FileNotFoundError:
        return None
    return table.to_csv(index=False, float_format=DIGITS, lineterminator="\n").encode()


def probe_means(experiment: Experiment, results: Results) -> pd.DataFrame:
    """The means over seeds of what probes measured, as far as figures show it.

    Those of each layer before the first update and after the last; of a quantity that a figure
    follows over the epochs, at all evaluations.

    Raises:
        DamagedError: a file is damaged.
        FileNotFoundError: a file is missing.
    """
    table = read_probe_curves(experiment, results)
    followed = {getattr(one, "quantity", "") for one in experiment.figures}
    by_cell = table.groupby(["variant", *experiment.grid, "seed"], sort=False)["update"]
    ends = (table["update"] == by_cell.transform("min")) | (
        table["update"] == by_cell.transform("max")
    )
    kept = table[
        (ends | table["quantity"].isin(followed)) & ~table["quantity"].str.startswith(PLANE)
    ]
    keys = ["variant", *experiment.grid, "update", "quantity", "layer"]
    means = kept.groupby(keys, sort=False)["value"].agg(["mean", "count"])
    return means.rename(columns={"count": "n"}).reset_index()


def trials_of(experiment: Experiment, results: Results) -> pd.DataFrame:
    """The trials of all searches: settings, the score that is searched, and that on test images.

    Raises:
        DamagedError: a file is damaged.
        FileNotFoundError: a file is missing.
    """
    each = []
    for variant, search in experiment.searches.items():
        trials = read_trials(experiment, variant, results)
        scores = trial_scores(trials, search.objective.metric)
        keys = [key for key in search.space if key in scores]
        shown = scores[["repeat", "trial", *keys, "budget", "score", "test_score"]]
        each.append(shown.assign(variant=variant))
    found = pd.concat(each, ignore_index=True)
    return found[["variant", *(name for name in found if name != "variant")]]


DERIVED: Mapping[str, tuple[Reads, Callable[[Experiment, Results], pd.DataFrame]]] = {
    "probes.csv": ("probes", probe_means),
    "trials.csv": ("trials", trials_of),
}
"""The tables that are made here: what figures read, and the function."""


def packed(found: bytes, name: str, origin: str) -> Download:
    """Text as a download."""
    kind = "application/json" if name.endswith(".json") else "text/csv"
    if len(found) > PLAIN:
        found = _LONG.sub(_shorter, found)
        small = gzip.compress(found, mtime=0)
        uri = f"data:application/gzip;base64,{b64encode(small).decode('ascii')}"
        return Download(f"{name}.gz", Markup(uri), _words(len(small)), origin)  # noqa: S704
    uri = f"data:{kind};charset=utf-8,{quote(found, safe=_SAFE)}"
    return Download(name, Markup(uri), _words(len(found)), origin)  # noqa: S704


_LONG = re.compile(rb"-?\d+\.\d{4,}(?:e[+-]?\d+)?")


def _shorter(number: re.Match[bytes]) -> bytes:
    return f"{float(number[0]):.6g}".encode()


_SAFE = " !$()*+,-./:;=?@[]_|~"
"""Characters that need no escape in the attribute."""


def _words(size: int) -> str:
    return f"{number(max(size, 1000) / 1000, decimals=0)} kB"

"""The verdicts as a table in the terminal: `python -m overfit.report.terminal`."""

from __future__ import annotations

import math
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from io import TextIOWrapper
from pathlib import Path
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console, Group
from rich.table import Table
from rich.text import Text

from overfit.claims.claim import KINDS
from overfit.claims.design import CONFIRMED
from overfit.claims.kind import Test
from overfit.claims.power import MOST
from overfit.claims.verdict import VERDICTS
from overfit.data.checked import DamagedError, printable
from overfit.metrics.table import is_of_search
from overfit.report.ledger import read_rows
from overfit.results import RESULTS

COLOURS = {
    "supported": "green",
    "contradicted": "red",
    "negligible": "blue",
    "inconclusive": "yellow",
}
LISTED = ("contradicted", "inconclusive")
"""Verdicts whose claims are named."""
WIDEST = 100
"""The most columns to use."""


def verdicts(rows: Iterable[Mapping[str, Any]]) -> Group:
    """The verdicts: counts in total and by experiment, then the claims to look at.

    Supported and negligible claims are only counted; each of the others has a line, which is cut
    if the console is narrow.

    Args:
        rows: the rows of claims.csv.
    """
    rows = list(rows)
    counts = Counter(row["verdict"] for row in rows)
    told = ", ".join(f"{counts[verdict]} {verdict}" for verdict in VERDICTS)
    confirmed = sum(row["status"] == CONFIRMED for row in rows)
    return Group(
        Text(f"{len(rows)} claims: {told} ({confirmed} confirmed)"),
        _by_experiment(rows),
        *(
            _listed(verdict, [row for row in rows if row["verdict"] == verdict])
            for verdict in LISTED
            if counts[verdict]
        ),
    )


def _by_experiment(rows: Sequence[Mapping[str, Any]]) -> Table:
    """One row per experiment, one column per verdict."""
    table = Table(box=SIMPLE_HEAD, padding=(0, 1), pad_edge=False)
    table.add_column("Experiment", overflow="fold")
    for verdict in VERDICTS:
        table.add_column(verdict, justify="right", style=COLOURS.get(verdict, ""))
    counts = Counter((row["experiment"], row["verdict"]) for row in rows)
    for experiment in dict.fromkeys(row["experiment"] for row in rows):
        numbers = [counts[experiment, verdict] for verdict in VERDICTS]
        table.add_row(Text(experiment), *(str(number) if number else "–" for number in numbers))
    return table


def _listed(verdict: str, rows: Sequence[Mapping[str, Any]]) -> Table:
    """The claims of one verdict, one line each: experiment, claim, effect, seeds that decide."""
    table = Table(box=SIMPLE_HEAD, padding=(0, 1), pad_edge=False)
    head = Text(verdict.capitalize(), style=COLOURS.get(verdict, ""))
    table.add_column(head)
    table.add_column("Effect, 95% interval", no_wrap=True)
    undecided = verdict == "inconclusive"
    if undecided:
        table.add_column("Needs", no_wrap=True)
    for row in rows:
        said = f"{row['experiment']}: {printable(row['says'])}"
        # The texts, not the column, refuse to wrap, so that only this column is narrowed.
        more = [Text(_seeds(row))] if undecided else []
        table.add_row(Text(said, no_wrap=True, overflow="ellipsis"), Text(effect(row)), *more)
    return table


def _seeds(row: Mapping[str, Any]) -> str:
    """How many seeds would decide a claim: `34 seeds`, or repeats of a search."""
    number = row["decides_at"]
    if math.isnan(number):
        return "–"
    words = f">{MOST:,}" if math.isinf(number) else f"{number:.0f}"
    return f"{words} {'repeats' if is_of_search(row['metric']) else 'seeds'}"


def effect(row: Mapping[str, Any]) -> str:
    """The effect of a claim with its interval: `−2.1 [−2.9, −1.4] points`."""
    unit = KINDS.get(row["kind"], Test).unit(row["metric"])
    interval = unit.interval(row["ci_low"], row["ci_high"])
    return f"{unit.text(row['estimate'])} {interval} {unit.name}".rstrip()


def main(arguments: Sequence[str]) -> None:
    """Print the verdicts of a claims.csv, by default that of the results in this folder."""
    path = Path(arguments[0]) if arguments else RESULTS.claims
    try:
        rows = read_rows(path)
    except FileNotFoundError:
        sys.exit(f"{path} does not exist; run the workflow first: make reproduce")
    except DamagedError as error:
        sys.exit(str(error))
    if isinstance(sys.stdout, TextIOWrapper):  # a terminal may have no minus sign
        sys.stdout.reconfigure(errors="replace")
    console = Console(highlight=False)
    console.width = min(console.width, WIDEST)
    console.print(verdicts(rows.values()))


if __name__ == "__main__":
    main(sys.argv[1:])

"""The verdicts as a table in the terminal: `python -m overfit.report.terminal`."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.console import Console, Group
from rich.table import Table
from rich.text import Text

from overfit.report.evidence import VERDICTS, read_claims
from overfit.report.units import Metric, metric

COLOURS = {
    "supported": "green",
    "contradicted": "red",
    "negligible": "blue",
    "inconclusive": "yellow",
}
SHOWN = {
    "ratio": Metric("Ratio"),
    "trend": Metric("Kendall's τ"),
    "location": Metric("Place"),
    "probability": Metric("Seeds", "% of seeds", "% of seeds", factor=100, decimals=0),
}
"""Effects that are not in the unit of their metric, by the kind of claim."""
UNSIGNED = ("ratio", "location", "probability")


def verdicts(rows: Iterable[Mapping[str, str]]) -> Group:
    """A line of counts, and a table with a row for each claim, for a console of any width.

    Args:
        rows: the rows of claims.csv.
    """
    rows = list(rows)
    counts = Counter(row["verdict"] for row in rows)
    told = ", ".join(f"{counts[verdict]} {verdict}" for verdict in VERDICTS)
    table = Table(box=SIMPLE_HEAD, padding=(0, 1), pad_edge=False)
    table.add_column("Verdict", no_wrap=True)
    table.add_column("Effect, 95% interval", overflow="fold")
    table.add_column("Claim", ratio=1, overflow="fold")
    experiment = ""
    for row in rows:
        if row["experiment"] != experiment:
            experiment = row["experiment"]
            table.add_row("", "", Text(experiment, style="bold"))
        verdict = Text(row["verdict"], style=COLOURS.get(row["verdict"], ""))
        table.add_row(verdict, effect(row), Text(printable(row["says"])))
    return Group(Text(f"{len(rows)} claims: {told}"), table)


def effect(row: Mapping[str, str]) -> str:
    """The effect of a claim with its interval: `−2.1 [−2.9, −1.4] points`."""
    shown = SHOWN.get(row["kind"]) or metric(row["metric"])
    estimate, low, high = (float(row[end] or "nan") for end in ("estimate", "ci_low", "ci_high"))
    said = shown.value(estimate) if row["kind"] in UNSIGNED else shown.difference(estimate)
    prefix = "×" if row["kind"] == "ratio" else ""
    return f"{prefix}{said} {shown.interval(low, high)} {shown.difference_unit}".rstrip()


def printable(text: str) -> str:
    """Text without what a terminal would obey."""
    return "".join(one if one.isprintable() else " " for one in text)


def main(arguments: Sequence[str]) -> None:
    """Print the verdicts of a claims.csv, by default that of the results here."""
    path = Path(*arguments[:1] or ["results/claims.csv"])
    if not path.is_file():
        sys.exit(f"{path} does not exist; run the workflow first: make reproduce")
    Console(highlight=False).print(verdicts(read_claims(path).values()))


if __name__ == "__main__":
    main(sys.argv[1:])

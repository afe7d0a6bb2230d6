"""The verdicts by experiment in the terminal: `python -m overfit.report.terminal`."""

from __future__ import annotations

import math
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from io import TextIOWrapper
from pathlib import Path
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
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
WIDEST = 80
"""The most columns to use."""


def verdicts(rows: Iterable[Mapping[str, Any]]) -> Group:
    """The verdicts: counts in total, then each experiment with its counts and some of its claims.

    Claims of replications, which test others again, are counted apart.

    Supported and negligible claims are only counted; each of the others is told with its effect.

    Args:
        rows: the rows of claims.csv.
    """
    groups: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        groups.setdefault(row["experiment"], []).append(row)
    again = {name for name in groups if name.rpartition("--")[0] in groups}
    own = [row for name, of in groups.items() if name not in again for row in of]
    repeated = [row for name in again for row in groups[name]]
    more = f"; {len(repeated)} more in replications" if repeated else ""
    confirmed = sum(row["status"] == CONFIRMED for row in own)
    return Group(
        Text.assemble((f"{len(own)} claims: ", "bold"), *_counts(own, every=True)),
        Text(f"{confirmed} confirmed on fresh seeds{more}"),
        *(line for name, of in groups.items() for line in _experiment(name, of)),
    )


def _counts(rows: Sequence[Mapping[str, Any]], *, every: bool = False) -> list[tuple[str, str]]:
    """`3 supported, 1 negligible`, in colours; `every` names verdicts that no claim has, too."""
    counts = Counter(row["verdict"] for row in rows)
    told = [(f"{counts[v]} {v}", COLOURS.get(v, "")) for v in VERDICTS if every or counts[v]]
    return [part for one in told for part in ((", ", ""), one)][1:]


def _experiment(name: str, rows: Sequence[Mapping[str, Any]]) -> Iterator[RenderableType]:
    """The counts of an experiment, then those of its claims that are named."""
    yield Text.assemble("\n", (name, "bold"), "  ", *_counts(rows))
    for verdict in LISTED:
        for row in rows:
            if row["verdict"] == verdict:
                yield Padding(
                    Text(f"{verdict}: ", COLOURS[verdict]).append(_claim(row)), (0, 0, 0, 2)
                )


def _claim(row: Mapping[str, Any]) -> Text:
    """The statement of a claim; on the next line its effect and the seeds that would decide it."""
    more = f"; {needs(row)}" if row["verdict"] == "inconclusive" and needs(row) else ""
    return Text(printable(row["says"])).append(f"\n{effect(row)}{more}", "dim")


def needs(row: Mapping[str, Any]) -> str:
    """The number of seeds that would decide a claim: `needs 34 seeds`, or repeats of a search."""
    number = row["decides_at"]
    if math.isnan(number):
        return ""
    words = f"more than {MOST:,}" if math.isinf(number) else f"{number:.0f}"
    return f"needs {words} {'repeats' if is_of_search(row['metric']) else 'seeds'}"


def effect(row: Mapping[str, Any]) -> str:
    """The effect of a claim with its interval: `−2.1 [−2.9, −1.4] points`."""
    unit = KINDS.get(row["kind"], Test).unit(row["metric"])
    interval = unit.interval(row["ci_low"], row["ci_high"])
    return f"{unit.text(row['estimate'])} {interval} {unit.name}".rstrip()


def main(arguments: Sequence[str]) -> None:
    """Print the verdicts of a claims.csv, by default that of the results in this folder.

    Below is the address of the report beside it, which terminals open by a click.
    """
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
    report = path.parent / RESULTS.report.name
    if report.is_file():
        console.print(Text(f"\nReport: {report.resolve().as_uri()}"), soft_wrap=True)


if __name__ == "__main__":
    main(sys.argv[1:])

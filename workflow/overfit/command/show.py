"""Print everything about one claim: verdict, effect, interval, margin, basis and source."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from overfit.command import parser_of, stop
from overfit.config.files import EXPERIMENTS
from overfit.config.problems import did_you_mean
from overfit.config.reading import read
from overfit.data.checked import DamagedError, printable
from overfit.report import terminal
from overfit.report.ledger import read_rows
from overfit.results import RESULTS


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a claim, which is EXPERIMENT/ID, or ID if only one experiment has it."""
    parser = parser_of(__name__, __doc__)
    parser.add_argument("claim", help="EXPERIMENT/ID, or ID if only one experiment has it")
    asked = parser.parse_args(arguments).claim
    try:
        rows = read_rows(RESULTS.claims).values()
    except FileNotFoundError:
        return stop(f"{RESULTS.claims} does not exist; run the workflow first")
    except DamagedError as error:
        return stop(error)
    named = {f"{row['experiment']}/{row['claim']}": row for row in rows}
    found = [name for name in named if asked in (name, name.partition("/")[2])]
    if len(found) > 1:
        return stop(f"several experiments have this claim: {', '.join(found)}")
    if not found:
        return stop(f"unknown claim {asked!r}{_near(asked, list(named))}")
    for name, value in _told(named[found[0]]):
        print(f"{name:9} {printable(value)}")
    return 0


def _near(asked: str, names: Sequence[str]) -> str:
    short = {name.partition("/")[2]: name for name in names}
    hint = did_you_mean(asked, names if "/" in asked else short)
    return hint if "did you mean" in hint else "; list claims with: overfit claims EXPERIMENT"


def _told(row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The parts of a claim with their names."""
    yield "claim", f"{row['experiment']}/{row['claim']}"
    yield "says", row["says"]
    yield "verdict", f"{row['verdict']} ({row['status']})"
    yield "effect", f"{terminal.effect(row)}, {row['kind']} of {row['metric']}"
    yield "margin", f"{row['margin']:g}"
    yield "n", f"{row['n']}; p = {row['p']:.2g}, adjusted {row['p_adjusted']:.2g}"
    yield "basis", row["basis"]
    if row["cites"]:
        yield "cites", row["cites"]
    if row["verdict"] == "inconclusive" and (seeds := terminal.needs(row)):
        yield "advice", seeds
    if where := _where(row["experiment"], row["claim"]):
        yield "file", where


def _where(experiment: str, claim: str) -> str | None:
    """The file and line that state a claim; None if the file is gone or inherits the claim."""
    path = Path(EXPERIMENTS, f"{experiment}.yaml")
    document = read(path, path.as_posix())
    for at, one in enumerate(document.data.get("claims") or []):
        if isinstance(one, dict) and one.get("id") == claim:
            return f"{document.file}:{document.lines['claims', at]}"
    return None

"""Compare the verdicts of two folders of results; the exit status is 1 if a verdict differs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from overfit.command import parser_of, stop
from overfit.data.checked import DamagedError
from overfit.report.ledger import Rows, read_rows
from overfit.report.terminal import effect
from overfit.results import RESULTS


def main(arguments: Sequence[str] | None = None) -> int:
    """Print which verdicts differ, and which claims only one folder has."""
    parser = parser_of(__name__, __doc__)
    for name in "ab":
        parser.add_argument(name, metavar=name.upper(), type=Path, help="a folder of results")
    asked = parser.parse_args(arguments)
    try:
        before, after = (read_rows(_claims(folder)) for folder in (asked.a, asked.b))
    except FileNotFoundError as error:
        return stop(f"{error.filename} does not exist")
    except DamagedError as error:
        return stop(error)
    both = [key for key in before if key in after]
    changed = [key for key in both if before[key]["verdict"] != after[key]["verdict"]]
    same = sum(_same(before[key], after[key]) for key in both)
    for key in changed:
        print(f"{'/'.join(key)}: {before[key]['verdict']} -> {after[key]['verdict']}")
        print(f"    {effect(before[key])} -> {effect(after[key])}")
    for line in (*_only(asked.a, before, after), *_only(asked.b, after, before)):
        print(line)
    print(
        f"{len(both)} claims in both: {len(changed)} with another verdict, {same} with the same "
        "effect to the last digit"
    )
    return 1 if changed else 0


def _claims(folder: Path) -> Path:
    """The table of verdicts: in a folder of results, in the folder above it, or the file itself."""
    if folder.is_file():
        return folder
    inside = folder / RESULTS.root / RESULTS.claims.name
    return inside if inside.is_file() else folder / RESULTS.claims.name


def _same(a: Mapping[str, Any], b: Mapping[str, Any]) -> bool:
    """Whether estimates and intervals are the same; undefined ones are, too."""
    names = ("estimate", "ci_low", "ci_high")
    return all(a[name] == b[name] or (a[name] != a[name] and b[name] != b[name]) for name in names)


def _only(folder: Path, here: Rows, there: Rows) -> Iterator[str]:
    """The claims that one of the folders lacks."""
    names = ["/".join(key) for key in here if key not in there]
    if names:
        yield f"only in {folder}: {', '.join(names)}"

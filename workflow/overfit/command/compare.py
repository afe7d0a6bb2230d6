"""Compare the claims of two folders of results; the exit status is 1 if a verdict differs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import inf, isfinite, log, log1p, nan
from pathlib import Path
from typing import Any

from overfit.command import parser_of, stop
from overfit.data.checked import DamagedError
from overfit.report.ledger import Rows, read_rows
from overfit.report.terminal import effect
from overfit.results import RESULTS

MOST = 10
"""The most effects that are listed of claims with the same verdict."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Print which verdicts and effects differ, and which claims only one folder has."""
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
    for line in _moved({key: (before[key], after[key]) for key in both if key not in changed}):
        print(line)
    for line in (*_only(asked.a, before, after), *_only(asked.b, after, before)):
        print(line)
    print(
        f"{len(both)} claims in both: {len(changed)} with another verdict, {same} with the same "
        "effect to the last digit"
    )
    return 1 if changed else 0


def _moved(pairs: Mapping[tuple[str, str], tuple[Any, Any]]) -> Iterator[str]:
    """The effects that differ though the verdicts agree, those by most margins first."""
    moves = {key: _margins(*pair) for key, pair in pairs.items() if not _same(*pair)}
    if not moves:
        return
    yield f"the same verdict, another effect: {len(moves)}, of which these moved most"
    for key in sorted(moves, key=lambda key: -moves[key])[:MOST]:
        before, after = pairs[key]
        far = f"{moves[key]:.2g} margins" if isfinite(moves[key]) else "once undefined"
        yield f"    {'/'.join(key)}, by {far}: {effect(before)} -> {effect(after)}"


def _margins(a: Mapping[str, Any], b: Mapping[str, Any]) -> float:
    """By how many margins an effect moved; infinite if one of both is undefined."""
    numbers = [float(one["estimate"]) for one in (a, b)]
    margin = float(b["margin"])
    if b["kind"] == "ratio":
        numbers = [log(one) if one > 0 else nan for one in numbers]
        margin = log1p(margin)
    moved = abs(numbers[1] - numbers[0]) / margin
    return moved if isfinite(moved) else inf


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

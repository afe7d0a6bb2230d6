"""Check results: `overfit verify`, in the project's folder, or `make verify`.

Each job records the SHA-256 of what it writes, and the workflow lists all of them in a manifest, in
the format of sha256sum. This compares the results with both. Then it makes all tables again from
the histories, all subsets from the datasets, and the best of each search from its trials. Finally,
it retrains blocks, two by default, chosen at random. Results of other sources than those that are
there now can't be made again; it names them, and fails. On the machine and with the packages that
trained them, the numbers must be the same to the last bit; elsewhere, they must agree within the
tolerances of `overfit.jobs.remaking`.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from overfit.config.contract import ContractError
from overfit.config.problems import ConfigurationError
from overfit.jobs import blas
from overfit.results import RESULTS, Record, Results, damage, read_record, sha256

PROJECT = Path(__file__).parents[3]
LINE = re.compile(r"([0-9a-f]{64})  (.+)")


def manifest(results: Results, files: Mapping[Path, Record]) -> str:
    """Lines that `sha256sum --check` understands in the folder of results, sorted by name.

    Args:
        results: the folder of results.
        files: the files, with what their jobs recorded.
    """
    listed = sorted((results.named(path), record["sha256"]) for path, record in files.items())
    return "".join(f"{digest}  {name}\n" for name, digest in listed)


@dataclass(frozen=True)
class Differences:
    """The differences between results, their records and the manifest, as sentences."""

    listed: frozenset[str]
    """Names in the manifest."""
    wrong: list[str]
    """Altered and missing files."""
    unlisted: list[str]
    """Files that are not in the manifest: other runs, from earlier or later."""


def differences(results: Results) -> Differences:
    """Compare a folder of results with its records and its manifest.

    Raises:
        FileNotFoundError: the manifest is missing.
    """
    lines = results.manifest.read_text(encoding="utf-8", errors="replace").splitlines()
    expected = {found[2]: found[1] for line in lines if (found := LINE.fullmatch(line))}
    there = {results.named(path): path for path in results.listable()}
    named = {name: results.root / name for name in sorted({*expected, results.manifest.name})}
    checked = {name: _difference(path, expected.get(name)) for name, path in named.items()}
    wrong = [f"{name} {how}" for name, how in checked.items() if how]
    return Differences(frozenset(expected), wrong, sorted(there.keys() - expected.keys()))


def _difference(path: Path, listed: str | None) -> str | None:
    """How a file differs from its record, or its record from the manifest; None: not at all."""
    if not path.is_file():
        return "is missing"
    try:
        record = read_record(path)
    except ValueError:
        return "has a damaged record"
    if record is None:
        return "has no record"
    found = sha256(path)
    if found != record["sha256"]:
        return "is altered"
    return None if listed in (None, found) else "is not the one in the manifest"


def changed_sources(provenance: Mapping[str, Any]) -> list[str]:
    """The sources of the results that are not what they were when the results were made."""

    def now(name: str) -> str | None:
        found = (path for path in (PROJECT / name, Path(name)) if path.is_file())
        path = next(found, None)
        return None if path is None else sha256(path)

    return [name for name, then in provenance["inputs"].items() if now(name) != then]


def number_or_all(text: str) -> int | None:
    """A number, or None for `all`."""
    return None if text == "all" else int(text)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the checks and their results; return 0 if everything is checked and correct, else 1."""
    parser = argparse.ArgumentParser(prog="overfit verify", description=__doc__)
    parser.add_argument(
        "--blocks", type=number_or_all, default=2, help="how many blocks to retrain, or `all` (2)"
    )
    asked = parser.parse_args(arguments)
    try:
        provenance = json.loads(RESULTS.provenance.read_text(encoding="utf-8"))
        found = differences(RESULTS)
    except FileNotFoundError as error:
        print(f"{error.filename} is missing: run the workflow first", file=sys.stderr)
        return 1
    except ValueError:
        print(f"WRONG: {damage(RESULTS.provenance, 'it is not JSON')}")
        return 1
    for one in found.unlisted:
        print(f"note: {one} does not belong to the last run")
    print(f"{len(found.listed)} files, {len(found.wrong)} wrong")
    failed = [f"WRONG: {one}" for one in found.wrong] or _made_again(provenance, asked.blocks)
    for one in failed:
        print(one)
    return 1 if failed else 0


def _made_again(provenance: Mapping[str, Any], blocks: int | None) -> list[str]:
    """Make again what can be made; what is wrong or can't be checked, as sentences."""
    changed = changed_sources(provenance)
    for name in changed:
        print(f"note: {name} has changed since the results were made")
    blas.configure(provenance["config"]["blas_kernel"])
    try:
        from overfit.jobs.remaking import made_again  # loads NumPy, and all parts and kinds

        return made_again(provenance, blocks, changed=bool(changed))
    except (ContractError, ConfigurationError) as error:
        return [f"NOT MADE AGAIN: the sources that are there now have mistakes\n{error}"]


if __name__ == "__main__":
    sys.exit(main())

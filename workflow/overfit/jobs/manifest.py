"""SHA-256 of files, and a manifest of them in the format of sha256sum."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from overfit.results import Results

LINE = re.compile(r"([0-9a-f]{64})  (.+)")


def sha256(path: Path) -> str:
    """The SHA-256 of a file's bytes, in hexadecimal."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def manifest(results: Path, paths: Iterable[Path]) -> str:
    """Lines that `sha256sum --check` understands in the folder of results, sorted by name."""
    names = sorted(path.relative_to(results).as_posix() for path in paths)
    return "".join(f"{sha256(results / name)}  {name}\n" for name in names)


@dataclass(frozen=True)
class Differences:
    """What differs between a folder of results and its manifest, as sentences."""

    listed: frozenset[str]
    """Names in the manifest."""
    wrong: list[str]
    """Altered and missing files."""
    unlisted: list[str]
    """Files that the manifest does not know: other runs, tried before or since."""


def differences(results: Path) -> Differences:
    """Compare a folder of results with its manifest.

    Raises:
        FileNotFoundError: there is no manifest.
    """
    files = Results(results)
    lines = files.manifest.read_text(encoding="utf-8").splitlines()
    expected = {found[2]: found[1] for line in lines if (found := LINE.fullmatch(line))}
    there = {files.named(path) for path in files.listable()}
    wrong = [f"{name} is missing" for name in sorted(expected.keys() - there)]
    wrong += [
        f"{name} is altered"
        for name in sorted(expected.keys() & there)
        if sha256(results / name) != expected[name]
    ]
    return Differences(frozenset(expected), wrong, sorted(there - expected.keys()))

"""Check results: `python -m overfit.jobs.verify`, in the project's folder, or `make verify`.

The workflow lists the SHA-256 of all results in a manifest, in the format of sha256sum. This
compares the results with it and retrains two randomly chosen blocks. On the machine and with
the packages that trained them, the numbers must be the same to the last bit; elsewhere, they must
agree within the tolerances below.
"""

from __future__ import annotations

import json
import random
import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from overfit.jobs import blas
from overfit.results import RESULTS, Results, sha256

LOSS = 1e-3
"""Relative tolerance of a loss between two BLAS kernels or machines."""
ACCURACY = 0.01
"""Absolute tolerance of an accuracy: 20 of 2,000 images."""
LINE = re.compile(r"([0-9a-f]{64})  (.+)")


def manifest(results: Results, paths: Iterable[Path]) -> str:
    """Lines that `sha256sum --check` understands in the folder of results, sorted by name."""
    listed = sorted((results.named(path), path) for path in paths)
    return "".join(f"{sha256(path)}  {name}\n" for name, path in listed)


@dataclass(frozen=True)
class Differences:
    """The differences between a folder of results and its manifest, as sentences."""

    listed: frozenset[str]
    """Names in the manifest."""
    wrong: list[str]
    """Altered and missing files."""
    unlisted: list[str]
    """Files that are not in the manifest: other runs, from earlier or later."""


def differences(results: Results) -> Differences:
    """Compare a folder of results with its manifest.

    Raises:
        FileNotFoundError: the manifest is missing.
    """
    lines = results.manifest.read_text(encoding="utf-8").splitlines()
    expected = {found[2]: found[1] for line in lines if (found := LINE.fullmatch(line))}
    there = {results.named(path): path for path in results.listable()}
    wrong = [f"{name} is missing" for name in sorted(expected.keys() - there.keys())]
    wrong += [
        f"{name} is altered"
        for name in sorted(expected.keys() & there.keys())
        if sha256(there[name]) != expected[name]
    ]
    return Differences(frozenset(expected), wrong, sorted(there.keys() - expected.keys()))


def main(blocks: int = 2) -> int:
    """Print the checks and their results; return 0 if everything is correct, else 1."""
    try:
        provenance = json.loads(RESULTS.provenance.read_text(encoding="utf-8"))
        found = differences(RESULTS)
    except FileNotFoundError as error:
        print(f"{error.filename} is missing: run the workflow first", file=sys.stderr)
        return 1
    for one in found.unlisted:
        print(f"note: {one} does not belong to the last run")
    for one in found.wrong:
        print(f"WRONG: {one}")
    print(f"{len(found.listed)} files, {len(found.wrong)} wrong")
    if found.wrong:
        return 1
    blas.configure(provenance["config"]["blas_kernel"])
    listed = [path for path in RESULTS.histories() if RESULTS.named(path) in found.listed]
    chosen = random.sample(listed, min(blocks, len(listed)))
    wrong = [problem for path in chosen if (problem := _retrained(path))]
    for one in wrong:
        print(f"WRONG: {one}")
    return 1 if wrong else 0


def _retrained(path: Path) -> str | None:
    """Retrain the block of a history; the difference, if any."""
    import numpy as np
    import pyarrow.parquet as pq

    from overfit.jobs import training as jobs

    recorded = pq.read_table(path, page_checksum_verification=True)
    again = jobs.block_of(jobs.recorded_spec(path), path.stem, RESULTS).history
    trained_on = json.loads(recorded.schema.metadata[jobs.MACHINE])
    if trained_on == blas.describe():
        same = again.to_pandas().equals(recorded.to_pandas())
        print(f"{path}: trained again, {'the same bits' if same else 'other numbers'}")
        return None if same else f"{path}: other numbers on the same machine"
    loss = np.allclose(again["loss"], recorded["loss"], rtol=LOSS, equal_nan=True)
    accuracy = np.allclose(
        again["accuracy"], recorded["accuracy"], rtol=0, atol=ACCURACY, equal_nan=True
    )
    print(f"{path}: trained again, here on {blas.describe()}, then on {trained_on}")
    return None if loss and accuracy else f"{path}: beyond the tolerances"


if __name__ == "__main__":
    sys.exit(main())

"""Check results: `python -m overfit.jobs.verify`, in the project's folder, or `make verify`.

Recomputes the SHA-256 of everything in results/ and trains two randomly chosen blocks again. On the
machine and with the packages that trained them, the numbers must be the same to the last bit;
elsewhere, to the tolerances below.
"""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path

from overfit.jobs import blas
from overfit.jobs.manifest import differences
from overfit.results import RESULTS

LOSS = 1e-3
"""Relative tolerance of a loss between two BLAS kernels or machines."""
ACCURACY = 0.01
"""Absolute tolerance of an accuracy: 20 of 2,000 images."""


def main(blocks: int = 2) -> int:
    """Print what was checked and what was found; give 0 if all is well, else 1."""
    try:
        provenance = json.loads(RESULTS.provenance.read_text(encoding="utf-8"))
        found = differences(RESULTS.root)
    except FileNotFoundError as error:
        print(f"{error.filename} is missing: run the workflow to its end first", file=sys.stderr)
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
    """Train the block behind a history again; what differs, if anything does."""
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

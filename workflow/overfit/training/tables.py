"""Probes and kept arrays of a block of seeds, in the form in which they are written to files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from overfit.training.loop import Trained

PROBES = pa.schema(
    [
        ("run", pa.string()),
        ("seed", pa.int64()),
        ("update", pa.int64()),
        ("layer", pa.int64()),
        ("quantity", pa.string()),
        ("value", pa.float64()),
    ]
)


def probe_table(trained: Sequence[Trained], run_id: str) -> pa.Table:
    """What the probes have measured: `run, seed, update, layer, quantity, value`."""
    columns: dict[str, list[Any]] = {
        name: [value for one in trained for value in one.probes.columns[name]]
        for name in PROBES.names
        if name != "run"
    }
    columns["run"] = [run_id] * len(columns["seed"])
    return pa.table(columns, schema=PROBES)


def kept_arrays(trained: Sequence[Trained]) -> dict[str, NDArray[Any]]:
    """What was kept, stacked over the seeds, and the `seeds`; see `overfit.training.kept`."""
    seeds = np.asarray([one.history.columns["seed"][0] for one in trained])
    stacked = {name: np.stack([one.kept[name] for one in trained]) for name in trained[0].kept}
    return {"seeds": seeds, **stacked}

"""Histories, probes and kept arrays, in the form in which they are written to files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from overfit.training.history import History
from overfit.training.loop import Trained

HISTORY = pa.schema(
    [
        ("seed", pa.int64()),
        ("update", pa.int64()),
        ("epoch", pa.float64()),
        ("split", pa.string()),
        ("loss", pa.float64()),
        ("accuracy", pa.float64()),
        ("diverged", pa.bool_()),
    ]
)
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


def column(values: Sequence[Any], kind: pa.DataType) -> pa.Array:
    """Values as `pa.array` has them, None for those that are missing.

    That would load pandas, to see whether the values are a series of its: a fifth of a second,
    which most jobs that train would wait for in vain.
    """
    there = [value is not None for value in values]
    known = None if all(there) else pa.py_buffer(np.packbits(there, bitorder="little"))
    if kind == pa.string():
        texts = [b"" if value is None else value.encode() for value in values]
        ends = np.cumsum([0, *map(len, texts)], dtype=np.int32)
        return pa.StringArray.from_buffers(
            len(texts), pa.py_buffer(ends), pa.py_buffer(b"".join(texts)), known
        )
    array = np.asarray([0 if v is None else v for v in values], kind.to_pandas_dtype())
    stored = np.packbits(array, bitorder="little") if kind == pa.bool_() else array
    return pa.Array.from_buffers(kind, len(array), [known, pa.py_buffer(stored)])


def history_table(histories: Sequence[History], constants: Mapping[str, pa.Array]) -> pa.Table:
    """Histories one below the other, with columns that are constant in each of them."""
    columns = {
        name: pa.concat_arrays(
            value
            for i, history in enumerate(histories)
            for value in [per_history.slice(i, 1)] * len(history)
        )
        for name, per_history in constants.items()
    }
    for name, kind in zip(HISTORY.names, HISTORY.types, strict=True):
        values = [value for history in histories for value in history.columns[name]]
        columns[name] = column(values, kind)
    return pa.table(columns)


def probe_table(trained: Sequence[Trained], run_id: str) -> pa.Table:
    """What the probes have measured: `run, seed, update, layer, quantity, value`."""
    columns: dict[str, list[Any]] = {
        name: [value for one in trained for value in one.probes.columns[name]]
        for name in PROBES.names
        if name != "run"
    }
    columns["run"] = [run_id] * len(columns["seed"])
    arrays = [column(columns[name], PROBES.field(name).type) for name in PROBES.names]
    return pa.table(arrays, schema=PROBES)


def kept_arrays(trained: Sequence[Trained]) -> dict[str, NDArray[Any]]:
    """What was kept, stacked over the seeds, and the `seeds`; see `overfit.training.kept`."""
    seeds = np.asarray([one.history.columns["seed"][0] for one in trained])
    stacked = {name: np.stack([one.kept[name] for one in trained]) for name in trained[0].kept}
    return {"seeds": seeds, **stacked}

"""The results of training: histories, probes and kept networks, and their tables.

A job stacks what its seeds keep in `{block}.npz`, with the replicate as the first axis: `seeds`
(S,), `predictions` (S, n, K), and for each parameter and running statistic an array
`<position of the layer in the network>.<name>` (S, ...), such as `0.W`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from overfit.nn.memory import Array, Arrays
from overfit.nn.network import Network
from overfit.training.probes import ProbeRows

SPLITS = ("train", "validation", "test")
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


@dataclass
class History:
    """One row `seed, update, epoch, split, loss, accuracy, diverged` per point, split, seed."""

    columns: dict[str, list[Any]] = field(
        default_factory=lambda: {
            name: []
            for name in ("seed", "update", "epoch", "split", "loss", "accuracy", "diverged")
        }
    )

    def add(self, **row: Any) -> None:
        """Append one row."""
        for name, values in self.columns.items():
            values.append(row[name])

    @classmethod
    def of_nothing(cls, seed: int) -> History:
        """The history of a network that can't be trained: as if it had diverged at once."""
        history = cls()
        for split in SPLITS:
            history.add(
                seed=seed,
                update=0,
                epoch=0.0,
                split=split,
                loss=math.nan,
                accuracy=math.nan,
                diverged=True,
            )
        return history

    def mark_divergence(self) -> int | None:
        """Flag every row if any loss is not finite, and blank the rows from that point.

        Returns:
            The update of the first blank rows, if any.
        """
        losses = self.columns["loss"]
        first = next((i for i, loss in enumerate(losses) if not math.isfinite(loss)), None)
        if first is None:
            return None
        update: int = self.columns["update"][first]
        for i in range(len(self)):
            self.columns["diverged"][i] = True
            if self.columns["update"][i] >= update:
                losses[i] = self.columns["accuracy"][i] = math.nan
        return update

    def __len__(self) -> int:
        return len(self.columns["seed"])


@dataclass
class Trained:
    """The results of a replicate."""

    history: History
    probes: ProbeRows
    kept: dict[str, Array] = field(default_factory=dict)
    stopped: int | None = None
    """The update after which early stopping or an infinite loss stopped it, or None."""


def column(values: Sequence[Any], kind: pa.DataType) -> pa.Array:
    """Values as from `pa.array`, with None for missing ones.

    `pa.array` itself loads pandas to check for its types. That takes 0.2 s, which most training
    jobs would waste.
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
    """Concatenated histories, with columns that are constant in each of them."""
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
    """The measurements of the probes: `run, seed, update, layer, quantity, value`."""
    columns: dict[str, list[Any]] = {
        name: [value for one in trained for value in one.probes.columns[name]]
        for name in PROBES.names
        if name != "run"
    }
    columns["run"] = [run_id] * len(columns["seed"])
    arrays = [column(columns[name], PROBES.field(name).type) for name in PROBES.names]
    return pa.table(arrays, schema=PROBES)


def kept_arrays(trained: Sequence[Trained]) -> dict[str, NDArray[Any]]:
    """The kept arrays, stacked over the seeds, and the `seeds`; see the module."""
    seeds = np.asarray([one.history.columns["seed"][0] for one in trained])
    stacked = {name: np.stack([one.kept[name] for one in trained]) for name in trained[0].kept}
    return {"seeds": seeds, **stacked}


def named_parameters(params: Sequence[Arrays], states: Sequence[Arrays]) -> Arrays:
    """Copies of the parameters and states of one replicate, by name, without replicate axis."""
    return {
        f"{i}.{name}": array[0].copy()
        for i, (layer, state) in enumerate(zip(params, states, strict=True))
        for name, array in {**layer, **state}.items()
    }


def load_parameters(
    kept: Mapping[str, NDArray[Any]], network: Network, seed: int
) -> tuple[list[Arrays], list[Arrays]]:
    """Parameters and states of one seed, ready for `evaluate` and `predict`.

    Args:
        kept: a block's arrays, as read by `np.load`.
        network: the network whose arrays they are.
        seed: one of `kept["seeds"]`.

    Raises:
        ValueError: the seed, or an array that the network needs, is missing.
    """
    seeds = kept["seeds"].tolist()
    if seed not in seeds:
        raise ValueError(f"seed {seed} was not kept; there are {', '.join(map(str, seeds))}")
    r = seeds.index(seed)

    def load(i: int, name: str, shape: tuple[int, ...]) -> NDArray[Any]:
        key = f"{i}.{name}"
        if key not in kept:
            raise ValueError(f"{key} was not kept; the network needs it, of shape {shape}")
        array = kept[key]
        if array.shape[1:] != shape:
            raise ValueError(
                f"{key} was kept with shape {array.shape[1:]}; the network needs {shape}"
            )
        return array[r : r + 1]

    params, states = zip(
        *(
            tuple(
                {name: load(i, name, array.shape) for name, array in arrays.items()}
                for arrays in layer.init(np.random.default_rng(0))
            )
            for i, layer in enumerate(network.layers)
        ),
        strict=True,
    )
    return list(params), list(states)

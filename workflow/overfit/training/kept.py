"""What is kept of final networks: parameters by name, and predictions.

A job stacks what its seeds keep into `{block}.npz`, with the replicate axis in front: `seeds` (S,),
`predictions` (S, n, K), and for each parameter and running statistic an array
`<position of the layer in the network>.<name>` (S, ...), such as `0.W`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from overfit.nn.layer import Arrays
from overfit.nn.network import Network
from overfit.nn.scratch import Array


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
        network: the network that they were kept of.
        seed: one of `kept["seeds"]`.

    Raises:
        ValueError: the seed, or an array that the network needs, is not there.
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


def score(probabilities: Array, labels: NDArray[np.integer[Any]]) -> tuple[float, float]:
    """Mean cross-entropy (nats) `-mean log p[label]`, and accuracy; NaN both if p is not finite.

    Those of an ensemble are those of its members' mean: `score(predictions.mean(axis=0), labels)`.
    A probability that was rounded to 0 counts as the smallest positive number of its type, so that
    one such example does not make the loss infinite.

    Args:
        probabilities: (n, K).
        labels: (n,), from 0 to K - 1.
    """
    if not np.isfinite(probabilities).all():
        return float("nan"), float("nan")
    chosen = probabilities[np.arange(len(labels)), labels]
    smallest = np.finfo(probabilities.dtype).smallest_subnormal
    losses = -np.log(np.maximum(chosen, smallest), dtype=np.float64)
    return float(losses.mean()), float((probabilities.argmax(axis=-1) == labels).mean())

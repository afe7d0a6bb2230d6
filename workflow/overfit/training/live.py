"""Inputs that are 0 in all images of a set, such as pixels at the margins of digits.

They add nothing to the first layer, and the gradient of their weights is 0. So while it trains, a
network of `Stack` stores the rows of its first weights with those of the live inputs of its
training images first, and multiplies only those. All weights stay parameters: penalties, optimizers
and constraints treat them as ever. Whoever reads parameters gets them in the order of the inputs.
Evaluation, too, multiplies only the inputs that are live in the evaluated images.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import cast

import numpy as np
from numpy.typing import NDArray

from overfit.nn.affine import Affine
from overfit.nn.memory import Arrays
from overfit.nn.network import Network
from overfit.training.examples import Examples


def live_first(network: Network, examples: Examples) -> tuple[NDArray[np.intp], int]:
    """The order of the inputs (n_in,) with the live ones first, and how many to multiply.

    The order is that of the inputs if all are to be multiplied: because they are live, because the
    first layer is not affine or needs them all, or because the examples are converted batch by
    batch.
    """
    n_in = examples.inputs.shape[1]
    first = network.layers[0]
    affine = isinstance(first, Affine) and not getattr(first, "needs_all_inputs", False)
    return examples.live_first if examples.ready and affine else (np.arange(n_in), n_in)


@cache
def narrowed(network: Network, live: int) -> Network:
    """The same network, but with `live` inputs."""
    first = replace(cast(Affine, network.layers[0]), n_in=live)
    return replace(network, layers=(first, *network.layers[1:]))


def multiplied(
    network: Network, params: Sequence[Arrays], examples: Sequence[Examples]
) -> tuple[Network, list[Arrays], list[Examples]]:
    """The matrices to multiply if replicates with equally many live inputs evaluate examples.

    The network, its parameters and the examples, all three without the inputs that
    are not live.
    """
    order, live = live_first(network, examples[0])
    if live == len(order):
        return network, list(params), list(examples)
    rows = [live_first(network, one)[0][:live] for one in examples]
    W = np.stack([own[chosen] for own, chosen in zip(params[0]["W"], rows, strict=True)])
    narrow = [one.narrow for one in examples]
    return narrowed(network, live), [{**params[0], "W": W}, *params[1:]], narrow

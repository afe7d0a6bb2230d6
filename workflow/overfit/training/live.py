"""Inputs that are 0 in all training images of a network, such as pixels at the margins of digits.

They add nothing to the first layer, and the gradient of their weights is 0. So while it trains, a
network of `Stack` stores the rows of its first weights with those of the live inputs first, and
multiplies only those. All weights stay parameters: penalties, optimizers and constraints treat them
as ever. Whoever reads parameters gets them in the order of the inputs.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from overfit.nn.affine import Affine
from overfit.nn.network import Network
from overfit.training.examples import Examples

STEP = 32
"""The number of multiplied inputs is a multiple of this, so that most networks of the same data
have the same, and can be trained together."""


def live_first(network: Network, examples: Examples) -> tuple[NDArray[np.intp], int]:
    """The order of the inputs (n_in,) with the live ones first, and how many to multiply.

    The order is that of the inputs if all are to be multiplied: because they are live, because the
    first layer is not affine or needs them all, or because the examples are converted batch by
    batch.
    """
    n_in = examples.inputs.shape[1]
    first = network.layers[0]
    affine = isinstance(first, Affine) and not getattr(first, "needs_all_inputs", False)
    if examples.ready and affine:
        live = (examples.inputs != 0).any(axis=0)
        count = max(STEP, -(-int(live.sum()) // STEP) * STEP)
        if count < n_in:
            return np.argsort(~live, kind="stable"), count
    return np.arange(n_in), n_in

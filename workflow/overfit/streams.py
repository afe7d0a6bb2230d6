"""Named random streams.

Every stream is `SeedSequence(root, spawn_key=(purpose, seed))`. A stream depends on the root seed,
its purpose and the replicate's seed, never on the variant: all variants use the same subsets,
initial weights, batch orders and masks. Monte Carlo samples have a stream for each evaluation, so
that they are the same whatever else is evaluated.
"""

from __future__ import annotations

from enum import IntEnum

import numpy as np


class Purpose(IntEnum):
    """The purpose of a stream. The numbers determine every result and never change."""

    SPLIT = 0
    SUBSET = 1
    INIT = 2
    ORDER = 3
    MASK = 4
    NOISE = 5
    SEARCH = 6
    MONTE_CARLO = 7
    DATA = 8


def stream(root: int, purpose: Purpose, seed: int, *at: int) -> np.random.Generator:
    """The generator of one purpose and one seed, and of a point within it if there are several."""
    return np.random.default_rng(np.random.SeedSequence(root, spawn_key=(int(purpose), seed, *at)))

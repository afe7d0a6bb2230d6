"""Pool and test set of a source that has only one set of images."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from overfit.data.errors import DataError
from overfit.streams import Purpose, stream


def stratified_split(labels: NDArray[np.integer[Any]], pool: int) -> NDArray[np.intp]:
    """An order of the examples whose first `pool` are the pool and whose rest are the test set.

    Both parts hold the classes in the proportions of the whole, as nearly as whole images can, and
    are shuffled. The split is fixed: it depends on the labels alone, so that nothing is ever
    trained on a test image of another run.

    Raises:
        DataError: a class would have no image in one of the parts.
    """
    classes, counts = np.unique(labels, return_counts=True)
    shares = _shares(counts, pool)
    for c, count, share in zip(classes, counts, shares, strict=True):
        if not 0 < share < count:
            raise DataError(
                f"class {c} has {count} of {len(labels)} images, too few for a pool of {pool} and "
                f"a test set of {len(labels) - pool} that both hold it"
            )
    rng = stream(0, Purpose.SPLIT, 0)
    members = [rng.permutation(np.flatnonzero(labels == c)) for c in classes]
    parts = list(zip(members, shares, strict=True))
    pool_part = rng.permutation(np.concatenate([m[:share] for m, share in parts]))
    test_part = rng.permutation(np.concatenate([m[share:] for m, share in parts]))
    return np.concatenate([pool_part, test_part])


def _shares(counts: NDArray[np.intp], pool: int) -> NDArray[np.intp]:
    """How many of `pool` each class gets: its proportion, rounded by largest remainders.

    Source: the Hare quota, as in seat apportionment; of equal remainders the first classes win.
    """
    shares, remainders = np.divmod(counts * pool, counts.sum())
    shares[np.argsort(-remainders, kind="stable")[: pool - shares.sum()]] += 1
    return shares

"""Small training sets, and validation sets beside them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from overfit.data.errors import DataError
from overfit.streams import Purpose, stream

Indices = NDArray[np.int64]


def draw_subset(
    labels: NDArray[np.integer[Any]], train: int, validation: int, *, root_seed: int, seed: int
) -> tuple[Indices, Indices]:
    """Draw a class-balanced training set and a disjoint class-balanced validation set.

    Each class gets the same share; what is left over goes to randomly chosen classes, one each.
    Training sets of one seed are nested: the smaller is the beginning of each class's share of the
    larger. Validation images are taken from the other end, so that they stay the same, too.

    Args:
        labels: the pool's labels.
        train: size of the training set.
        validation: size of the validation set.
        root_seed: root of all random streams.
        seed: the replicate.

    Returns:
        Indices into the pool, shuffled.

    Raises:
        DataError: a class has fewer images than both sets need.
    """
    rng = stream(root_seed, Purpose.SUBSET, seed)
    classes = np.unique(labels)
    members = [rng.permutation(np.flatnonzero(labels == c)) for c in classes]
    luck = rng.permutation(len(classes))
    train_share = _shares(train, luck)
    validation_share = _shares(validation, luck[::-1])
    for c, pool, a, b in zip(classes, members, train_share, validation_share, strict=True):
        if a + b > len(pool):
            raise DataError(
                f"class {c} has {len(pool)} images in the pool; {a} for training and {b} for "
                "validation are more than that"
            )
    chosen = [m[:a] for m, a in zip(members, train_share, strict=True)]
    held_out = [m[len(m) - b :] for m, b in zip(members, validation_share, strict=True)]
    return rng.permutation(np.concatenate(chosen)), rng.permutation(np.concatenate(held_out))


def first_subset(
    labels: NDArray[np.integer[Any]], train: int, validation: int, *, root_seed: int, seed: int
) -> tuple[Indices, Indices]:
    """The first `train` images of the pool to train on, and the next `validation` to validate on.

    The same for every seed: the pool is shuffled once, when the dataset is prepared. Classes are
    as frequent as they happen to be there.

    Source: Deep Learning from Scratch, 6.4.1, which trains on the first 300 images of MNIST.

    Raises:
        DataError: the pool has fewer images than both sets need.
    """
    both = train + validation
    if both > len(labels):
        raise DataError(
            f"the pool has {len(labels)} images; {train} for training and {validation} for "
            "validation are more than that"
        )
    return np.arange(train), np.arange(train, both)


_DRAWS = {"balanced": draw_subset, "first": first_subset}


def draw_subsets(
    labels: NDArray[np.integer[Any]],
    train: int,
    validation: int,
    *,
    draw: str = "balanced",
    root_seed: int,
    seeds: Iterable[int],
) -> dict[str, Indices]:
    """The subsets of several seeds: `seeds` (S,), `train` (S, n), `validation` (S, v).

    They are drawn by `draw_subset` where `draw` is "balanced", by `first_subset` where it is
    "first".
    """
    seeds = list(seeds)
    drawn = [
        _DRAWS[draw](labels, train, validation, root_seed=root_seed, seed=seed) for seed in seeds
    ]
    return {
        "seeds": np.asarray(seeds),
        "train": np.stack([t for t, _ in drawn]),
        "validation": np.stack([v for _, v in drawn]),
    }


def _shares(total: int, luck: Indices) -> Indices:
    """How many of `total` each class gets; `luck` orders the classes that get one more."""
    share, rest = divmod(total, len(luck))
    shares = np.full(len(luck), share)
    shares[luck[:rest]] += 1
    return shares

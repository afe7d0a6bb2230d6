"""Which images are used for what: pool and test set, and the subsets of each seed."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from overfit.config.blocks import block_range
from overfit.data.checked import DataError, Prepared
from overfit.data.labels import class_name
from overfit.results import Results, atomic
from overfit.streams import Purpose, stream

if TYPE_CHECKING:
    from overfit.config.specs import SubsetSpec

log = logging.getLogger("overfit")
Indices = NDArray[np.int64]


def draw_subset(
    labels: NDArray[np.integer[Any]],
    train: int,
    validation: int,
    *,
    root_seed: int,
    seed: int,
    names: Sequence[str] = (),
) -> tuple[Indices, Indices]:
    """Draw a class-balanced training set and a disjoint class-balanced validation set.

    Each class gets the same share, and the remaining images go to randomly chosen classes. Training
    sets of one seed are nested: for each class, the smaller set is the beginning of the larger one.
    Validation images are taken from the other end, so they stay the same, too.

    Args:
        labels: the pool's labels.
        train: size of the training set.
        validation: size of the validation set.
        root_seed: root of all random streams.
        seed: the seed.
        names: what the classes are called in messages.

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
                f"{class_name(names, c)} has {len(pool)} images in the pool; training needs {a} "
                f"and validation {b}: {a + b} in total; draw: stratified needs fewer of rare ones"
            )
    return _parted(members, train_share, validation_share, rng)


def stratified_subset(
    labels: NDArray[np.integer[Any]],
    train: int,
    validation: int,
    *,
    root_seed: int,
    seed: int,
    names: Sequence[str] = (),
) -> tuple[Indices, Indices]:
    """Draw a training set and a disjoint validation set, both with the pool's shares of classes.

    Arguments, order and nesting are those of `draw_subset`. Shares are rounded by largest
    remainders, with ties drawn by lot: first those of the validation set, then those of the
    training set among the images that are left.

    Source: the allocation of scikit-learn's StratifiedShuffleSplit.

    Raises:
        DataError: the pool has fewer images than both sets need.
    """
    _check_room(labels, train, validation)
    rng = stream(root_seed, Purpose.SUBSET, seed)
    classes, counts = np.unique(labels, return_counts=True)
    members = [rng.permutation(np.flatnonzero(labels == c)) for c in classes]
    luck = rng.permutation(len(classes))
    held_out = _proportions(counts, validation, luck[::-1])
    chosen = _proportions(counts - held_out, train, luck)
    for c, some in zip(classes.tolist(), chosen, strict=True):
        if not some:
            log.warning(
                "%s is too rare for the training set of seed %d", class_name(names, c), seed
            )
    return _parted(members, chosen, held_out, rng)


def _parted(
    members: Sequence[Indices], train: Indices, validation: Indices, rng: np.random.Generator
) -> tuple[Indices, Indices]:
    """The first `train` and the last `validation` images of each class, shuffled."""
    first = [m[:a] for m, a in zip(members, train, strict=True)]
    last = [m[len(m) - b :] for m, b in zip(members, validation, strict=True)]
    return rng.permutation(np.concatenate(first)), rng.permutation(np.concatenate(last))


def first_subset(
    labels: NDArray[np.integer[Any]],
    train: int,
    validation: int,
    *,
    root_seed: int,
    seed: int,
    names: Sequence[str] = (),
) -> tuple[Indices, Indices]:
    """The first `train` images of the pool to train on, and the next `validation` to validate on.

    They are the same for every seed: the pool is shuffled once, when the dataset is prepared.
    Classes are as frequent as they happen to be there.

    Source: Deep Learning from Scratch, 6.4.1, which trains on the first 300 images of MNIST.

    Raises:
        DataError: the pool has fewer images than both sets need.
    """
    _check_room(labels, train, validation)
    return np.arange(train), np.arange(train, train + validation)


def _check_room(labels: NDArray[np.integer[Any]], train: int, validation: int) -> None:
    both = train + validation
    if both > len(labels):
        raise DataError(
            f"the pool has {len(labels)} images; training needs {train} and validation "
            f"{validation}: {both} in total"
        )


_DRAWS = {"balanced": draw_subset, "first": first_subset, "stratified": stratified_subset}


def draw_subsets(
    labels: NDArray[np.integer[Any]],
    train: int,
    validation: int,
    *,
    draw: str = "balanced",
    root_seed: int,
    seeds: Iterable[int],
    names: Sequence[str] = (),
) -> dict[str, Indices]:
    """The subsets of several seeds: `seeds` (S,), `train` (S, n), `validation` (S, v).

    `draw_subset` draws them if `draw` is "balanced", `stratified_subset` if it is "stratified",
    `first_subset` if it is "first".
    """
    seeds = list(seeds)
    drawn = [
        _DRAWS[draw](labels, train, validation, root_seed=root_seed, seed=seed, names=names)
        for seed in seeds
    ]
    return {
        "seeds": np.asarray(seeds),
        "train": np.stack([t for t, _ in drawn]),
        "validation": np.stack([v for _, v in drawn]),
    }


def _shares(total: int, luck: Indices) -> Indices:
    """The number of images of each class; `luck` orders the classes that get one more."""
    share, rest = divmod(total, len(luck))
    shares = np.full(len(luck), share)
    shares[luck[:rest]] += 1
    return shares


def stratified_split(
    labels: NDArray[np.integer[Any]], pool: int, *, names: Sequence[str] = (), noun: str = "images"
) -> NDArray[np.intp]:
    """An order of the examples in which the first `pool` are the pool, and the rest the test set.

    Both parts have the classes in the proportions of the whole, as nearly as possible, and are
    shuffled. The split is fixed: it depends on the labels only, so no run ever trains on a test
    image of another run.

    Raises:
        DataError: a class would have no image in one of the parts.
    """
    classes, counts = np.unique(labels, return_counts=True)
    shares = _proportions(counts, pool, np.arange(len(classes)))
    for c, count, share in zip(classes, counts, shares, strict=True):
        if not 0 < share < count:
            raise DataError(
                f"{class_name(names, c)} has {count} of {len(labels)} {noun}, too few for a pool "
                f"of {pool} and a test set of {len(labels) - pool} that both contain it"
            )
    rng = stream(0, Purpose.SPLIT, 0)
    members = [rng.permutation(np.flatnonzero(labels == c)) for c in classes]
    parts = list(zip(members, shares, strict=True))
    pool_part = rng.permutation(np.concatenate([m[:share] for m, share in parts]))
    test_part = rng.permutation(np.concatenate([m[share:] for m, share in parts]))
    return np.concatenate([pool_part, test_part])


def _proportions(counts: NDArray[np.intp], total: int, luck: Indices) -> NDArray[np.intp]:
    """The number of images of each class in a part of `total`: its proportion.

    It is rounded by largest remainders; of equal remainders the first classes in `luck` win.

    Source: the Hare quota, as in seat apportionment.
    """
    shares, remainders = np.divmod(counts * total, counts.sum())
    shares[luck[np.argsort(-remainders[luck], kind="stable")][: total - shares.sum()]] += 1
    return shares


def write_subsets(spec: SubsetSpec, block: str, results: Results) -> None:
    """Draw the subsets of a block of seeds from a prepared dataset and write them."""
    dataset = Prepared.of(spec.dataset, results)
    subsets = draw_subsets(
        dataset.pool_labels,
        spec.train,
        spec.validation,
        draw=spec.draw,
        root_seed=spec.root_seed,
        seeds=block_range(block),
        names=dataset.names,
    )
    with atomic(results.subset(spec.id, block)) as temporary:
        np.savez(temporary, allow_pickle=False, **subsets)

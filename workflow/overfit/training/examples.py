"""Examples to learn from: stored values, their conversion to inputs, and label noise."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from overfit.nn.checks import class_labels
from overfit.nn.checks import share as check_share
from overfit.nn.memory import Array, Scratch

LIVE_STEP = 32
"""The number of multiplied inputs is a multiple of this, so that most sets of images of the same
data have the same, and their networks can be trained and evaluated together."""
CHUNK = 1024
"""Rows evaluated at once. Chunks begin at fixed rows, so results never depend on what else is
evaluated; larger chunks don't fit into the L2 cache."""


@dataclass(frozen=True)
class Scaling:
    """An input is `(value - offset) * factor`.

    Both are one number for all features, or an array (d,) with one per feature. `fill` (d,) has the
    values that replace missing ones (NaN), if there are any.
    """

    factor: float | Array
    offset: float | Array = 0.0
    fill: Array | None = None

    def apply(self, values: NDArray[Any], out: Array) -> None:
        """Write the inputs of `values` (n, d) into `out` (n, d); both may be the same array."""
        if self.fill is not None:
            values = filled(values, self.fill)
        if np.ndim(self.offset) == 0 and self.offset == 0:
            np.multiply(values, self._like(self.factor, out), out=out)
            return
        np.subtract(values, self._like(self.offset, out), out=out)
        np.multiply(out, self._like(self.factor, out), out=out)

    @staticmethod
    def _like(numbers: float | Array, out: Array) -> Any:
        return np.asarray(numbers, out.dtype)


def filled(values: NDArray[Any], fill: Array | None) -> NDArray[Any]:
    """Values (n, d), of which missing ones (NaN) are replaced by those of `fill` (d,)."""
    return values if fill is None else np.where(np.isnan(values), fill, values)


def fill_of(values: NDArray[Any], rows: NDArray[np.integer[Any]], kind: str | None) -> Array | None:
    """The replacements (d,) of missing values: each feature's `mean` or `median` in these rows.

    It is 0 for a feature of which these rows have no value, and None if `kind` is.
    """
    if kind is None:
        return None
    known = np.ma.masked_invalid(values[rows].astype(np.float64))
    of: Any = np.ma.median if kind == "median" else np.ma.mean
    found = of(known, axis=0)
    return np.ma.filled(found, 0.0).astype(np.float32)


@dataclass(frozen=True)
class Moments:
    """Mean and variance (biased) of each feature (d,), and which features are constant."""

    mean: NDArray[np.float64]
    variance: NDArray[np.float64]
    constant: NDArray[np.bool_]

    @classmethod
    def of(
        cls, values: NDArray[Any], rows: NDArray[np.integer[Any]], fill: Array | None = None
    ) -> Moments:
        """The moments of these rows of `values` (N, d); other rows are not read.

        Two passes, the second over the differences from the mean, to avoid cancellation. Rows are
        read a thousand at a time. `fill` (d,) replaces missing values.
        """

        def pieces() -> Iterator[NDArray[Any]]:
            for start in range(0, len(rows), CHUNK):
                yield filled(values[rows[start : start + CHUNK]], fill)

        total = sum(piece.sum(axis=0, dtype=np.float64) for piece in pieces())
        lowest = np.min([piece.min(axis=0) for piece in pieces()], axis=0)
        highest = np.max([piece.max(axis=0) for piece in pieces()], axis=0)
        mean = np.asarray(total / len(rows))
        squares = sum(((piece - mean) ** 2).sum(axis=0) for piece in pieces())
        return cls(mean, np.asarray(squares / len(rows)), lowest == highest)

    def per_feature(self, scale: float) -> Scaling:
        """Each feature with mean 0 and standard deviation 1.

        A constant feature has no deviation to divide by: it is centred and multiplied by `scale`,
        as without standardization.
        """
        deviation = np.where(self.constant, 1 / scale, np.sqrt(self.variance))
        return Scaling((1 / deviation).astype(np.float32), self.mean.astype(np.float32))

    def overall(self, scale: float) -> Scaling:
        """All values together with mean 0 and standard deviation 1, which preserves contrasts.

        Var = mean of the variances + variance of the means, as all features have as many values.
        """
        mean = self.mean.mean()
        variance = self.variance.mean() + self.mean.var()
        constant = self.constant.all() and (self.mean == self.mean[0]).all()
        return Scaling(float(scale if constant else 1 / np.sqrt(variance)), float(mean))


PIXELS = Scaling(1 / 255)
"""Pixels from 0 to 255 become inputs from 0 to 1."""


@dataclass(frozen=True)
class Examples:
    """Inputs and their labels (n,), integers from 0.

    `inputs` (N, d) are floats or pixels (uint8), possibly memory-mapped. `rows` (n,) selects and
    orders them; by default all are used. `scaling` converts them to inputs; by default floats stay
    as they are, and pixels become numbers from 0 to 1. They are converted batch by batch, so a
    large set is never copied.
    """

    inputs: NDArray[Any]
    labels: NDArray[np.integer[Any]]
    rows: NDArray[np.integer[Any]] | None = None
    scaling: Scaling | None = None

    def __post_init__(self) -> None:
        if self.inputs.ndim != 2:
            raise ValueError(f"inputs have shape {self.inputs.shape}; expected (N, d)")
        count = self.inputs.shape[0] if self.rows is None else len(self.rows)
        if self.labels.shape != (count,) or count == 0:
            raise ValueError(
                f"inputs have shape {self.inputs.shape}, of which {count} rows are used, and "
                f"labels {self.labels.shape}; expected one label per row, and at least one row"
            )
        if not np.issubdtype(self.labels.dtype, np.integer) or self.labels.min() < 0:
            raise ValueError(
                f"labels are {self.labels.dtype}, from {self.labels.min()} upwards; they must be "
                "integers from 0"
            )
        if self.inputs.dtype not in (np.float32, np.float64, np.uint8):
            raise ValueError(
                f"inputs are {self.inputs.dtype}; they must be float32, float64, or uint8 pixels"
            )
        if self.inputs.dtype != np.uint8:
            refused = np.isinf if self.scaling and self.scaling.fill is not None else _not_finite
            for start in range(0, len(self.inputs), CHUNK):  # they may be larger than memory
                if refused(self.inputs[start : start + CHUNK]).any():
                    raise ValueError("inputs contain values that are not finite")
        if self.rows is not None:
            self._check(self.rows)

    def _check(self, rows: NDArray[np.integer[Any]]) -> None:
        """`gather` relies on this check: it replaces rows that don't exist by the last one."""
        last = self.inputs.shape[0] - 1
        if not np.issubdtype(rows.dtype, np.integer) or rows.min() < 0 or rows.max() > last:
            raise ValueError(
                f"rows are {rows.dtype} and run from {rows.min()} to {rows.max()}; they must be "
                f"integers from 0 to {last}"
            )

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def dtype(self) -> np.dtype[Any]:
        """The type of the floats that the network gets."""
        return np.dtype(np.float32) if self.inputs.dtype == np.uint8 else self.inputs.dtype

    @property
    def ready(self) -> bool:
        """Whether the network gets `inputs` themselves, all of them and in order."""
        return self.rows is None and self.scaling is None and self.inputs.dtype != np.uint8

    @cached_property
    def live_first(self) -> tuple[NDArray[np.intp], int]:
        """For examples that are `ready`, see `overfit.training.live.live_first`."""
        live = (self.inputs != 0).any(axis=0)
        count = max(LIVE_STEP, -(-int(live.sum()) // LIVE_STEP) * LIVE_STEP)
        if count < len(live):
            return np.argsort(~live, kind="stable"), count
        return np.arange(len(live)), len(live)

    @cached_property
    def narrow(self) -> Examples:
        """The same examples with a copy of the inputs that are multiplied, see `live_first`."""
        order, count = self.live_first
        return Examples(np.take(self.inputs, order[:count], axis=1), self.labels)

    def converted(self) -> Examples:
        """The same examples with a copy of their inputs, ready for the network."""
        inputs = np.empty((len(self), self.inputs.shape[1]), self.dtype)
        self.gather(np.arange(len(self)), inputs, Scratch(self.dtype))
        return Examples(inputs, self.labels)

    def gather(self, index: NDArray[np.integer[Any]], out: Array, scratch: Scratch) -> None:
        """Write the inputs of the examples `index` (b,) into `out` (b, d)."""
        rows = index if self.rows is None else self.rows[index]
        # mode="clip" avoids the copy of the default bounds check; rows are in range.
        if self.inputs.dtype != np.uint8:
            np.take(self.inputs, rows, axis=0, out=out, mode="clip")
            if self.scaling is not None:
                self.scaling.apply(out, out)
            return
        pixels = scratch("pixels", out.shape, np.uint8)
        np.take(self.inputs, rows, axis=0, out=pixels, mode="clip")
        (self.scaling or PIXELS).apply(pixels, out)

    def chunks(self, scratch: Scratch) -> Iterator[tuple[Array, NDArray[np.integer[Any]]]]:
        """Inputs (1, b, d) and labels (1, b), 1024 examples at a time."""
        return chunks([self], scratch)


def chunks(
    examples: Sequence[Examples], scratch: Scratch
) -> Iterator[tuple[Array, NDArray[np.integer[Any]]]]:
    """Inputs (R, b, d), read-only, and labels (R, b), 1024 examples at a time.

    Args:
        examples: those of each of R replicates, equally many. Examples that all replicates share,
            or that are ready for a single one, are not copied.
        scratch: memory for the others.
    """
    first = examples[0]
    shared = all(one is first for one in examples)
    own = examples[:1] if shared else examples
    for start in range(0, len(first), CHUNK):
        stop = min(start + CHUNK, len(first))
        if len(own) == 1 and first.ready:
            inputs = first.inputs[None, start:stop]
        else:
            inputs = scratch("chunk", (len(own), stop - start, first.inputs.shape[1]))
            for one, out in zip(own, inputs, strict=True):
                if one.ready:
                    np.copyto(out, one.inputs[start:stop])
                else:
                    one.gather(np.arange(start, stop), out, scratch)
        labels = np.stack([one.labels[start:stop] for one in own])
        if shared:
            inputs = np.broadcast_to(inputs, (len(examples), *inputs.shape[1:]))
            labels = np.broadcast_to(labels, (len(examples), stop - start))
        yield inputs, labels


def _not_finite(values: NDArray[Any]) -> NDArray[np.bool_]:
    return ~np.isfinite(values)


def with_label_noise(
    labels: NDArray[np.integer[Any]], classes: int, share: float, rng: np.random.Generator
) -> NDArray[np.integer[Any]]:
    """Labels of which `round(share n)` are wrong: replaced by another class at random.

    The examples that a smaller share makes wrong are among those of a larger one.

    Source: Zhang et al. (2017), Understanding deep learning requires rethinking generalization.
    """
    check_share("share", share)
    if classes < 2:
        raise ValueError(f"classes is {classes}; a wrong label needs at least 2")
    class_labels(labels, classes)
    order = rng.permutation(len(labels))
    shift = rng.integers(1, classes, len(labels))
    wrong = order[: round(share * len(labels))]
    noisy = labels.astype(np.result_type(labels.dtype, np.min_scalar_type(classes - 1)))
    noisy[wrong] = (labels[wrong] + shift[wrong]) % classes
    return noisy

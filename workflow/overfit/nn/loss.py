"""Softmax cross-entropy."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from overfit.nn.checks import class_labels, share
from overfit.nn.memory import Array, Scratch


def cross_entropy(logits: Array, labels: NDArray[np.integer[Any]], smoothing: float = 0.0) -> Array:
    """Loss of each example: `L = log sum_k exp(z_k) - sum_k t_k z_k`, where t is the target.

    The target is the label's one-hot vector, or with label smoothing s
    `t_k = (1 - s) [k = label] + s / K`. The largest logit is subtracted first, so that nothing
    overflows.

    Args:
        logits: z, shape (R, B, K).
        labels: class of each example, shape (R, B), integers from 0 to K - 1.
        smoothing: s, from 0 to below 1.

    Returns:
        Losses in nats, shape (R, B).
    """
    by_class = _by_class(logits, Scratch(logits.dtype))
    by_class -= by_class.max(axis=0)
    chosen = by_class[labels.ravel(), np.arange(labels.size)]
    if smoothing:
        chosen = (1 - smoothing) * chosen + smoothing * _sum(by_class) / len(by_class)
    losses = np.log(_sum(np.exp(by_class))) - chosen
    return losses.reshape(labels.shape)


def targets(
    labels: NDArray[np.integer[Any]], classes: int, dtype: DTypeLike, smoothing: float = 0.0
) -> Array:
    """The target distribution (..., K) of each label (...).

    `t_k = (1 - s) [k = label] + s / K`: one-hot without smoothing s.

    Source of label smoothing: Szegedy et al. (2016), Rethinking the Inception architecture.

    Raises:
        ValueError: a label is not among the classes, or the smoothing is not in [0, 1).
    """
    share("smoothing", smoothing)
    class_labels(labels, classes)
    one_hot = np.eye(classes)[labels]
    return ((1 - smoothing) * one_hot + smoothing / classes).astype(dtype)


def balanced_weights(labels: NDArray[np.integer[Any]], classes: int) -> NDArray[np.float64]:
    """Weights (K,) of the losses by which all classes count equally: `w_k = n / (C n_k)`.

    n_k of the n labels are k, and C classes are present; absent ones have weight 0. The mean weight
    of the n examples is 1.

    Source: `class_weight="balanced"` of scikit-learn, after King and Zeng (2001), Logistic
    regression in rare events data.
    """
    counts = np.bincount(labels, minlength=classes)
    present = counts > 0
    return np.where(present, len(labels) / (present.sum() * np.maximum(counts, 1)), 0.0)


def softmax_minus_target(
    logits: Array, targets: Array, scale: Array | float, scratch: Scratch
) -> Array:
    """Gradient of the summed loss, times `scale`: `dz = scale (softmax(z) - target)`.

    Args:
        logits: z, shape (R, B, K).
        targets: one probability distribution per row, shape (R, B, K).
        scale: one number, one per replicate, shape (R, 1, 1), or one per example, shape (R, B, 1).
            `1 / B` gives the gradient of the mean loss; an optimizer may include its own factor,
            and `w[label] / B` weights the losses of the classes.
        scratch: memory for the result.

    Returns:
        dz, shape (R, B, K).
    """
    p = _by_class(logits, scratch)
    row = p.shape[1:]
    largest = np.maximum.reduce(p, axis=0, out=scratch("largest", row))
    np.subtract(p, largest, out=p)
    np.exp(p, out=p)
    total = _sum(p, out=scratch("total", row))
    np.divide(p, total, out=p)
    dz = scratch("dz", logits.shape)
    np.subtract(p.T.reshape(logits.shape), targets, out=dz)
    return np.multiply(dz, scale, out=dz)


def _by_class(logits: Array, scratch: Scratch) -> Array:
    """A copy (K, R B) of the logits (R, B, K).

    Reducing over the first axis is ten times as fast as over rows of ten.
    """
    classes = logits.shape[-1]
    by_class = scratch("by_class", (classes, logits.size // classes))
    np.copyto(by_class, logits.reshape(-1, classes).T)
    return by_class


def _sum(by_class: Array, out: Array | None = None) -> Array:
    """The sum over the classes (K, N) -> (N,), in their order.

    NumPy adds rows in their order, but a single column pairwise: the bits of an example would
    depend on whether it is alone.
    """
    if by_class.shape[1] == 1:
        return np.add.accumulate(by_class, axis=0)[-1]
    return np.add.reduce(by_class, axis=0, out=out)

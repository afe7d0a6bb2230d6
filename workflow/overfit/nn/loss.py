"""Softmax cross-entropy."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from overfit.nn.checks import share
from overfit.nn.scratch import Array, Scratch


def cross_entropy(logits: Array, labels: NDArray[np.integer[Any]], smoothing: float = 0.0) -> Array:
    """Loss of each example: `L = log sum_k exp(z_k) - sum_k t_k z_k`, t being the target.

    The target is the label's one-hot vector, or with label smoothing s
    `t_k = (1 - s) [k = label] + s / K`. The largest logit is taken out first, so that no logit
    overflows.

    Args:
        logits: z, shape (R, B, K).
        labels: class of each example, shape (R, B), integers from 0 to K - 1.
        smoothing: s, from 0 to below 1.

    Returns:
        Losses in nats, shape (R, B).
    """
    shifted = logits - logits.max(axis=-1, keepdims=True)
    chosen = np.take_along_axis(shifted, labels[..., None], axis=-1)[..., 0]
    if smoothing:
        chosen = (1 - smoothing) * chosen + smoothing * shifted.mean(axis=-1)
    return np.log(np.exp(shifted).sum(axis=-1)) - chosen


def targets(
    labels: NDArray[np.integer[Any]], classes: int, dtype: DTypeLike, smoothing: float = 0.0
) -> Array:
    """The distribution (..., K) that each label (...) stands for.

    `t_k = (1 - s) [k = label] + s / K`: one-hot without smoothing s.

    Source of label smoothing: Szegedy et al. (2016), Rethinking the Inception architecture.

    Raises:
        ValueError: a label is not among the classes.
    """
    share("smoothing", smoothing)
    if labels.size and not 0 <= labels.min() <= labels.max() < classes:
        raise ValueError(
            f"labels run from {labels.min()} to {labels.max()}; "
            f"{classes} classes allow 0 to {classes - 1}"
        )
    one_hot = np.eye(classes)[labels]
    return ((1 - smoothing) * one_hot + smoothing / classes).astype(dtype)


def softmax_minus_target(
    logits: Array, targets: Array, scale: Array | float, scratch: Scratch
) -> Array:
    """Gradient of the summed loss, times `scale`: `dz = scale (softmax(z) - target)`.

    Args:
        logits: z, shape (R, B, K).
        targets: a probability distribution a row, shape (R, B, K).
        scale: one number, or one a replicate, shape (R, 1, 1). `1 / B` gives the gradient of the
            mean loss; an optimizer may fold its own factor in.
        scratch: memory for the result.

    Returns:
        dz, shape (R, B, K).
    """
    column = (*logits.shape[:2], 1)
    largest = np.max(logits, axis=-1, keepdims=True, out=scratch("largest", column))
    p = np.subtract(logits, largest, out=scratch("p", logits.shape))
    np.exp(p, out=p)
    total = np.sum(p, axis=-1, keepdims=True, out=scratch("total", column))
    np.divide(p, total, out=p)
    np.subtract(p, targets, out=p)
    return np.multiply(p, scale, out=p)

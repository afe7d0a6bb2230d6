"""Softmax cross-entropy."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from overfit.nn.scratch import Array, Scratch


def cross_entropy(logits: Array, labels: NDArray[np.integer[Any]]) -> Array:
    """Loss of each example: `L = log sum_k exp(z_k) - z_label`.

    The largest logit is taken out first, so no logit overflows.

    Args:
        logits: z, shape (R, B, K).
        labels: class of each example, shape (R, B), integers from 0 to K - 1.

    Returns:
        Losses in nats, shape (R, B).
    """
    shifted = logits - logits.max(axis=-1, keepdims=True)
    chosen = np.take_along_axis(shifted, labels[..., None], axis=-1)[..., 0]
    return np.log(np.exp(shifted).sum(axis=-1)) - chosen


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

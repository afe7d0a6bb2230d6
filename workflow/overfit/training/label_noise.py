"""Wrong labels, made on purpose."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from overfit.nn.checks import class_labels
from overfit.nn.checks import share as check_share


def with_label_noise(
    labels: NDArray[np.integer[Any]], classes: int, share: float, rng: np.random.Generator
) -> NDArray[np.integer[Any]]:
    """Labels of which `round(share n)` are wrong: replaced by one of the other classes at random.

    The examples with wrong labels of a smaller share are among those of a larger one.

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

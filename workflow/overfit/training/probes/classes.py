"""How well a network does on each class alike, for data in which some classes are rare.

Both are computed from the counts of predictions, for the images of each split (`train`,
`validation`, `test`), in evaluation mode; dropout scales, also where accuracies are means of Monte
Carlo samples. Classes that a split lacks don't count.

* `SPLIT_balanced_accuracy`: the mean over classes of the recall, the share of a class's images that
  are recognized; 1 / K for guesses.
* `SPLIT_f1`: the mean over classes of `F1 = 2 TP / (2 TP + FP + FN)`, the harmonic mean of
  precision and recall (macro F1).

Source: scikit-learn's `balanced_accuracy_score` and `f1_score(average="macro")`.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from overfit.metrics.table import Quantity, percentage
from overfit.training.examples import Examples
from overfit.training.probes import Measurement, Snapshot

SPLITS = ("train", "validation", "test")
WORDS = {"train": "Training", "validation": "Validation", "test": "Test"}
QUANTITIES = {
    f"{split}_{name}": Quantity(
        percentage(f"{WORDS[split]} {words}", better="higher"), whole=True, layers=False
    )
    for split in SPLITS
    for name, words in (("balanced_accuracy", "balanced accuracy"), ("f1", "F1, mean of classes"))
}


def measure(snapshot: Snapshot) -> Iterator[Measurement]:
    """See the module."""
    own = snapshot.replicate
    for split, examples in zip(SPLITS, (own.train, own.validation, snapshot.test), strict=True):
        counts = _counts(snapshot, examples)
        right = np.diag(counts)
        there = counts.sum(axis=1)
        either = there + counts.sum(axis=0)
        recall = right[there > 0] / there[there > 0]
        f1 = 2 * right[either > 0] / either[either > 0]
        yield Measurement(0, f"{split}_balanced_accuracy", float(recall.mean()))
        yield Measurement(0, f"{split}_f1", float(f1.mean()))


def _counts(snapshot: Snapshot, examples: Examples) -> NDArray[np.int64]:
    """How many examples of a class (rows) are taken for each class (columns), (K, K)."""
    classes = snapshot.network.n_out
    counts = np.zeros(classes * classes, np.int64)
    for inputs, labels in examples.chunks(snapshot.scratch):
        logits, _ = snapshot.network.forward(
            snapshot.parameters.layers,
            snapshot.states,
            inputs,
            train=False,
            scratch=snapshot.scratch,
        )
        pairs = labels.astype(np.int64) * classes + logits.argmax(axis=-1)
        counts += np.bincount(pairs.ravel(), minlength=len(counts))
    return counts.reshape(classes, classes)

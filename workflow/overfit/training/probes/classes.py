"""The scores of a network on each class, for data in which some classes are rare.

All are computed from the counts of predictions, in evaluation mode; with `dropout.monte_carlo`, of
the predictions whose accuracies the history has. Classes that a split lacks don't count.

* `balanced_accuracy`: the mean over classes of the recall, the share of a class's images that are
  recognized; 1 / K for guesses;
* `f1`: the mean over classes of `F1 = 2 TP / (2 TP + FP + FN)`, the harmonic mean of precision and
  recall (macro F1);
* `recall` of each class.

They are about test images; `train_balanced_accuracy`, `train_f1` and the same of `validation` are
about the other splits.

Source: scikit-learn's `balanced_accuracy_score`, `f1_score(average="macro")`, `recall_score`.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from overfit.metrics.table import SPLITS, Quantity, percentage
from overfit.training.probes import Measurement, Snapshot

WORDS = {"train": "Training", "validation": "Validation", "test": "Test"}
PREFIX = {"train": "train_", "validation": "validation_", "test": ""}
MEANINGS = {
    "balanced_accuracy": ("balanced accuracy", "mean over classes of the share recognized"),
    "f1": ("F1, mean of classes", "macro F1, the mean over classes of 2 TP / (2 TP + FP + FN)"),
}
QUANTITIES = {
    f"{PREFIX[split]}{name}": Quantity(
        percentage(
            f"{WORDS[split]} {words}",
            better="higher",
            meaning=f"{meaning}, on {WORDS[split].lower()} images",
        ),
        whole=True,
        layers=False,
    )
    for split in SPLITS
    for name, (words, meaning) in MEANINGS.items()
}
QUANTITIES["recall"] = Quantity(
    percentage("Test recall", better="higher"), layers=False, classes=True
)


def measure(snapshot: Snapshot) -> Iterator[Measurement]:
    """See the module."""
    classes = snapshot.network.n_out
    for split in SPLITS:
        labels = snapshot.examples(split).labels.astype(np.int64)
        pairs = labels * classes + snapshot.probabilities(split).argmax(axis=-1)
        counts = np.bincount(pairs, minlength=classes * classes).reshape(classes, classes)
        right = np.diag(counts)
        there = counts.sum(axis=1)
        either = there + counts.sum(axis=0)
        recall = right[there > 0] / there[there > 0]
        f1 = 2 * right[either > 0] / either[either > 0]
        yield Measurement(0, f"{PREFIX[split]}balanced_accuracy", float(recall.mean()))
        yield Measurement(0, f"{PREFIX[split]}f1", float(f1.mean()))
        if split == "test":
            for label, share in zip(np.flatnonzero(there), recall, strict=True):
                yield Measurement(int(label) + 1, "recall", float(share))

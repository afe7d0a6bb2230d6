"""scikit-learn's MLPClassifier; it has neither batch normalization nor dropout."""

import warnings
from collections.abc import Callable

import numpy as np
from sklearn.neural_network import MLPClassifier

from benchmarks.works import Work


def prepare(work: Work) -> Callable[[], None]:
    """One call of `partial_fit` is one epoch."""
    if work.points:
        raise ValueError("searches are not written for it")
    if work.batch_norm or work.dropout:
        raise ValueError("MLPClassifier has neither batch normalization nor dropout")
    warnings.simplefilter("ignore")
    images, labels = work.data()
    classes = np.arange(work.classes)
    models = [
        MLPClassifier(
            work.hidden,
            solver="sgd",
            momentum=0.0,
            batch_size=work.batch,
            learning_rate_init=work.lr(r),
            alpha=work.l2(r) * work.batch,  # its decay is divided by the batch size
        )
        for r in range(work.replicates)
    ]
    if work.evaluate:
        [model] = models
        model.partial_fit(images[0][: work.batch], labels[0][: work.batch], classes=classes)

        def evaluation() -> None:
            p = model.predict_proba(images[0])
            -np.log(p[np.arange(len(p)), labels[0]] + 1e-30).mean()
            (p.argmax(axis=1) == labels[0]).mean()

        return evaluation

    def epoch() -> None:
        for r, model in enumerate(models):
            for _ in range(work.epochs):
                model.partial_fit(images[r], labels[r], classes=classes)

    return epoch

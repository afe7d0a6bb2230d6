"""The floor: NumPy's float32 matrix products that the work cannot do without, and nothing else."""

from collections.abc import Callable
from itertools import pairwise

import numpy as np

from benchmarks.works import Work


def prepare(work: Work) -> Callable[[], None]:
    """The products of one replicate, as often as the work needs them."""
    rng = np.random.default_rng(0)
    sizes = [work.n_in, *work.hidden, work.classes]
    rows = 1024 if work.evaluate or work.points else work.batch
    layers = []
    for a, b in pairwise(sizes):
        x, w, dy = (rng.random(s, dtype=np.float32) for s in ((rows, a), (a, b), (rows, b)))
        layers.append((x, w, dy, np.empty_like(dy), np.empty_like(w), np.empty_like(x)))
    repeats = work.updates * work.replicates

    def forward(n: int) -> None:
        for x, w, _, y, _, _ in layers:
            np.matmul(x[:n], w, out=y[:n])

    def evaluation() -> None:
        for start in range(0, work.evaluate, rows):
            forward(min(rows, work.evaluate - start))

    def training() -> None:
        for _ in range(repeats):
            forward(work.batch)
            for i, (x, w, dy, _, dw, dx) in enumerate(layers):
                np.matmul(x[: work.batch].T, dy[: work.batch], out=dw)
                if i > 0:
                    np.matmul(dy[: work.batch], w.T, out=dx[: work.batch])

    def search() -> None:
        training()
        for _ in range(work.replicates):
            for n in (work.examples, work.validation) * work.points + (work.test,):
                for start in range(0, n, rows):
                    forward(min(rows, n - start))

    if work.points:
        return search
    return evaluation if work.evaluate else training

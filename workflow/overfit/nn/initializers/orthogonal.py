"""The initializer `orthogonal`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from annotated_types import Gt, Le

from overfit.nn.initializers import Initializer
from overfit.nn.memory import Array


@dataclass(frozen=True)
class Orthogonal(Initializer):
    """A random matrix with orthonormal rows or columns.

    Rows or columns, whichever are fewer, are orthonormal. The matrix is uniformly distributed: the
    Q of the QR decomposition of a normal matrix, with signs that make the diagonal of R positive.

    Source: Saxe, McClelland, Ganguli (2014), Exact solutions to the nonlinear dynamics of learning
    in deep linear neural networks.
    """

    gain: Annotated[float, Gt(0), Le(100)] = 1.0
    """Factor of the matrix."""

    def draw(self, rng: np.random.Generator, n_in: int, n_out: int) -> Array:
        """Orthogonal weights."""
        tall = rng.normal(size=(max(n_in, n_out), min(n_in, n_out)))
        q, r = np.linalg.qr(tall)
        q *= np.sign(np.diag(r))
        return self.gain * (q if n_in >= n_out else q.T)


PART = Orthogonal

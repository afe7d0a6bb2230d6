"""Simulates how often growing numbers of seeds support a claim whose effect is just the margin.

python benchmarks/looks.py     # takes a few seconds

One look at ten seeds is wrong in 2.5% of the cases. Whoever adds seeds until the claim is supported
is wrong more often; the bounds of `overfit.claims.looks` keep it at 2.5%.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from overfit.claims.looks import confidence

EXPERIMENTS = 50_000
LOOKS = (10, 20, 40, 80)
EACH_SEED = tuple(range(10, 41))


def wrong(
    looks: Sequence[int], *, bounded: bool, draw: str = "normal", experiments: int = EXPERIMENTS
) -> float:
    """The share of experiments in which the t interval of any look is wholly above the effect.

    It is the share of those in which a claim about an effect of just the margin is supported.

    Args:
        looks: the number of seeds at each look.
        bounded: whether intervals have the confidence that the bound leaves them, not 95%.
        draw: the distribution of the differences of seeds, of `DRAWS`.
        experiments: how many are simulated.
    """
    rng = np.random.default_rng(20160924)
    found = np.zeros(experiments, dtype=bool)
    for part in np.array_split(found, max(1, experiments // 10_000)):
        values = DRAWS[draw](rng, (len(part), looks[-1]))
        for look, n in enumerate(looks, start=1):
            level = confidence(looks, look) if bounded else 0.95
            part |= _low(values[:, :n], level) > 0
    return float(found.mean())


def _low(values: NDArray[np.float64], level: float) -> NDArray[np.float64]:
    n = values.shape[1]
    reach = stats.t.ppf((1 + level) / 2, n - 1) / np.sqrt(n)
    return values.mean(axis=1) - reach * values.std(axis=1, ddof=1)


DRAWS = {
    "normal": lambda rng, size: rng.normal(size=size),
    "t3": lambda rng, size: rng.standard_t(3, size),
    "skewed up": lambda rng, size: rng.exponential(size=size) - 1,
    "skewed down": lambda rng, size: 1 - rng.exponential(size=size),
}
PROCEDURES = {
    "one look at 10 seeds": ((10,), False),
    "naive, looks at 10, 20, 40, 80": (LOOKS, False),
    "naive, a look after each seed from 10 to 40": (EACH_SEED, False),
    "naive, looks at 10, 20, ... 100": (tuple(range(10, 101, 10)), False),
    "bounded, looks at 10, 20, 40": ((10, 20, 40), True),
    "bounded, looks at 10, 20, 40, 80": (LOOKS, True),
}


def main() -> None:
    print("False supported at the margin, in percent of the experiments")
    print(f"{'':45}" + "".join(f"{name:>13}" for name in DRAWS))
    for name, (looks, bounded) in PROCEDURES.items():
        shares = [wrong(looks, bounded=bounded, draw=draw) for draw in DRAWS]
        print(f"{name:45}" + "".join(f"{100 * share:13.1f}" for share in shares))


if __name__ == "__main__":
    main()

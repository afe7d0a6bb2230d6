"""What planned seeds can find, from the spread in earlier results."""

from __future__ import annotations

import numpy as np
from statsmodels.stats.power import TTestPower

from overfit.claims.looks import Looks, confidence
from overfit.claims.planned import smallest_effects
from overfit.claims.table import looked
from overfit.metrics.tables import write_table
from overfit.results import Results
from tests.claims.studies import claim
from tests.metrics.tables import experiment, metric_table

TEST = {"difference": "gap", "of": "l2", "minus": "baseline", "expect": "below", "margin": 0.02}
ONE = claim(**TEST)
HALF = claim(**TEST | {"margin": 0.01}).model_copy(update={"id": "half"})
VALUES = np.random.default_rng(3).normal(0, 0.02, 8)


def lines(tmp_path, claims, seeds, looks=None):
    results = Results(tmp_path / "results")
    some = experiment((), seeds=seeds, claims=claims, sources={"e.yaml": ""})
    return list(smallest_effects([some.with_looks(looks) if looks else some], results))


def pilot(tmp_path, claims) -> None:
    table = metric_table({"baseline": np.zeros(8), "l2": VALUES})
    files = Results(tmp_path / "results").experiment("e")
    write_table(looked(claims, table), files.looks)


def in_margins(n: int, margin: float, level: float = 0.95) -> float:
    solved = TTestPower().solve_power(
        nobs=n, alpha=(1 - level) / 2, power=0.8, alternative="larger"
    )
    return 1 + solved * VALUES.std(ddof=1) / margin


def test_without_results_nothing_is_said(tmp_path) -> None:
    assert lines(tmp_path, (ONE,), 10) == []


def test_one_line_tells_what_a_t_test_of_the_planned_seeds_finds(tmp_path) -> None:
    pilot(tmp_path, (ONE, HALF))
    (line,) = lines(tmp_path, (ONE, HALF), 20)
    least, most = in_margins(20, 0.02), in_margins(20, 0.01)
    assert f": 20 seeds find effects of {least:.2g} to {most:.2g} margins with 80% power" in line
    assert line.endswith("the largest is that of half")


def test_looks_count_with_the_seeds_and_the_interval_of_the_last(tmp_path) -> None:
    pilot(tmp_path, (ONE,))
    (line,) = lines(tmp_path, (ONE,), 8, Looks(seeds=(8, 16, 40)))
    found = in_margins(40, 0.02, confidence((8, 16, 40), 3))
    assert f": 40 seeds find effects of {found:.2g} margins with 80% power" in line


def test_fewer_than_five_seeds_find_nothing(tmp_path) -> None:
    pilot(tmp_path, (ONE,))
    assert lines(tmp_path, (ONE,), 4) == []

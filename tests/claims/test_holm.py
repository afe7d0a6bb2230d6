"""Holm's correction against statsmodels, by hand, and by closed testing."""

import numpy as np
import pandas as pd
import pytest

from overfit.claims.table import adjust
from tests.peers import required

multitest = required("statsmodels.stats.multitest", "statsmodels")


def of(p, verdict="supported"):
    return pd.DataFrame({"p": p, "verdict": verdict, "basis": "95% interval"})


@pytest.mark.parametrize("stream", range(5))
def test_holm_is_that_of_statsmodels(stream) -> None:
    p = np.random.default_rng(stream).random(30) ** 3
    expected = multitest.multipletests(p, method="holm")[1]
    assert adjust(of(p))["p_adjusted"].to_numpy() == pytest.approx(expected, rel=1e-12)


def test_without_correction_verdicts_stay_and_are_based_on_the_interval() -> None:
    adjusted = adjust(of([0.5, np.nan, 0.001]))
    assert adjusted["verdict"].tolist() == ["supported"] * 3
    assert set(adjusted["basis"]) == {"95% interval"}


def test_with_holm_a_verdict_also_needs_an_adjusted_p_below_a_twentieth() -> None:
    p = [0.01, 0.024, 0.04, np.nan, 0.3]
    verdicts = ["supported", "contradicted", "contradicted", "supported", "negligible"]
    adjusted = adjust(of(p, verdicts), "holm")
    # Four tests: 0.04, 0.072, 0.08, 0.3.
    assert adjusted["verdict"].tolist() == [
        *("supported", "inconclusive", "inconclusive", "inconclusive", "negligible")
    ]
    assert set(adjusted["basis"]) == {"95% interval and Holm's p < 0.05"}


def test_holm_by_hand() -> None:
    claims = pd.DataFrame({"p": [0.01, 0.04, 0.03, np.nan, 0.005], "verdict": "x"})
    adjusted = adjust(claims)
    assert list(adjusted.columns) == ["p", "p_adjusted", "verdict"]
    # Four tests: 0.005 x 4, 0.01 x 3, 0.03 x 2, and 0.04 x 1 raised to the one before.
    assert adjusted["p_adjusted"].tolist() == pytest.approx(
        [0.03, 0.06, 0.06, np.nan, 0.02], nan_ok=True
    )


def test_holm_never_exceeds_one_and_keeps_the_order() -> None:
    p = np.random.default_rng(1).random(40)
    adjusted = adjust(pd.DataFrame({"p": p}))["p_adjusted"].to_numpy()
    assert (adjusted >= p).all()
    assert (adjusted <= 1).all()
    assert (np.diff(adjusted[np.argsort(p)]) >= 0).all()


def test_holm_agrees_with_the_closed_testing_procedure() -> None:
    # Holm rejects at a level exactly the hypotheses whose every intersection Bonferroni rejects.
    p = [0.011, 0.02, 0.3, 0.012]
    adjusted = adjust(pd.DataFrame({"p": p}))["p_adjusted"]
    subsets = [[i for i in range(4) if bits >> i & 1] for bits in range(1, 16)]
    closed = [
        max(min(1, len(s) * min(p[j] for j in s)) for s in subsets if i in s) for i in range(4)
    ]
    assert adjusted.tolist() == pytest.approx(closed, rel=1e-12)

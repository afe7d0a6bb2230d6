import numpy as np
import pytest

from tests.claims.studies import found
from tests.metrics.tables import metric_table
from tests.peers import required

weightstats = required("statsmodels.stats.weightstats", "statsmodels")
TEST = {"equivalent": "gap", "of": "a", "minus": "b", "margin": 0.1}


def table(shift, stream=0, spread=0.05, n=12):
    rng = np.random.default_rng(stream)
    base = rng.normal(size=n)
    return metric_table({"a": base + shift + spread * rng.normal(size=n), "b": base})


@pytest.mark.parametrize(
    ("shift", "verdict"),
    [(0.0, "supported"), (0.3, "contradicted"), (-0.3, "contradicted"), (0.1, "inconclusive")],
)
def test_the_interval_decides(shift, verdict) -> None:
    assert found(table(shift), **TEST)["verdict"] == verdict


@pytest.mark.parametrize("stream", range(8))
@pytest.mark.parametrize("shift", [0.0, 0.02, 0.1, 0.3])
def test_p_is_close_to_that_of_two_paired_t_tests(stream, shift) -> None:
    metrics = table(shift, stream)
    a, b = (metrics.loc[metrics["variant"] == name, "value"].to_numpy() for name in "ab")
    expected = weightstats.ttost_paired(a, b, -0.1, 0.1)[0]
    row = found(metrics, **TEST)
    # One-sided sign-flip tests of 12 seeds and t tests are about as close as this.
    assert row["p"] == pytest.approx(expected, abs=0.03)
    # The interval makes each test at 2.5%; far from it, the verdicts are those of the t tests.
    if expected < 0.01:
        assert row["verdict"] == "supported"
    elif expected > 0.05:
        assert row["verdict"] != "supported"


def test_swapping_the_variants_changes_nothing_but_the_sign() -> None:
    row = found(table(0.05), **TEST)
    mirror = found(table(0.05), **{**TEST, "of": "b", "minus": "a"})
    assert mirror["estimate"] == -row["estimate"]
    assert mirror["ci_low"] == pytest.approx(-row["ci_high"], abs=1e-9)
    assert (mirror["p"], mirror["verdict"]) == (row["p"], row["verdict"])


def test_one_seed_is_no_evidence() -> None:
    row = found(table(0.0, n=1), **TEST)
    assert (row["n"], row["verdict"]) == (1, "inconclusive")
    assert np.isnan([row["ci_low"], row["ci_high"], row["p"]]).all()

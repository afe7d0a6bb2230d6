"""Claims about two points of the grid."""

import numpy as np
import pytest

from overfit.claims.resampling import mean_intervals
from tests.claims.studies import AXIS, found, on_axis

RNG = np.random.default_rng(3)
NARROW = 1 + 0.1 * RNG.random(10)
WIDE = NARROW + 0.5 + 0.01 * RNG.random(10)
OTHER = NARROW - 0.2
TABLE = on_axis(
    {"a": np.column_stack([NARROW, WIDE]), "b": np.column_stack([OTHER, OTHER])}, [10, 800]
)
AT = {"of": "a", "at": {AXIS: 800}, "expect": "above", "margin": 0.1}


def test_a_difference_between_two_points_is_taken_seed_by_seed() -> None:
    row = found(TABLE, difference="test_accuracy", minus="a", minus_at={AXIS: 10}, **AT)
    assert row["estimate"] == pytest.approx((WIDE - NARROW).mean(), rel=1e-12)
    interval = tuple(mean_intervals([np.sort(WIDE - NARROW)])[0])
    assert (row["ci_low"], row["ci_high"]) == pytest.approx(interval, rel=1e-9)
    assert (row["n"], row["verdict"]) == (10, "supported")


def test_another_variant_may_be_taken_at_another_point() -> None:
    row = found(TABLE, difference="test_accuracy", minus="b", minus_at={AXIS: 10}, **AT)
    assert row["estimate"] == pytest.approx((WIDE - OTHER).mean(), rel=1e-12)


def test_ratios_probabilities_and_equivalences_have_two_points_as_well() -> None:
    row = found(TABLE, ratio="test_accuracy", to="a", to_at={AXIS: 10}, **AT)
    assert row["estimate"] == pytest.approx(np.exp(np.log(WIDE / NARROW).mean()), rel=1e-12)
    row = found(TABLE, probability="test_accuracy", minus="a", minus_at={AXIS: 10}, **AT)
    assert row["estimate"] == 1
    same = {"of": "b", "minus": "b", "at": {AXIS: 800}, "minus_at": {AXIS: 10}, "margin": 0.1}
    assert found(TABLE, equivalent="test_accuracy", **same)["verdict"] == "supported"
    apart = same | {"of": "a", "minus": "a"}
    assert found(TABLE, equivalent="test_accuracy", **apart)["verdict"] == "contradicted"

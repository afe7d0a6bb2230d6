import itertools

import pytest

from overfit.claims.verdict import equivalence_verdict, verdict

M = 0.02
NAN = float("nan")

TABLE = [
    # low, high, verdict where the claim expects the difference above 0
    (0.03, 0.05, "supported"),
    (0.0200001, 0.03, "supported"),
    (0.02, 0.03, "inconclusive"),  # the margin itself is not beyond it
    (0.92 - 0.90, 0.03, "inconclusive"),  # which floating point may not change
    (0.0, 0.03, "inconclusive"),
    (0.01, 0.03, "inconclusive"),
    (-0.03, 0.03, "inconclusive"),
    (-0.03, 0.0, "inconclusive"),  # zero itself is not below zero
    (-0.05, -0.03, "contradicted"),
    (-0.03, -0.01, "contradicted"),
    (-0.01, -0.001, "contradicted"),  # before negligible
    (-0.01, 0.0, "negligible"),
    (-0.02, 0.02, "negligible"),  # bounds included
    (-0.0200001, 0.02, "inconclusive"),
    (0.01, 0.02, "negligible"),
    (0.0, 0.0, "negligible"),
    (0.05, 0.05, "supported"),
    (NAN, NAN, "inconclusive"),
]


@pytest.mark.parametrize(("low", "high", "expected"), TABLE)
def test_verdict_where_the_difference_is_expected_above(low, high, expected) -> None:
    assert verdict(low, high, margin=M, expect="above") == expected


@pytest.mark.parametrize(("low", "high", "expected"), TABLE)
def test_verdict_where_the_difference_is_expected_below_is_the_mirror_image(
    low, high, expected
) -> None:
    assert verdict(-high, -low, margin=M, expect="below") == expected


def test_every_interval_has_the_first_verdict_whose_rule_holds() -> None:
    ends = [-0.05, -0.02, -0.01, 0.0, 0.01, 0.02, 0.05]
    for low, high in itertools.combinations_with_replacement(ends, 2):
        rules = {
            "supported": low > M,
            "contradicted": high < 0,
            "negligible": low >= -M and high <= M,
            "inconclusive": True,
        }
        first = next(name for name, holds in rules.items() if holds)
        assert verdict(low, high, margin=M, expect="above") == first


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (-0.01, 0.015, "supported"),
        (-0.02, 0.02, "supported"),  # bounds included
        (0.90 - 0.92, 0.0, "supported"),  # which floating point may not change
        (0.0, 0.021, "inconclusive"),
        (-0.03, 0.03, "inconclusive"),
        (0.02, 0.03, "inconclusive"),
        (0.021, 0.03, "contradicted"),
        (-0.03, -0.021, "contradicted"),
        (NAN, NAN, "inconclusive"),
    ],
)
def test_verdict_on_an_equivalence(low, high, expected) -> None:
    assert equivalence_verdict(low, high, margin=M) == expected
    assert equivalence_verdict(-high, -low, margin=M) == expected

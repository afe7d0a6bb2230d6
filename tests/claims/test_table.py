"""The table of claims: what is compared, what is left out, and Holm's correction."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from overfit.claims.claim import Claim
from overfit.claims.table import DECIDED, adjust, decide, same_numbers
from overfit.metrics.resampling import mean_intervals
from tests.claims.studies import claim, paired_differences
from tests.metrics.tables import metric_table
from tests.peers import required

multitest = required("statsmodels.stats.multitest", "statsmodels")

RNG = np.random.default_rng(0)
BASE = (0.25 + 0.02 * RNG.normal(size=10)).tolist()
BETTER = [x - 0.05 + e for x, e in zip(BASE, 0.004 * RNG.normal(size=10), strict=True)]


def whole(**test) -> dict:
    if "level" in test:
        return {"of": "l2", "expect": "below", "margin": 0.02} | test
    sides = {"of": "l2", "minus": "baseline", "expect": "below"}
    return {"difference": "gap", **sides, "margin": 0.02} | test


def decide_one(metrics: pd.DataFrame, **test) -> dict:
    table = decide([claim(**whole(**test))], metrics)
    assert list(table.columns) == list(DECIDED)
    return table.to_dict("records")[0]


def test_difference_is_paired_by_seed() -> None:
    # Variants differ little compared with the seeds' spread, and their rows come in another order.
    table = pd.concat(
        [
            metric_table({"baseline": BASE}),
            metric_table({"l2": BETTER[::-1]}, seeds=range(9, -1, -1)),
        ]
    )
    row = decide_one(table)
    differences = np.subtract(BETTER, BASE)
    low, high = mean_intervals([differences])[0]
    assert row["estimate"] == pytest.approx(differences.mean(), rel=1e-12)
    assert (row["ci_low"], row["ci_high"]) == (low, high)
    assert (row["n"], row["verdict"]) == (10, "supported")
    expected = stats.ttest_1samp(differences, -0.02, alternative="less").pvalue
    assert row["p"] == pytest.approx(expected, rel=1e-9)
    assert (row["experiment"], row["claim"], row["says"]) == ("e", "c", "So it is.")
    assert (row["metric"], row["margin"]) == ("gap", 0.02)


def test_only_an_inconclusive_claim_is_told_how_many_seeds_would_decide_it() -> None:
    d = np.tile([-0.02, 0.02], 5)
    undecided = decide_one(metric_table({"baseline": np.zeros(10), "l2": d - 0.03}))
    assert undecided["verdict"] == "inconclusive"
    # A t test of half a standard deviation needs 37; the bootstrap interval is a bit longer.
    assert 35 <= undecided["decides_at"] <= 45
    decided = decide_one(metric_table({"baseline": np.zeros(10), "l2": d - 0.05}))
    assert (decided["verdict"], np.isnan(decided["decides_at"])) == ("supported", True)


def test_level_is_the_metric_minus_the_constant() -> None:
    table = metric_table({"l2": BASE}, metric="test_accuracy")
    row = decide_one(table, level="test_accuracy", value=0.2, expect="above")
    assert row["metric"] == "test_accuracy"
    assert row["estimate"] == pytest.approx(np.mean(BASE) - 0.2, rel=1e-12)
    assert row["verdict"] == "supported"


@pytest.mark.parametrize(("value", "words"), [(0.05, "Gap: L2 minus 5.0 points"), (0, "Gap: L2")])
def test_a_level_names_its_constant_unless_it_is_0(value: float, words: str) -> None:
    told = {"level": "gap", "of": "l2", "value": value, "expect": "above", "margin": 0.02}
    test = Claim.model_validate({"id": "c", "says": "S.", "test": told}).test
    assert test.compares({"l2": "L2"}) == words


@pytest.mark.parametrize(
    ("expect", "shift", "expected"),
    [
        ("below", -0.05, "supported"),
        ("above", 0.05, "supported"),
        ("above", -0.05, "contradicted"),
        ("below", 0.05, "contradicted"),
        ("above", 0.0, "negligible"),
        ("above", 0.02, "inconclusive"),
    ],
)
def test_verdict_follows_the_interval(expect: str, shift: float, expected: str) -> None:
    jitter = [x + shift + e for x, e in zip(BASE, 0.003 * np.cos(range(10)), strict=True)]
    table = metric_table({"baseline": BASE, "l2": jitter})
    assert decide_one(table, expect=expect, statistic="iqm")["verdict"] == expected
    few = "inconclusive" if expected == "negligible" else expected
    assert decide_one(table, expect=expect)["verdict"] == few


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 1000))
def test_swapping_the_variants_mirrors_estimate_interval_and_verdict(stream: int) -> None:
    rng = np.random.default_rng(stream)
    table = metric_table({"l2": rng.normal(size=10), "baseline": rng.normal(size=10)})
    row = decide_one(table)
    mirror = decide_one(table, of="baseline", minus="l2", expect="above")
    assert mirror["estimate"] == pytest.approx(-row["estimate"], rel=1e-12)
    assert mirror["ci_low"] == pytest.approx(-row["ci_high"], abs=1e-9)
    assert mirror["ci_high"] == pytest.approx(-row["ci_low"], abs=1e-9)
    assert mirror["p"] == pytest.approx(row["p"], rel=1e-9)
    assert mirror["verdict"] == row["verdict"]


@settings(max_examples=10, deadline=None)
@given(st.permutations(range(10)), st.floats(-1, 1))
def test_seed_order_names_and_a_common_constant_change_nothing(order, constant) -> None:
    before = decide_one(metric_table({"baseline": BASE, "l2": BETTER}))
    table = metric_table(
        {
            "x": [BETTER[i] + constant for i in order],
            "y": [BASE[i] + constant for i in order],
        },
        seeds=order,
    )
    after = decide_one(table, of="x", minus="y")
    assert after["verdict"] == before["verdict"]
    for column in ("estimate", "ci_low", "ci_high", "p"):
        assert after[column] == pytest.approx(before[column], abs=1e-12, rel=1e-9)


def test_seeds_without_a_value_on_both_sides_are_left_out() -> None:
    base = [np.nan, *BASE[1:]]
    better = [*BETTER[:9], np.nan]
    row = decide_one(metric_table({"baseline": base, "l2": better}))
    assert row["n"] == 8
    assert row["estimate"] == pytest.approx(np.subtract(BETTER, BASE)[1:9].mean(), rel=1e-12)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(("pairs", "estimate"), [(0, np.nan), (1, -0.1)])
def test_fewer_than_two_pairs_are_inconclusive(pairs: int, estimate: float) -> None:
    values = [0.1] * pairs + [np.nan] * (3 - pairs)
    row = decide_one(metric_table({"baseline": [0.2] * 3, "l2": values}))
    assert (row["n"], row["verdict"]) == (pairs, "inconclusive")
    assert row["estimate"] == pytest.approx(estimate, nan_ok=True)
    assert np.isnan([row["ci_low"], row["ci_high"], row["p"]]).all()


def on_grid(metric: str = "gap") -> pd.DataFrame:
    tables = []
    for size, shift in ((100, 0.3), (300, 0.1)):
        table = metric_table({"baseline": BASE, "l2": [x - shift for x in BASE]}, metric=metric)
        table.insert(2, "data.train", size)
        tables.append(table)
    return pd.concat(tables)


def test_point_on_the_grid_is_picked() -> None:
    row = decide_one(on_grid(), at={"data.train": 300})
    assert (row["n"], row["estimate"]) == (10, pytest.approx(-0.1))


def test_axes_that_are_not_named_are_averaged_seed_by_seed() -> None:
    row = decide_one(on_grid())
    assert (row["n"], row["estimate"]) == (10, pytest.approx(-0.2))


def test_seed_without_a_value_at_one_grid_point_has_no_average() -> None:
    table = on_grid()
    lost = (table["seed"] == 3) & (table["data.train"] == 100) & (table["variant"] == "l2")
    table.loc[lost, "value"] = np.nan
    differences = paired_differences(table, whole())
    assert len(differences) == 9
    assert differences == pytest.approx(-0.2)


def test_no_claims_give_an_empty_table() -> None:
    table = adjust(decide([], metric_table({"a": BASE})).assign(family="all"))
    assert table.empty
    assert "p_adjusted" in table.columns


def rows(p, verdict="supported", family="all"):
    """Rows of which each is a number of its own."""
    own = {"estimate": range(len(p)), "ci_low": range(len(p)), "ci_high": range(9, len(p) + 9)}
    words = {"p": p, "verdict": verdict, "basis": "95% interval", "family": family}
    return pd.DataFrame({**own, "n": 10, **words})


@pytest.mark.parametrize("stream", range(5))
@pytest.mark.parametrize(
    ("correction", "method"),
    [("none", "holm"), ("holm", "holm"), ("benjamini_hochberg", "fdr_bh")],
)
def test_adjusted_p_is_that_of_statsmodels(correction, method, stream) -> None:
    p = np.random.default_rng(stream).random(30) ** 3
    expected = multitest.multipletests(p, method=method)[1]
    adjusted = adjust(rows(p), correction)["p_adjusted"].to_numpy()
    assert adjusted == pytest.approx(expected, rel=1e-12)


def test_without_correction_verdicts_stay_and_are_based_on_the_interval() -> None:
    adjusted = adjust(rows([0.5, np.nan, 0.001]))
    assert adjusted["verdict"].tolist() == ["supported"] * 3
    assert set(adjusted["basis"]) == {"95% interval"}


def test_with_holm_a_verdict_also_needs_an_adjusted_p_below_a_fortieth() -> None:
    p = [0.005, 0.008, 0.02, np.nan, 0.3]
    verdicts = ["supported", "negligible", "contradicted", "supported", "negligible"]
    adjusted = adjust(rows(p, verdicts), "holm")
    # Four tests: 0.02, 0.024, 0.04, 0.3.
    assert adjusted["verdict"].tolist() == [
        *("supported", "negligible", "inconclusive", "inconclusive", "inconclusive")
    ]
    assert set(adjusted["basis"]) == {"95% interval and Holm's p < 0.025"}


def test_benjamini_hochberg_decides_more_than_holm() -> None:
    p = [0.004, 0.009, 0.012, 0.02, 0.3]
    assert adjust(rows(p), "holm")["verdict"].tolist().count("supported") == 1
    adjusted = adjust(rows(p), "benjamini_hochberg")
    # 0.004 x 5 and 0.012 x 5 / 3 are 0.02; 0.02 x 5 / 4 is just 0.025.
    assert adjusted["verdict"].tolist().count("supported") == 3
    assert set(adjusted["basis"]) == {"95% interval and Benjamini and Hochberg's p < 0.025"}


def test_holm_by_hand() -> None:
    adjusted = adjust(rows([0.01, 0.04, 0.03, np.nan, 0.005]))
    assert [*adjusted.columns][4:6] == ["p", "p_adjusted"]
    # Four tests: 0.005 x 4, 0.01 x 3, 0.03 x 2, and 0.04 x 1 raised to the one before.
    assert adjusted["p_adjusted"].tolist() == pytest.approx(
        [0.03, 0.06, 0.06, np.nan, 0.02], nan_ok=True
    )


def test_holm_never_exceeds_one_and_keeps_the_order() -> None:
    p = np.random.default_rng(1).random(40)
    adjusted = adjust(rows(p))["p_adjusted"].to_numpy()
    assert (adjusted >= p).all()
    assert (adjusted <= 1).all()
    assert (np.diff(adjusted[np.argsort(p)]) >= 0).all()


def test_holm_agrees_with_the_closed_testing_procedure() -> None:
    # Holm rejects at a level exactly the hypotheses whose every intersection Bonferroni rejects.
    p = [0.011, 0.02, 0.3, 0.012]
    adjusted = adjust(rows(p))["p_adjusted"]
    subsets = [[i for i in range(4) if bits >> i & 1] for bits in range(1, 16)]
    closed = [
        max(min(1, len(s) * min(p[j] for j in s)) for s in subsets if i in s) for i in range(4)
    ]
    assert adjusted.tolist() == pytest.approx(closed, rel=1e-12)


def test_holm_counts_the_claims_of_a_family_together() -> None:
    families = ["a", "b", "a", "b", "b"]
    adjusted = adjust(rows([0.01, 0.01, 0.04, 0.02, 0.9], family=families))
    assert adjusted["p_adjusted"].tolist() == pytest.approx([0.02, 0.03, 0.04, 0.04, 0.9])


def test_one_number_with_two_signs_counts_once() -> None:
    claims = rows([0.01, 0.01, 0.004, 0.9])
    claims[["estimate", "ci_low", "ci_high"]] = [[3, 1, 5], [-3, -5, -1], [3, 1, 5], [3, 1, 6]]
    assert same_numbers(claims) == [0, 0, 0, 3]
    # Two numbers; the third claim about the first one has another bound.
    assert adjust(claims)["p_adjusted"].tolist() == pytest.approx([0.02, 0.02, 0.008, 0.9])
    claims["n"] = [10, 10, 20, 10]
    assert same_numbers(claims) == [0, 0, 2, 3]


def test_gap_and_accuracy_are_one_number_where_every_network_fits_its_training_images() -> None:
    test = {"of": "l2", "minus": "baseline", "margin": 0.02}
    accuracy = claim(difference="test_accuracy", expect="above", **test)
    gap = claim(difference="gap", expect="below", **test)
    sides = {"baseline": np.array(BASE), "l2": np.array(BETTER)}
    for fits, counted in ((1.0, [0, 0]), (0.99 + 0.001 * np.arange(10), [0, 1])):
        train = {"baseline": 1.0, "l2": fits}
        gaps = {name: train[name] - side for name, side in sides.items()}
        table = pd.concat([metric_table(gaps), metric_table(sides, "test_accuracy")])
        assert same_numbers(decide([accuracy, gap], table)) == counted


def test_equal_values_of_two_claims_are_two_numbers() -> None:
    claims = rows([0.01, 0.01])
    claims[["estimate", "ci_low", "ci_high"]] = 0.0
    assert same_numbers(claims) == [0, 1]


# One seed that decides


def with_one(odd: float, others: float = 0.0) -> pd.DataFrame:
    """Ten pairs, of which that of seed 6 differs by `odd` and the others by about `others`."""
    values = others + 0.004 * np.cos(range(10))
    values[6] = odd
    return metric_table({"baseline": np.zeros(10), "l2": values}, seeds=range(10, 20))


def test_a_seed_that_decides_alone_is_named() -> None:
    row = decide_one(with_one(0.09, others=-0.03), expect="below")
    assert (row["verdict"], row["fragile"]) == ("inconclusive", 16)  # else supported
    row = decide_one(with_one(-0.03, others=-0.03), expect="below")
    assert (row["verdict"], np.isnan(row["fragile"])) == ("supported", True)
    row = decide_one(with_one(-0.06, others=-0.016), expect="above")
    assert (row["verdict"], row["fragile"]) == ("contradicted", 16)  # else inconclusive


def test_no_single_seed_is_named_where_the_interval_ends_close_to_a_bound() -> None:
    values = np.array([-0.021, -0.036] * 5)
    values -= mean_intervals([values])[0][1] + 0.0201
    row = decide_one(metric_table({"baseline": np.zeros(10), "l2": values}), expect="below")
    assert (row["verdict"], np.isnan(row["fragile"])) == ("supported", True)


def test_below_six_seeds_no_seed_is_named() -> None:
    row = decide_one(metric_table({"baseline": [0] * 5, "l2": [-0.05, -0.04, -0.05, -0.06, -0.05]}))
    assert (row["verdict"], np.isnan(row["fragile"])) == ("supported", True)

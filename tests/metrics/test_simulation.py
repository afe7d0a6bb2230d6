"""Synthetic experiments whose truth is known: how often intervals and verdicts are right.

Each share is one of 2,000 experiments; its standard error is 0.5% near 95% and 0.35% near 2.5%.
"""

import pytest
from benchmarks.coverage import (
    BAD,
    COMMON,
    MARGIN,
    coverage,
    diverging,
    intervals,
    main,
    shares,
    verdicts,
    within,
    wrong_in_families,
)

from overfit.claims.verdict import Unit, difference, verdict
from overfit.metrics.resampling import mean_intervals
from overfit.metrics.table import Metric

pytestmark = pytest.mark.xdist_group("simulation")  # which shares its intervals

# What the reference says, in percent: seeds, then normal, uniform, t, exponential, lognormal.
TABLE = {
    3: (95, 92, 96, 88, 85),
    5: (96, 94, 96, 88, 84),
    10: (94, 97, 93, 93, 89),
    20: (95, 96, 93, 93, 90),
}


@pytest.mark.parametrize("n", [5, 10, 20])
def test_the_interval_covers_the_mean_of_normal_data_in_93_to_97_percent(n: int) -> None:
    assert 0.93 <= coverage("normal", n) <= 0.97


@pytest.mark.parametrize("n", TABLE)
def test_the_reference_says_what_was_measured(n: int) -> None:
    measured = [100 * coverage(name, n) for name in COMMON]
    assert measured == pytest.approx(list(TABLE[n]), abs=0.6)


def test_the_reference_prints_the_table(repository) -> None:
    text = (repository / "config/README.md").read_text()
    for n, row in TABLE.items():
        assert f"| {n} | {' | '.join(map(str, row))} |" in text


def judged(effect: float, n: int, side="above"):
    """The rule alone, for an effect in units of the margin, which is one standard deviation."""
    against = difference(Unit(Metric("Gap")), 1.0, side)
    found = [verdict(against, low, high, n) for low, high in effect + intervals("normal", n)]
    return {name: found.count(name) / len(found) for name in set(found)}


@pytest.mark.parametrize("n", [5, 10, 20])
def test_an_effect_of_just_the_margin_is_rarely_supported(n: int) -> None:
    assert judged(1.0, n)["supported"] <= 0.04


@pytest.mark.parametrize("n", [2, 3, 4])
def test_without_an_effect_few_seeds_decide_nothing(n: int) -> None:
    assert judged(0.0, n) == {"inconclusive": 1.0}


@pytest.mark.parametrize("n", [5, 10, 20])
def test_no_effect_is_rarely_contradicted_and_never_supported(n: int) -> None:
    shares = judged(0.0, n)
    assert shares["contradicted"] <= 0.04
    assert shares.get("supported", 0) == 0


@pytest.mark.parametrize(("n", "power"), [(10, 0.75), (20, 0.97)])
def test_an_effect_of_twice_the_margin_is_mostly_supported(n: int, power: float) -> None:
    shares = judged(2.0, n)
    assert shares["supported"] >= power
    assert "contradicted" not in shares


@pytest.mark.parametrize("effect", [-1.0, 1.0])
def test_an_effect_of_just_the_margin_is_rarely_equivalent_and_rarely_not(effect: float) -> None:
    shares = judged(effect, 20, "within")
    assert shares["supported"] <= 0.04
    assert shares["contradicted"] <= 0.04


def test_no_effect_is_mostly_equivalent() -> None:
    shares = judged(0.0, 20, "within")
    assert shares["supported"] >= 0.95


# What the sample can't show


def test_rare_failures_give_no_false_certainty_though_their_interval_is_narrow() -> None:
    for failures, alone in (("1 in 10 fails", 0.35), ("1 in 20 fails", 0.61)):
        assert within(intervals(failures, 10)) == pytest.approx(alone, abs=0.02)
        assert verdicts(failures, 10).get("negligible", 0) == 0
        assert verdicts(failures, 10, side="within").get("supported", 0) == 0
    assert verdicts("1 in 10 fails", 29)["negligible"] <= 0.06


def test_diverged_seeds_are_counted_by_exact_intervals() -> None:
    assert within(mean_intervals(list(diverging(0.05, 10))), 0.02) == pytest.approx(0.61, abs=0.02)
    for rate in (0.05, 0.1, 0.3):
        found, covered = shares(rate, 10, experiments=500)
        assert found.get("negligible", 0) == 0
        assert covered >= 0.95


def test_typical_seeds_can_be_the_same_with_ten_where_a_mean_needs_29() -> None:
    how = {"experiments": 500}
    for statistic, power in (("mean", 0), ("iqm", 0.97), ("median", 0.93)):
        found = verdicts("normal", 10, statistic=statistic, **how)
        assert found.get("negligible", 0) >= power
        assert statistic != "mean" or "negligible" not in found
    assert verdicts("normal", 29, **how)["negligible"] >= 0.99


@pytest.mark.parametrize("statistic", ["iqm", "median"])
def test_the_centre_of_typical_seeds_is_covered_where_seeds_fail(statistic) -> None:
    for name in BAD[3:]:
        assert coverage(name, 10, statistic, experiments=1000) >= 0.91


def test_a_quarter_of_the_margin_the_other_way_is_not_contradicted_in_40_seeds() -> None:
    found = verdicts("normal", 40, shift=-0.25 * MARGIN, experiments=500)
    assert found == {"negligible": 1.0}


def test_corrections_keep_all_verdicts_of_a_family_right() -> None:
    assert wrong_in_families("none", 100)[0] >= 0.5
    assert wrong_in_families("holm", 100)[0] <= 0.05
    assert wrong_in_families("benjamini_hochberg", 100)[0] <= 0.05


def test_the_page_of_statistics_prints_what_is_measured(repository) -> None:
    text = (repository / "docs/explanation/statistics.md").read_text()
    for names in (COMMON, BAD):
        row = [f"{100 * coverage(name, 10):.0f}" for name in names]
        assert f"| 10 | {' | '.join(row)} |" in text
    for failures in BAD[3:5]:
        alone = f"{100 * within(intervals(failures, 10)):.0f}"
        assert f"| 10 | {failures} | {alone} | 0 |" in text


def test_the_command_prints_every_table(repository, capsys) -> None:
    main(["20"])
    printed = capsys.readouterr().out
    text = (repository / "docs/explanation/statistics.md").read_text()
    heads = [line for line in printed.splitlines() if line.startswith(("| seeds", "| c"))]
    assert len(heads) == 8
    assert [head for head in heads if head not in text] == []
    assert "naive, looks at 10, 20, 40, 80" in printed

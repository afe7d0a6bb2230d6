from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from overfit.claims.verdict import Effect, Unit
from overfit.metrics.table import Metric
from overfit.report.interval import INSET, WIDTH, interval_plot
from tests.claims.studies import an_effect

A_RATIO = Effect(Unit(Metric("Ratio")), 1.0, (1 / 1.1, 1.1), "above", "", log=True)
A_SHARE = Effect(Unit(Metric("Share")), 0.5, (0.3, 0.7), "above", "")


def test_positions_are_proportional_to_values():
    plot = interval_plot(-0.04, -0.06, -0.03, an_effect(side="below"))
    assert plot is not None
    per_unit = (WIDTH - 2 * INSET) / 0.08  # from -0.06 to the margin's upper end
    assert plot.low == INSET
    assert plot.margin_high == WIDTH - INSET
    for position, value in [(plot.estimate, -0.04), (plot.high, -0.03), (plot.null, 0.0)]:
        assert math.isclose(position, INSET + (value + 0.06) * per_unit, abs_tol=0.01)


def test_a_ratio_is_drawn_on_the_logarithmic_scale_around_1():
    plot = interval_plot(1.2, 1.0, 1.44, A_RATIO)
    assert plot is not None
    assert plot.null == plot.low
    assert math.isclose(plot.estimate - plot.low, plot.high - plot.estimate, abs_tol=0.02)
    assert math.isclose(plot.null - plot.margin_low, plot.margin_high - plot.null, abs_tol=0.02)


def test_a_share_is_drawn_around_one_half():
    plot = interval_plot(0.5, 0.3, 0.7, A_SHARE)
    assert plot is not None
    assert plot.null == plot.estimate == WIDTH / 2
    assert (plot.margin_low, plot.margin_high) == (plot.low, plot.high)


def test_the_expected_region_begins_at_the_margin_and_ends_at_the_edge():
    below = interval_plot(0.01, 0.0, 0.02, an_effect(side="below"))
    above = interval_plot(0.01, 0.0, 0.02, an_effect(side="above"))
    assert below is not None
    assert above is not None
    assert (below.expected_from, below.expected_to) == (0.0, below.margin_low)
    assert (above.expected_from, above.expected_to) == (above.margin_high, WIDTH)


def test_the_expected_region_of_equivalence_is_the_band():
    plot = interval_plot(0.01, 0.0, 0.02, an_effect(side="within"))
    assert plot is not None
    assert plot.within
    assert (plot.expected_from, plot.expected_to) == (plot.margin_low, plot.margin_high)


def test_no_interval_no_plot():
    assert interval_plot(0.1, math.nan, math.nan, an_effect()) is None


finite = st.floats(-1e6, 1e6)


@given(st.tuples(finite, finite, finite).map(sorted), st.floats(1e-6, 1e3))
def test_everything_is_inside_and_in_order(values, margin):
    low, estimate, high = values
    plot = interval_plot(estimate, low, high, an_effect(margin=margin))
    assert plot is not None
    assert 0 <= plot.low <= plot.estimate <= plot.high <= WIDTH
    assert 0 <= plot.margin_low <= plot.null <= plot.margin_high <= WIDTH
    assert (plot.low > plot.margin_high) <= (low > margin)  # a drawn verdict is a true one

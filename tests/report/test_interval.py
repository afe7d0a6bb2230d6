from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from overfit.report.interval import INSET, WIDTH, interval_plot


def test_positions_are_proportional_to_values():
    plot = interval_plot(-0.04, -0.06, -0.03, margin=0.02, expect="below")
    assert plot is not None
    per_unit = (WIDTH - 2 * INSET) / 0.08  # from -0.06 to the margin's upper end
    assert plot.low == INSET
    assert plot.margin_high == WIDTH - INSET
    for position, value in [(plot.estimate, -0.04), (plot.high, -0.03), (plot.zero, 0.0)]:
        assert math.isclose(position, INSET + (value + 0.06) * per_unit, abs_tol=0.01)


def test_the_expected_region_begins_at_the_margin_and_ends_at_the_edge():
    below = interval_plot(0.01, 0.0, 0.02, margin=0.02, expect="below")
    above = interval_plot(0.01, 0.0, 0.02, margin=0.02, expect="above")
    assert below is not None
    assert above is not None
    assert (below.expected_from, below.expected_to) == (0.0, below.margin_low)
    assert (above.expected_from, above.expected_to) == (above.margin_high, WIDTH)


def test_no_interval_no_plot():
    assert interval_plot(0.1, math.nan, math.nan, margin=0.02, expect="above") is None


finite = st.floats(-1e6, 1e6)


@given(st.tuples(finite, finite, finite).map(sorted), st.floats(1e-6, 1e3))
def test_everything_is_inside_and_in_order(values, margin):
    low, estimate, high = values
    plot = interval_plot(estimate, low, high, margin=margin, expect="above")
    assert plot is not None
    assert 0 <= plot.low <= plot.estimate <= plot.high <= WIDTH
    assert 0 <= plot.margin_low <= plot.zero <= plot.margin_high <= WIDTH
    assert (plot.low > plot.margin_high) <= (low > margin)  # a drawn verdict is a true one

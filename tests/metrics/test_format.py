"""How numbers are written, by examples and by what holds of every number."""

from __future__ import annotations

import math
import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from overfit.metrics.format import MINUS, duration, number, p_value, setting, settings
from overfit.metrics.table import metric

NUMBERS = st.floats(-1e300, 1e300).filter(lambda x: x == 0 or abs(x) > 1e-300)
DIGITS = st.integers(2, 15)
NEIGHBOURS = st.integers(0, 40).map(lambda step: 0.1 * (1 + step * 2.0**-52))
"""Numbers of which some are as near to each other as floats can be."""
POWER = re.compile("(?:(.*)×)?10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)$")
ASCII = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")


def shown(text: str) -> float:
    """The number that a text shows."""
    negative = text.startswith(MINUS)
    size = text.lstrip(MINUS + "+").replace(",", "")
    if power := POWER.match(size):
        size = f"{power[1] or 1}e{power[2].translate(ASCII)}"
    return -float(size) if negative else float(size)


def rounded(value: float, digits: int) -> float:
    return float(f"{value:.{digits - 1}e}")


@given(NUMBERS, DIGITS)
def test_settings_show_the_number_rounded_to_significant_digits(value, digits) -> None:
    assert shown(setting(value, digits)) == rounded(value, digits)


@given(NUMBERS, DIGITS)
def test_measured_numbers_are_as_near_as_their_digits_say(value, digits) -> None:
    text = number(value, digits=digits)
    assert shown(text) == pytest.approx(value, rel=0.51 * 10 ** (1 - digits))


@given(NUMBERS, NUMBERS, DIGITS)
def test_numbers_that_differ_in_these_digits_are_told_apart(one, other, digits) -> None:
    assume(rounded(one, digits) != rounded(other, digits))
    assert setting(one, digits) != setting(other, digits)
    assert number(one, digits=digits) != number(other, digits=digits)


@given(st.lists(NUMBERS, unique=True, max_size=6) | st.lists(NEIGHBOURS, max_size=6), DIGITS)
def test_points_that_differ_have_different_texts_that_are_as_near_as_they_say(points, digits):
    texts = settings(points, digits)
    assert len(set(texts)) == len(set(points))
    for point, text in zip(points, texts, strict=True):
        nearest = min((abs(point - other) for other in points if other != point), default=math.inf)
        assert abs(shown(text) - point) <= nearest / 20
        assert shown(text) == pytest.approx(point, rel=0.51 * 10 ** (1 - digits))


def test_points_have_no_more_digits_than_tell_them_apart() -> None:
    assert settings([0.99, 0.999, 0.9999], 3) == ["0.99", "0.999", "0.9999"]
    assert settings([0.1234, 0.1235], 3) == ["0.1234", "0.1235"]
    assert settings([0.123456, 0.5, True, "he"], 3) == ["0.123", "0.5", "on", "he"]
    assert settings([0, 0.9999], 3) == ["0", "0.9999"]
    assert setting([0.99991, 0.99992]) == "0.99991, 0.99992"


def test_large_numbers_with_fixed_decimals_have_powers_of_ten() -> None:
    assert number(123456789.0, decimals=1) == "123,456,789.0"
    assert number(-9e29, decimals=1) == f"{MINUS}9.00×10²⁹"


@given(NUMBERS, st.none() | st.integers(0, 4))
def test_signs_are_real_ones_and_zero_has_none(value, decimals) -> None:
    plain, signed = number(value, decimals=decimals), number(value, decimals=decimals, plus=True)
    assert "-" not in plain + setting(value)
    zero = not re.search("[1-9]", plain)
    assert plain.startswith(MINUS) == (value < 0 and not zero)
    assert signed == ("+" + plain if value > 0 and not zero else plain)


@given(NUMBERS, st.none() | st.integers(0, 4))
def test_the_opposite_number_is_the_same_text_with_the_other_sign(value, decimals) -> None:
    one, other = number(value, decimals=decimals), number(-value, decimals=decimals)
    assert one.lstrip(MINUS) == other.lstrip(MINUS)


@given(st.integers())
def test_whole_numbers_are_written_whole(value) -> None:
    assert int(setting(value).replace(MINUS, "-")) == value


@pytest.mark.parametrize(
    ("value", "measured", "exact"),
    [
        (0.0, "0.00", "0"),
        (2.0, "2.00", "2"),
        (1e-5, "1.00×10⁻⁵", "10⁻⁵"),
        (2.5e-7, "2.50×10⁻⁷", "2.5×10⁻⁷"),
        (0.0001, "0.000100", "0.0001"),
        (99_999.9, "1.00×10⁵", "10⁵"),
        (5971.3, "5,971", "5971"),
        (0.06309573, "0.0631", "0.0631"),
        (-0.5, "−0.500", "−0.5"),
        (math.inf, "∞", "∞"),
    ],
)
def test_measured_numbers_keep_their_zeros_and_settings_do_not(value, measured, exact) -> None:
    assert number(value) == measured
    assert setting(value) == exact


@pytest.mark.parametrize(
    ("name", "stored", "value", "difference"),
    [
        ("test_accuracy", 0.8725, "87.2", "+87.2"),
        ("gap", -0.0432, "−4.3", "−4.3"),
        ("gap", 0.0001, "0.0", "0.0"),
        ("gap", -0.0001, "0.0", "0.0"),
        ("updates_to_90", 1234.4, "1,234", "+1,234"),
        ("test_loss", 0.45678, "0.457", "+0.457"),
        ("test_loss", 120.0, "120", "+120"),
        ("test_loss", 0.0000123, "1.23×10⁻⁵", "+1.23×10⁻⁵"),
        ("test_loss", 0.0, "0.00", "0.00"),
        ("weights.zeros.all", 0.25, "25.0", "+25.0"),
        ("weights.q95.1", -0.5, "−0.500", "−0.500"),
        ("weight_norm", 2.5, "2.50", "+2.50"),
        ("gap", math.nan, "–", "–"),
    ],
)
def test_values_are_worded_in_the_units_of_their_metric(name, stored, value, difference):
    wording = metric(name)
    assert wording.value(stored) == value
    assert wording.difference(stored) == difference


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("weights.l2_norm.2", "Norm of the weights, layer 2"),
        ("weights.q05.1", "5\N{NO-BREAK SPACE}% quantile of the weights, layer 1"),
        ("gradients.gradient_norm.all", "Gradient norm, all layers"),
    ],
)
def test_metrics_of_probes_are_named_by_quantity_and_layer(name, label):
    assert metric(name).label == label


@pytest.mark.parametrize(
    ("p", "text"),
    [(0.0, "<0.001"), (0.0021, "0.002"), (0.052, "0.052"), (0.81, "0.81"), (math.nan, "–")],
)
def test_p_values_are_never_zero(p, text):
    assert p_value(p) == text


@pytest.mark.parametrize(
    ("seconds", "text"), [(4.24, "4.2 s"), (200, "3 min 20 s"), (7380, "2 h 3 min")]
)
def test_durations_use_their_two_largest_units(seconds, text):
    assert duration(seconds) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ([100] * 6, "6 × 100"),
        ([100], "100"),
        ([1.0, 0.1], "1, 0.1"),
        ([10.0**-i for i in range(16)], "16 values: 1, 0.1, 0.01, …, 10⁻¹⁵"),
        (True, "on"),
        (None, "none"),
        (0.5411695265464637, "0.5412"),
        ("relu", "relu"),
    ],
)
def test_settings_are_written_as_a_person_would(value, text):
    assert setting(value) == text

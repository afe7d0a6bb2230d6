from __future__ import annotations

import math

import pytest

from overfit.metrics.format import duration, p_value, setting
from overfit.metrics.table import metric


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

import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from overfit.figures.wording import listed, point, quantity, scientific, wrapped


def test_wrapped_lines_are_of_about_equal_length() -> None:
    assert wrapped("Batch norm + dropout 0.2", 22) == "Batch norm +\ndropout 0.2"
    assert wrapped("Baseline", 22) == "Baseline"


@given(st.text("ab ", max_size=80), st.integers(3, 30))
def test_wrapping_keeps_the_words_the_width_and_the_number_of_lines(text: str, width: int) -> None:
    lines = wrapped(text, width).split("\n")
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert max(map(len, lines)) <= width
    assert len(lines) == max(1, len(textwrap.wrap(text, width)))


@pytest.mark.parametrize(
    ("metric", "value", "text"),
    [
        ("test_accuracy", 74.449, "74.4"),
        ("gap", -0.04, "0.0"),
        ("gap", -7.25, "−7.2"),
        ("train_loss", 0.00123456, "0.00123"),
        ("updates_to_90", 1234.5, "1,234"),
        ("something_new", 2.0, "2.00"),
    ],
)
def test_values_have_sensible_digits_and_a_real_minus(metric, value, text) -> None:
    assert quantity(metric).text(value) == text


def test_differences_have_a_sign_unless_they_are_zero() -> None:
    assert quantity("gap").text(1.25, sign="+") == "+1.2"
    assert quantity("gap").text(0.01, sign="+") == "0.0"


def test_points_and_hyperparameters_are_short() -> None:
    assert point("model.init.std", 0.06309573) == "std 0.0631"
    assert point("model.init", "he") == "init he"
    assert scientific(8.3e-3) == "8.3×10⁻³"
    assert scientific("relu") == "relu"


def test_lists_read_as_a_sentence() -> None:
    assert [listed(["a", "b", "c"][:n]) for n in (1, 2, 3)] == ["a", "a and b", "a, b and c"]

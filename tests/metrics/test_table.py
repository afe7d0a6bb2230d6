import pytest

from overfit.metrics.table import metric


@pytest.mark.parametrize(
    ("name", "scaled", "text"),
    [
        ("test_accuracy", 74.449, "74.4"),
        ("gap", -0.04, "0.0"),
        ("gap", -7.25, "−7.2"),
        ("train_loss", 0.00123456, "0.00123"),
        ("train_loss", 120.0, "120"),
        ("train_loss", 5971.3, "5,971"),
        ("train_loss", 5.97e7, "5.97×10⁷"),
        ("updates_to_90", 1234.5, "1,234"),
        ("something_new", 2.0, "2.00"),
    ],
)
def test_values_have_sensible_digits_and_a_real_minus(name, scaled, text) -> None:
    assert metric(name).text(scaled) == text


def test_differences_have_a_sign_unless_they_are_zero() -> None:
    assert metric("gap").text(1.25, sign="+") == "+1.2"
    assert metric("gap").text(0.01, sign="+") == "0.0"


@pytest.mark.parametrize(
    ("name", "axis"),
    [
        ("test_accuracy", "Test accuracy (%)"),
        ("validation_loss", "Validation loss (nats)"),
        ("updates_to_90", "Updates to 90\N{NO-BREAK SPACE}%"),
        ("gap@train_accuracy=0.95", "Gap (points) at 95\N{NO-BREAK SPACE}% training accuracy"),
        ("test_loss@train_loss=1.0e-3", "Test loss (nats) at training loss 0.001"),
        ("weights.rms.1@train_loss=0.1", "Root mean square weight, layer 1 at training loss 0.1"),
        ("weights.zeros.all", "Exact zeros, all layers (%)"),
        ("weights.rms.1", "Root mean square weight, layer 1"),
        ("weights.q05.2", "5\N{NO-BREAK SPACE}% quantile of the weights, layer 2"),
        ("gradients.some_thing.0", "Some thing, all layers"),
    ],
)
def test_axes_carry_names_and_units_probes_included(name, axis) -> None:
    assert metric(name).axis == axis


@pytest.mark.parametrize(
    ("name", "way", "text"),
    [
        ("test_accuracy", "above", "Test accuracy is higher"),
        ("gap", "same", "The gap is about the same"),
        ("test_loss_rise", "below", "The rise of the test loss is lower"),
        ("updates_to_90", "below", "There are fewer updates to 90\N{NO-BREAK SPACE}%"),
        ("weights.small.2", "above", "There are more weights below 0.001 in layer 2"),
        ("weights.rms.all", "above", "Root mean square weight in all layers is higher"),
        ("diverged", "same", "There are about as many diverged seeds"),
    ],
)
def test_comparisons_are_sentences_also_of_plurals_and_of_layers(name, way, text) -> None:
    assert metric(name).compared(way) == text

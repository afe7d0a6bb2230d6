import textwrap

from hypothesis import given
from hypothesis import strategies as st

from overfit.figures.words import (
    listed,
    point,
    point_texts,
    report_labels,
    titled,
    wrapped,
)
from tests.written import experiment


def test_wrapped_lines_are_of_about_equal_length() -> None:
    assert wrapped("Batch norm + dropout 0.2", 22) == "Batch norm +\ndropout 0.2"
    assert wrapped("Baseline", 22) == "Baseline"


@given(st.text("ab ", max_size=80), st.integers(3, 30))
def test_wrapping_keeps_the_words_the_width_and_the_number_of_lines(text: str, width: int) -> None:
    lines = wrapped(text, width).split("\n")
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert max(map(len, lines)) <= width
    assert len(lines) == max(1, len(textwrap.wrap(text, width)))


def test_points_and_hyperparameters_are_short() -> None:
    grid = {"model.init.std": [0.06309573, 1.0], "model.activation": ["relu", "tanh"]}
    known = experiment({"a": {}}, grid=grid)
    assert point(known, "model.init.std", 0.06309573) == "weight scale 0.0631"
    assert point(known, "model.activation", "tanh") == "activation tanh"
    assert point_texts([0.0, 1000.0, 1e-05, 2.5e-07, -0.5, 300, True]) == [
        "0", "1000", "10⁻⁵", "2.5×10⁻⁷", "−0.5", "300", "on"
    ]  # fmt: skip


def test_a_point_is_named_as_people_say_it() -> None:
    known = experiment({"a": {}}, grid={"dropout.rate": [0.15, 0.3]})
    assert point(known, "dropout.rate", 0.15) == "dropout rate 0.15"
    known = experiment({"a": {}}, grid={"model.depth": [1, 3]})
    assert [point(known, "model.depth", n) for n in (1, 3)] == ["1 hidden layer", "3 hidden layers"]


def test_a_number_and_its_percent_sign_are_on_one_line() -> None:
    for width in range(8, 30):
        assert "\n%" not in wrapped("Training accuracy is higher than 97.0 %, by 3.0 points", width)


def test_points_that_differ_in_their_fifth_digit_are_told_apart() -> None:
    momenta, rates = [0.99, 0.999, 0.9999], [0.1234, 0.1235, 0.5]
    grid = {"train.optimizer.momentum": momenta, "train.optimizer.lr": rates}
    base = {"train": {"optimizer": {"name": "momentum", "lr": 0.1}}}
    known = experiment({"a": {}}, base=base, grid=grid)
    shown = [titled(known, "train.optimizer.lr", rate) for rate in rates]
    assert shown == ["Learning rate 0.1234", "Learning rate 0.1235", "Learning rate 0.5"]
    axis = "train.optimizer.momentum"
    points = [point(known, axis, momentum) for momentum in momenta]
    assert points == ["momentum 0.99", "momentum 0.999", "momentum 0.9999"]


def test_lists_read_as_a_sentence() -> None:
    assert [listed(["a", "b", "c"][:n]) for n in (1, 2, 3)] == ["a", "a and b", "a, b and c"]


def labels(**figure):
    known = experiment(
        {name: {"penalty": {"l2": i / 100}} for i, name in enumerate("abcdef")},
        figures=[figure],
        probes=["activations"],
    )
    return report_labels(known, known.figures[0])


def test_a_figure_is_labelled_by_kind_name_variants_and_metrics():
    names = {"baseline": "a", "variants": ["b", "c"], "metrics": ["gap", "test_accuracy"]}
    assert labels(kind="paired_differences", name="gaps", **names) == {
        "kind": "paired differences",
        "name": "gaps",
        "variant": "b, c",
        "metric": "Gap, Test accuracy",
    }


def test_of_many_variants_a_label_names_four():
    found = labels(kind="learning_curves")
    assert (found["variant"], found["metric"]) == ("a, b, c, d and 2 more", "accuracy")


def test_a_label_names_a_quantity():
    found = labels(kind="probe_curves", quantity="activation_std", variants=["c"])
    assert (found["variant"], found["metric"]) == ("c", "activation std")

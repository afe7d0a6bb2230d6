"""Titles that say what was found on a claim."""

from dataclasses import replace

import pytest

from overfit import figures
from overfit.claims.claim import Claim
from overfit.claims.table import decide
from overfit.claims.wording import found
from overfit.figures.data import metrics_of
from overfit.metrics.tables import write_table
from overfit.results import Results
from tests.figures.conftest import Case, regularizers
from tests.figures.synthetic import figure


def titled(folder, margin=0.01, **options):
    """A figure of a claim that expects the opposite of what is found, and its title."""
    test = {"difference": "test_accuracy", "of": "dropout", "minus": "baseline",
            "expect": "below", "margin": margin}  # fmt: skip
    claim = Claim.model_validate({"id": "worse", "says": "Dropout tests worse.", "test": test})
    example = replace(regularizers(folder, **options), claims=(claim,))
    results = Results(folder)
    metrics = metrics_of(example, results)
    write_table(decide([claim], metrics), results.experiment(example.name).claims)
    options = {"metrics": ["test_accuracy"], "baseline": "baseline", "claim": "worse"}
    case = Case(example, figure("comparison", **options), results)
    drawn = figures.draw(*case)
    titles = [text.get_text() for text in drawn.texts if text.get_gid() == "title"]
    return case, drawn, " ".join(" ".join(titles).split())


def test_a_title_says_what_was_found_and_not_what_was_expected(tmp_path) -> None:
    case, drawn, title = titled(tmp_path)
    assert title.startswith("Test accuracy is higher with Dropout 0.2 than with Baseline, by 3.7")
    assert title.endswith("points")
    plain = figures.draw(
        case.experiment, case.figure.model_copy(update={"claim": None}), case.results
    )
    assert drawn.get_figheight() > plain.get_figheight()
    (text,) = [text for text in drawn.texts if text.get_gid() == "title"]
    drawn.draw_without_rendering()
    axes = drawn.axes[0].get_tightbbox()
    assert text.get_window_extent().y0 >= axes.y1
    assert drawn.axes[0].get_window_extent().height == pytest.approx(_height(plain), rel=0.03)


def _height(drawn):
    drawn.draw_without_rendering()
    return drawn.axes[0].get_window_extent().height


def test_an_undecided_claim_gives_no_title(tmp_path) -> None:
    assert titled(tmp_path, seeds=4)[2] == ""


def test_the_figure_gets_the_claim_and_its_table_but_no_words(tmp_path) -> None:
    case, *_ = titled(tmp_path)
    drawn = case.experiment.without_words(case.figure)
    assert [claim.says for claim in drawn.claims] == [""]
    assert case.experiment.without_words(figure("learning_curves")).claims == ()


def test_names_that_begin_with_with_are_not_told_twice(tmp_path) -> None:
    example = regularizers(tmp_path)
    labels = example.labels | {"baseline": "Without dropout", "dropout": "With dropout"}
    test = {"difference": "gap", "of": "dropout", "minus": "baseline", "expect": "below",
            "margin": 0.02}  # fmt: skip
    claim = Claim.model_validate({"id": "gap", "says": "It does.", "test": test})
    told = found(claim.test, replace(example, labels=labels), "supported", (-0.05, -0.06, -0.04))
    assert " with dropout than without dropout, by 5.0 [4.0, 6.0] points" in told


def test_a_supported_equivalence_is_told_as_no_difference(tmp_path) -> None:
    example = regularizers(tmp_path)
    test = {"equivalent": "gap", "of": "dropout", "minus": "baseline", "margin": 0.02}
    claim = Claim.model_validate({"id": "gap", "says": "It does not matter.", "test": test})
    told = found(claim.test, example, "supported", (-0.001, -0.005, 0.007))
    assert "lower" not in told
    assert "smaller" not in told
    assert "−0.1 [−0.5, 0.7] points" in told

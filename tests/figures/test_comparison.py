import numpy as np
import pytest

from overfit import figures
from overfit.figures.data import metrics_of
from overfit.metrics.summary import summarize
from overfit.results import Results
from tests.claims.studies import paired_differences
from tests.figures.conftest import regularizers
from tests.figures.synthetic import figure

pytestmark = pytest.mark.xdist_group("comparison")

FIGURE = figure("comparison", metrics=["test_accuracy", "gap"], baseline="baseline")


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    folder = tmp_path_factory.mktemp("regularizers")
    example = regularizers(folder)
    metrics = metrics_of(example, Results(folder))
    return figures.draw(example, FIGURE, Results(folder)), example, metrics


def intervals(axes):
    return [line.get_xdata() for line in axes.lines if line.get_gid() == "interval"]


def means(axes):
    return [line.get_xdata()[0] for line in axes.lines if len(line.get_xdata()) == 1]


ORDER = ["searched", "batch_norm", "dropout", "l2", "baseline"]


def test_means_and_intervals_are_those_of_the_summary_from_the_best(drawn) -> None:
    figure, example, metrics = drawn
    summary = summarize(metrics).set_index(["metric", "variant"])
    for axes, metric in zip(figure.axes, ("test_accuracy", "gap"), strict=True):
        rows = 100 * summary.loc[metric].loc[ORDER]
        np.testing.assert_allclose(means(axes), rows["mean"])
        np.testing.assert_allclose(intervals(axes), rows[["ci_low", "ci_high"]])
    labels = [text.get_text().replace("\n", " ") for text in figure.axes[0].get_yticklabels()]
    assert labels == [example.labels[variant] for variant in ORDER]


def test_rows_can_be_in_the_order_of_the_file(tmp_path) -> None:
    example = regularizers(tmp_path)
    drawn = figures.draw(example, FIGURE.model_copy(update={"order": "file"}), Results(tmp_path))
    labels = [text.get_text().replace("\n", " ") for text in drawn.axes[0].get_yticklabels()]
    assert labels == list(example.labels.values())


def test_every_seed_is_a_dot(drawn) -> None:
    figure, example, metrics = drawn
    dots = [collection.get_offsets()[:, 0] for collection in figure.axes[0].collections]
    assert len(dots) == len(example.labels)
    for variant, row in zip(ORDER, dots, strict=True):
        chosen = (metrics["variant"] == variant) & (metrics["metric"] == "test_accuracy")
        np.testing.assert_allclose(sorted(row), sorted(100 * metrics.loc[chosen, "value"]))


def test_differences_from_the_baseline_are_paired_numbers_below_the_means(drawn) -> None:
    figure, _, metrics = drawn
    texts = [text.get_text() for text in figure.axes[1].texts]
    for row, variant in enumerate(ORDER[:-1]):
        test = {"difference": "gap", "of": variant, "minus": "baseline"}
        expected = 100 * paired_differences(metrics, test).mean()
        shown = texts[2 * row + 1].replace("−", "-")
        assert shown.startswith(f"{expected:+.1f} [")
    (line,) = [line for line in figure.axes[1].lines if line.get_gid() == "base"]
    assert line.get_xdata()[0] == pytest.approx(means(figure.axes[1])[-1])


def test_variants_look_different_and_the_same_in_all_panels(drawn) -> None:
    figure, _, _ = drawn

    def looks(axes):
        return [
            (line.get_color(), line.get_marker())
            for line in axes.lines
            if len(line.get_xdata()) == 1
        ]

    assert looks(figure.axes[0]) == looks(figure.axes[1])
    assert len(set(looks(figure.axes[0]))) == 5


def test_missing_seeds_and_diverged_variants_are_said(comparison) -> None:
    """A diverged seed has an accuracy, that of the untrained network, but no gap."""
    drawn = comparison.drawn()
    variants = [text.get_text().split("\n")[-1] for text in drawn.axes[0].get_yticklabels()]
    assert variants.count("(2 diverged)") == variants.count("(10 diverged)") == 1
    accuracy, gap = ([text.get_text() for text in drawn.axes[i].texts] for i in (0, 2))
    assert sum(text.endswith("(n = 8)") for text in gap) == 1
    assert gap.count("diverged") == 1
    assert not any("n = " in text or text == "diverged" for text in accuracy)

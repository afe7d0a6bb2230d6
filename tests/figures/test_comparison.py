import numpy as np
import pytest

from overfit import figures
from overfit.metrics.analysis import read_metrics, summarize
from tests.claims.studies import paired_differences
from tests.figures.conftest import regularizers
from tests.figures.synthetic import experiment, figure

FIGURE = figure("comparison", metrics=["test_accuracy", "gap"], baseline="baseline")


@pytest.fixture
def drawn(tmp_path):
    plan = regularizers(tmp_path)
    metrics = read_metrics(tmp_path / "experiments" / "example" / "metrics.csv")
    return figures.draw(plan, FIGURE, tmp_path), plan, metrics


def intervals(axes):
    return [line.get_xdata() for line in axes.lines if line.get_marker() == "|"]


def means(axes):
    return [line.get_xdata()[0] for line in axes.lines if len(line.get_xdata()) == 1]


def test_means_and_intervals_are_those_of_the_summary(drawn) -> None:
    figure, plan, metrics = drawn
    summary = summarize(metrics).set_index(["metric", "variant"])
    for axes, metric in zip(figure.axes[:2], ("test_accuracy", "gap"), strict=True):
        rows = 100 * summary.loc[metric].loc[list(plan["variants"])]
        np.testing.assert_allclose(means(axes), rows["mean"])
        np.testing.assert_allclose(intervals(axes), rows[["ci_low", "ci_high"]])


def test_every_seed_is_a_dot(drawn) -> None:
    figure, plan, metrics = drawn
    dots = [collection.get_offsets()[:, 0] for collection in figure.axes[0].collections]
    assert len(dots) == len(plan["variants"])
    for variant, row in zip(plan["variants"], dots, strict=True):
        chosen = (metrics["variant"] == variant) & (metrics["metric"] == "test_accuracy")
        np.testing.assert_allclose(sorted(row), sorted(100 * metrics.loc[chosen, "value"]))


def test_differences_are_paired_and_leave_out_the_baseline(drawn) -> None:
    figure, plan, metrics = drawn
    others = [variant for variant in plan["variants"] if variant != "baseline"]
    expected = [
        100
        * paired_differences(
            metrics, {"difference": "gap", "of": variant, "minus": "baseline"}
        ).mean()
        for variant in others
    ]
    np.testing.assert_allclose(means(figure.axes[3]), expected)
    labels = [text.get_text().replace("\n", " ") for text in figure.axes[2].get_yticklabels()]
    assert labels == [plan["variants"][variant]["label"] for variant in others]


def test_variant_looks_the_same_above_and_below(drawn) -> None:
    figure, _, _ = drawn

    def looks(axes):
        return [
            (line.get_color(), line.get_marker())
            for line in axes.lines
            if len(line.get_xdata()) == 1
        ]

    assert looks(figure.axes[2]) == looks(figure.axes[0])[1:]
    assert len(set(looks(figure.axes[0]))) == 5


def test_missing_seeds_and_diverged_variants_are_said(comparison) -> None:
    """A diverged seed has an accuracy, that of the untrained network, but no gap."""
    drawn = figures.draw(*comparison)
    variants = [text.get_text().split("\n")[-1] for text in drawn.axes[0].get_yticklabels()]
    assert variants.count("(2 diverged)") == variants.count("(10 diverged)") == 1
    accuracy, gap = ([text.get_text() for text in drawn.axes[i].texts] for i in (0, 2))
    assert sum(text.endswith("(n = 8)") for text in gap) == 1
    assert gap.count("diverged") == 1
    assert not any("n = " in text or text == "diverged" for text in accuracy)


def test_one_seed_is_drawn_without_interval(tmp_path) -> None:
    plan = regularizers(tmp_path, 2, seeds=1, points=4)
    axes = figures.draw(plan, FIGURE, tmp_path).axes[0]
    assert np.isnan(intervals(axes)).all()
    assert len(axes.texts) == 2


def test_grid_is_refused(tmp_path) -> None:
    plan = experiment(
        tmp_path,
        {"baseline": "B", "a": "A"},
        lambda *_: (1, 0.7),
        grid={"data.train": [1, 2]},
        seeds=1,
        points=2,
    )
    with pytest.raises(ValueError, match=r"comparison can't draw a grid \(data\.train\)"):
        figures.draw(plan, FIGURE, tmp_path)


def test_single_variant_and_too_many_metrics_are_refused(tmp_path) -> None:
    plan = regularizers(tmp_path, 1, seeds=1, points=2)
    with pytest.raises(ValueError, match="2 to 16 variants; there are 1"):
        figures.draw(plan, FIGURE, tmp_path)
    plan = regularizers(tmp_path / "two", 2, seeds=1, points=2)
    many = figure("comparison", metrics=["gap"] * 5, baseline="baseline")
    with pytest.raises(ValueError, match="up to 4 metrics, not 5"):
        figures.draw(plan, many, tmp_path / "two")

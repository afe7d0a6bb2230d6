import matplotlib as mpl
import numpy as np
import pytest
from scipy import stats

from overfit import figures
from overfit.figures.data import Estimate, estimates, metrics_of
from overfit.figures.kinds.metric_by_axis import point_scale
from overfit.figures.theme import MUTED, Style
from overfit.figures.toolkit import draw_estimates
from overfit.metrics.summary import summarize
from overfit.results import Results
from tests.figures.conftest import Case
from tests.figures.synthetic import experiment, figure

pytestmark = pytest.mark.xdist_group("on_a_grid")


def table(real):
    return metrics_of(real.experiment, real.results)


def lines(axes, gid="mean"):
    return [line for line in axes.lines if line.get_gid() == gid]


def test_lines_are_the_means_of_the_summary_in_the_order_of_the_axis(on_a_grid) -> None:
    drawn = on_a_grid.case("by_rate").drawn()
    summary = summarize(table(on_a_grid))
    for variant, line in zip(["dropout", "norm", "plain"], lines(drawn.axes[0]), strict=True):
        rows = summary[
            (summary["variant"] == variant)
            & (summary["metric"] == "test_accuracy")
            & (summary["penalty.l2"] == 0)
        ].sort_values("train.optimizer.lr")
        np.testing.assert_allclose(line.get_xdata(), rows["train.optimizer.lr"])
        np.testing.assert_allclose(line.get_ydata(), 100 * rows["mean"])


def test_a_line_relative_to_a_variant_is_the_mean_of_paired_differences(on_a_grid) -> None:
    drawn = on_a_grid.case("by_penalty").drawn()
    assert len(drawn.axes) == 2 * 4  # two metrics at four learning rates
    metrics = table(on_a_grid)
    rows = metrics[(metrics["metric"] == "train_accuracy") & (metrics["train.optimizer.lr"] == 0.1)]
    values = rows.pivot_table(index=["penalty.l2", "seed"], columns="variant", values="value")
    expected = 100 * (values["norm"] - values["plain"]).groupby("penalty.l2").mean()
    _, norm = lines(drawn.axes[1])
    np.testing.assert_allclose(norm.get_ydata(), expected)
    assert "minus Plain, seed by seed" in drawn.get_supxlabel()
    assert "Plain" not in [text.get_text() for text in drawn.legends[0].get_texts()]


def test_diverged_seeds_are_counted_in_a_row_of_text_for_each_line(on_a_grid) -> None:
    axes = on_a_grid.case("by_rate").drawn().axes[2]
    metrics = table(on_a_grid)
    there = metrics[metrics["penalty.l2"] == 0]
    counts = [text for text in axes.texts if text.get_gid() == "count"]
    shown = [text.get_text() for text in counts]
    rates = sorted(metrics["train.optimizer.lr"].unique())
    assert shown == [
        f"{bad['seed'].nunique()}/4"
        for variant in ("plain", "norm", "dropout")
        for rate in rates
        for bad in [
            there[
                (there["variant"] == variant)
                & (there["train.optimizer.lr"] == rate)
                & there["diverged"]
            ]
        ]
    ]
    assert {text.get_fontweight() for text in counts if text.get_text() != "0/4"} == {"bold"}
    assert not lines(axes)
    place = ("dropout", {"train.optimizer.lr": 1000, "penalty.l2": 0})
    (found,) = estimates(metrics, "diverged", [place])
    expected = stats.binomtest(found.diverged, 4).proportion_ci(method="wilson")
    np.testing.assert_allclose([found.low, found.high], [100 * expected.low, 100 * expected.high])


@pytest.fixture
def together(tmp_path) -> Case:
    """Four variants of which three have about the same test accuracy."""
    levels = {"a": 0.5, "b": 0.502, "c": 0.498, "d": 0.9}
    example = experiment(
        tmp_path, {name: f"Variant {name}" for name in levels},
        lambda variant, at: (1.0, levels[variant] - 0.04 * np.log10(at["train.optimizer.lr"])),
        grid={"train.optimizer.lr": [0.01 * 2**i for i in range(10)]}, seeds=12, points=2,
    )  # fmt: skip
    shown = figure("metric_by_axis", axis="train.optimizer.lr", metrics=["test_accuracy"])
    return Case(example, shown, Results(tmp_path))


def test_lines_that_coincide_are_grey_with_one_name(together) -> None:
    (axes,) = together.drawn().axes
    colours = [line.get_color() for line in lines(axes)]
    assert colours.count(MUTED) == 3
    names = [" ".join(text.get_text().split()) for text in axes.texts]
    assert sorted(names) == ["Variant a, Variant b and Variant c", "Variant d"]
    assert "coincide are grey" in figures.caption(*together[:2])


def test_a_metric_may_have_a_logarithmic_axis_and_the_others_stay_linear(on_a_grid) -> None:
    shown, asked, results = on_a_grid.case("by_rate")
    logarithmic = asked.model_copy(update={"log": ("updates_to_90",)})
    panels = figures.draw(shown, logarithmic, results).axes
    assert [axes.get_yscale() for axes in panels] == ["linear", "log", "linear"]
    as_before = figures.draw(shown, asked, results).axes
    assert {axes.get_yscale() for axes in as_before} == {"linear"}
    for own, other in zip(panels, as_before, strict=True):
        for line, peer in zip(lines(own), lines(other), strict=True):
            np.testing.assert_array_equal(line.get_ydata(), peer.get_ydata())


def test_of_many_points_only_seeds_far_from_the_others_are_dots() -> None:
    near = [0.1 * i for i in range(9)]
    found = [Estimate(np.sort([*near, 20.0]), 0, 1, 0, 0), Estimate(np.array(near), 0, 1, 0, 0)]
    (axes,) = [mpl.figure.Figure().subplots()]
    style = Style("#000000")
    draw_estimates(axes, [1, 2], found, style, errorbar=None, dots=0.0, far_only=True)
    (dots,) = [one for one in axes.collections if len(one.get_offsets())]
    assert dots.get_offsets().tolist() == [[1, 20.0]]


@pytest.mark.parametrize(("best", "pick"), [("highest", np.nanargmax), ("lowest", np.nanargmin)])
def test_a_ring_marks_the_best_mean_of_each_line(on_a_grid, best, pick) -> None:
    example, figure, results = on_a_grid.case("by_rate")
    figure = figure.model_copy(update={"best": {"test_accuracy": best}})
    first, second, _ = figures.draw(example, figure, results).axes
    rings = {line.get_markeredgecolor(): line.get_xydata() for line in lines(first, "best")}
    assert len(rings) == 3
    for line in lines(first):
        at = pick(line.get_ydata())
        np.testing.assert_allclose(rings[line.get_color()], [line.get_xydata()[at]])
    assert lines(second, "best") == []
    assert f"the {best} test accuracy" in figures.caption(example, figure)


def test_markers_are_hollow_where_seeds_diverged(on_a_grid) -> None:
    axes = on_a_grid.case("by_rate").drawn().axes[0]
    hollow = [line.get_xdata() for line in axes.lines if line.get_markerfacecolor() == "white"]
    assert [1000.0] in [list(x) for x in hollow]


def test_markers_are_hollow_where_seeds_never_reach_the_threshold(on_a_grid) -> None:
    metrics = table(on_a_grid)
    rows = metrics[(metrics["metric"] == "updates_to_90") & (metrics["penalty.l2"] == 0)]
    late = rows[rows["censored"] & ~rows["diverged"]]
    expected = {tuple(place) for place in late[["variant", "train.optimizer.lr"]].to_numpy()}
    axes = on_a_grid.case("by_rate").drawn().axes[1]
    hollow = [line for line in axes.lines if line.get_markerfacecolor() == "white"]
    variants = dict(zip(["dropout", "norm", "plain"], hollow, strict=True))
    found = {(variant, lr) for variant, line in variants.items() for lr in line.get_xdata()}
    assert expected
    assert expected <= found


def test_names_stand_at_the_ends_of_lines_in_their_colours(on_a_grid) -> None:
    shown, asked, results = on_a_grid.case("by_rate")
    two = asked.model_copy(update={"metrics": asked.metrics[:2]})
    drawn = figures.draw(shown, two, results)
    assert not drawn.legends
    axes = drawn.axes[0]
    names = {text.get_text().replace("\n", " "): text.get_color() for text in axes.texts}
    assert list(names) == ["Dropout 0.3", "With batch normalization", "Plain"]
    assert list(names.values()) == [line.get_color() for line in lines(axes)]


@pytest.mark.parametrize(("count", "shape"), [(1, (1, 1)), (2, (1, 2)), (3, (1, 3)), (4, (2, 2))])
def test_panels_of_several_metrics_are_side_by_side(on_a_grid, count, shape) -> None:
    shown, asked, results = on_a_grid.case("by_rate")
    metrics = ("test_accuracy", "updates_to_90", "diverged", "train_accuracy")[:count]
    drawn = figures.draw(shown, asked.model_copy(update={"metrics": metrics}), results)
    assert drawn.axes[0].get_subplotspec().get_gridspec().get_geometry() == shape
    assert len(drawn.axes) == count
    if count == 1:
        assert drawn.axes[0].get_ylabel() == "Test accuracy (%)"
    else:
        assert drawn.axes[0].get_title(loc="left") == "Test accuracy (%)"
        assert not drawn.axes[0].get_ylabel()
    keys = [text.get_text() for key in drawn.legends for text in key.get_texts()]
    assert keys == ([] if count < 3 else ["Plain", "With batch normalization", "Dropout 0.3"])
    if count > 2:  # rows of counts have the markers of the key
        markers = [line.get_marker() for line in drawn.axes[2].lines]
        assert markers == [line.get_marker() for line in drawn.legends[0].get_lines()]


def test_lines_of_a_second_axis_have_an_ordered_scale_of_colours(on_a_grid) -> None:
    drawn = on_a_grid.case("lines").drawn()
    titles = [axes.get_title(loc="left") for axes in drawn.axes]
    assert titles == ["Plain", "With batch normalization"]
    colours = [line.get_color() for line in drawn.legends[0].get_lines()]
    lightness = [sum(mpl.colors.to_rgb(colour)) for colour in colours]
    assert lightness == sorted(lightness)
    (key,) = drawn.legends
    assert [text.get_text() for text in key.get_texts()] == ["L2 penalty 0", "L2 penalty 0.01"]


@pytest.mark.parametrize(
    ("points", "kind"),
    [
        ([100, 300, 1000], "log"),
        ([10, 25, 50, 100, 200, 400, 800], "log"),
        ([0, 1e-4, 1e-3, 1e-2], "log"),
        ([0.0, 0.1, 0.2, 0.3], "linear"),
        ([1, 2, 3, 4, 5, 6, 7, 8], "linear"),
        ([0, 0.01], "linear"),
        ([False, True], "even"),
        (["he", "xavier"], "even"),
    ],
)
def test_an_axis_is_logarithmic_where_its_points_are_spread_so(points, kind) -> None:
    assert point_scale(points).kind == kind


def test_zero_has_a_place_of_its_own_on_a_logarithmic_axis(on_a_grid) -> None:
    assert point_scale([1e-3, 0, 1e-2, 1e-1]).points == (0, 1e-3, 1e-2, 1e-1)
    axes = on_a_grid.case("by_penalty", scale="log").drawn().axes[-1]
    assert [label.get_text() for label in axes.get_xticklabels()] == ["0", "0.01"]
    low, high = axes.get_xlim()
    assert low < 0 < 0.01 < high
    zero, first = axes.transAxes.inverted().transform(axes.transData.transform([(0, 0), (0.01, 0)]))
    assert first[0] - zero[0] > 0.5


def test_caption_says_what_is_shown_with_n_and_the_place(on_a_grid) -> None:
    case = on_a_grid.case("by_rate")
    words = figures.caption(case.experiment, case.figure)
    assert words.startswith("Test accuracy, updates to 90")
    assert "means and 95% intervals of 4 seeds" in words
    assert "Shown at L2 penalty 0." in words


def test_a_reference_line_is_at_its_place_in_each_panel_and_is_explained(on_a_grid) -> None:
    example, figure, results = on_a_grid.case("by_penalty")
    change = {"axis": "train.optimizer.lr", "panels": "penalty.l2"}
    change |= {"reference": 0.3, "reference_label": "a rate of three tenths"}
    figure = figure.model_copy(update=change)
    drawn = figures.draw(example, figure, results)
    assert len(drawn.axes) > 2
    for axes in drawn.axes:
        (line,) = lines(axes, "reference")
        assert list(line.get_xdata()) == [0.3, 0.3]
    assert "dotted line: a rate of three tenths" in " ".join(drawn.get_supxlabel().split())
    assert "Dotted vertical line: a rate of three tenths." in figures.caption(example, figure)


def test_a_figure_has_no_reference_line_by_default(on_a_grid) -> None:
    example, figure, results = on_a_grid.case("by_rate")
    assert not any(lines(axes, "reference") for axes in figures.draw(example, figure, results).axes)
    assert "vertical line" not in figures.caption(example, figure)

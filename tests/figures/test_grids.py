"""Heatmaps, forest plots, trade-offs and interactions."""

import numpy as np
import pytest

from overfit import figures
from overfit.figures.data import metrics_of
from overfit.metrics.resampling import mean_intervals
from overfit.metrics.summary import summarize
from overfit.results import Results
from tests.claims.studies import paired_differences

pytestmark = pytest.mark.xdist_group("on_a_grid")

RATES = [0.01, 0.1, 1.0, 1000.0]


@pytest.fixture(scope="session")
def metrics(on_a_grid):
    return metrics_of(on_a_grid.experiment, on_a_grid.results)


def by_gid(axes, gid):
    return [line for line in axes.lines if line.get_gid() == gid]


def test_cells_of_a_heatmap_are_the_means_from_the_bottom_left(on_a_grid, metrics) -> None:
    drawn = on_a_grid.case("heatmap").drawn()
    plain = drawn.axes[0]
    summary = summarize(metrics)
    rows = summary[(summary["variant"] == "plain") & (summary["metric"] == "gap")]
    expected = rows.pivot(index="penalty.l2", columns="train.optimizer.lr", values="mean")
    cells = plain.collections[0].get_array().reshape(expected.shape)
    np.testing.assert_allclose(np.ma.filled(cells, np.nan), 100 * expected)
    assert [label.get_text() for label in plain.get_yticklabels()] == ["0", "0.01"]
    assert [label.get_text() for label in plain.get_xticklabels()] == ["0.01", "0.1", "1", "1000"]


def test_panels_of_one_metric_share_their_colours(on_a_grid) -> None:
    drawn = on_a_grid.case("heatmap").drawn()
    limits = {axes.collections[0].get_clim() for axes in drawn.axes[:3]}
    assert len(limits) == 1


def test_accuracies_share_one_scale_and_a_gap_diverges_from_0(on_a_grid) -> None:
    names = ("train_accuracy", "test_accuracy", "gap")
    drawn = on_a_grid.case("heatmap", variants=("plain",), metrics=names).drawn()
    train, test, gap = (axes.collections[0] for axes in drawn.axes[:3])
    assert train.get_clim() == test.get_clim()
    assert train.get_cmap().name == test.get_cmap().name == "viridis"
    assert gap.get_clim()[0] == -gap.get_clim()[1]
    assert gap.get_cmap().name == "PuOr_r"
    assert len(drawn.axes) == 3 + 2


def test_cells_with_diverged_seeds_are_hatched(on_a_grid, metrics) -> None:
    plain = on_a_grid.case("heatmap").drawn().axes[0]
    hatched = {patch.get_xy() for patch in plain.patches if patch.get_hatch()}
    bad = metrics[(metrics["variant"] == "plain") & metrics["diverged"]]
    places = set(zip(bad["train.optimizer.lr"], bad["penalty.l2"], strict=True))
    assert hatched == {(RATES.index(lr), [0, 0.01].index(l2)) for lr, l2 in places} != set()


def test_colours_of_differences_are_symmetric_about_zero(on_a_grid) -> None:
    drawn = on_a_grid.case("differences").drawn()
    assert [axes.get_title(loc="left") for axes in drawn.axes[:2]] == [
        "Test accuracy",
        "Training accuracy",
    ]
    for axes in drawn.axes[:2]:
        low, high = axes.collections[0].get_clim()
        assert low == -high < 0


def test_forest_plot_shows_paired_differences_best_first_with_margins(on_a_grid, metrics) -> None:
    accuracy, gap = on_a_grid.case("paired_differences").drawn().axes
    expected = {
        variant: 100
        * paired_differences(
            metrics,
            {
                "difference": "test_accuracy",
                "of": variant,
                "minus": "plain",
                "at": {"penalty.l2": 0},
            },
        )
        for variant in ("norm", "dropout")
    }
    order = sorted(expected, key=lambda variant: -expected[variant].mean())
    means = [line.get_xdata()[0] for line in accuracy.lines if line.get_marker() in "Ds"]
    bars = [line.get_xdata() for line in accuracy.lines if line.get_gid() == "interval"]
    np.testing.assert_allclose(means, [expected[variant].mean() for variant in order])
    np.testing.assert_allclose(bars, mean_intervals([expected[variant] for variant in order]))
    dots = [sorted(dots.get_offsets()[:, 0]) for dots in accuracy.collections]
    np.testing.assert_allclose(dots, [expected[variant] for variant in order])
    (margin,) = [patch for patch in gap.patches if patch.get_gid() == "margin"]
    assert (margin.get_x(), margin.get_width()) == pytest.approx((-2, 4))
    assert not [patch for patch in accuracy.patches if patch.get_gid() == "margin"]


def test_a_path_joins_the_means_of_both_metrics_along_the_axis(on_a_grid, metrics) -> None:
    (axes,) = on_a_grid.case("trade_off").drawn().axes
    plain = by_gid(axes, "path")[-1]
    rows = metrics[metrics["variant"] == "plain"]
    means = rows.groupby(["metric", "train.optimizer.lr"])["value"].mean() * 100
    np.testing.assert_allclose(plain.get_xdata(), means["train_accuracy"])
    np.testing.assert_allclose(plain.get_ydata(), means["test_accuracy"])
    assert len(by_gid(axes, "interval")) == 2 * 3 * 4


def test_every_variant_of_a_trade_off_without_axis_is_named(probed) -> None:
    (axes,) = probed.case("points").drawn().axes
    names = {text.get_text() for text in axes.texts} - {""}
    shown = set(probed.experiment.labels.values())
    metrics = metrics_of(probed.experiment, probed.results)
    gaps = metrics[metrics["metric"] == "gap"].groupby("variant")["value"].count()
    assert gaps["baseline"] == 6
    assert names == shown if gaps.get("wild", 0) else shown - {"A learning rate far too large"}


def test_a_probes_metric_is_drawn_with_its_words(probed) -> None:
    case = probed.case("points", x="weights.l2_norm.all", y="test_accuracy")
    (axes,) = case.drawn().axes
    assert axes.get_xlabel() == "Norm of the weights, all layers"
    words = figures.caption(case.experiment, case.figure)
    assert words.startswith("Test accuracy against norm of the weights, all layers.")


def test_interaction_is_the_difference_of_the_differences(probed) -> None:
    axes = probed.case("groups").drawn().axes[0]
    metrics = metrics_of(probed.experiment, probed.results)
    rows = metrics[metrics["metric"] == "test_accuracy"]
    value = rows.pivot(index="seed", columns="variant", values="value")
    effects = np.sort((value["wild"] - value["tanh"]) - (value["l2"] - value["baseline"]))
    low, high = 100 * mean_intervals([effects])[0]
    text = f"Interaction: {100 * effects.mean():+.1f} [{low:.1f}, {high:.1f}] points"
    assert axes.get_title(loc="left") == text.replace("-", "−")
    assert [label.get_text() for label in axes.get_xticklabels()] == ["Before", "After"]


def test_an_interaction_shows_every_seed_as_a_faint_line(on_a_grid, metrics) -> None:
    axes = on_a_grid.case("interaction").drawn().axes[0]
    assert len(by_gid(axes, "seed")) == 3 * 4
    rows = metrics[(metrics["variant"] == "plain") & (metrics["penalty.l2"] == 0)]
    values = rows[rows["metric"] == "test_accuracy"].pivot(
        index="seed", columns="train.optimizer.lr", values="value"
    )
    found = [line.get_ydata() for line in by_gid(axes, "seed")[:4]]
    np.testing.assert_allclose(found, 100 * values)


@pytest.mark.parametrize("name", ["interaction", "by_rate"])
@pytest.mark.parametrize("all_variants", [True, False])
def test_a_panel_without_any_value_says_so(on_a_grid, tmp_path, name, all_variants) -> None:
    example, figure, results = on_a_grid.case(name)
    note = "No network has\nthis value."
    file = "experiments/small/metrics.csv"
    text = (results.root / file).read_text().splitlines()
    column = text[0].split(",").index("value")
    for i, line in enumerate(text):
        cells = line.split(",")
        if "test_accuracy" in cells and (all_variants or "plain" in cells):
            cells[column] = ""
            text[i] = ",".join(cells)
    (tmp_path / file).parent.mkdir(parents=True)
    (tmp_path / file).write_text("\n".join(text) + "\n")
    axes = figures.draw(example, figure, Results(tmp_path)).axes[0]
    assert (note in [text.get_text() for text in axes.texts]) == all_variants
    assert (list(axes.get_yticks()) == []) == all_variants


def test_one_at_a_time_draws_each_factor_around_the_baseline(probed) -> None:
    drawn = probed.case("one_at_a_time").drawn()
    grid = np.reshape(drawn.axes, (2, 3))
    metrics = metrics_of(probed.experiment, probed.results)
    means = metrics.groupby(["metric", "variant"])["value"].mean()
    columns = [("baseline", "l2"), ("baseline", "tanh"), ("baseline", "wild")]
    for row, name, factor in ((grid[0], "test_accuracy", 100), (grid[1], "test_loss", 1)):
        for axes, variants in zip(row, columns, strict=True):
            (line,) = by_gid(axes, "mean")
            expected = [factor * means[name].get(variant, np.nan) for variant in variants]
            np.testing.assert_allclose(line.get_ydata(), expected)
            dashed = axes.lines[0].get_ydata()
            np.testing.assert_allclose(dashed, 2 * [factor * means[name, "baseline"]])
    assert [axes.get_title(loc="left") for axes in grid[0]] == ["L2", "Activation", "Learning rate"]


def test_one_at_a_time_turns_names_that_have_no_room(probed) -> None:
    long = {"inconsequential": "baseline", "incontrovertibleness": "wild"}
    factors = {"L2": {"0": "baseline", "0.1": "l2"}, "Learning rate": long}
    drawn = probed.case("one_at_a_time", factors=factors, metrics=["gap"]).drawn()
    turned = [axes.get_xticklabels()[0].get_rotation() for axes in drawn.axes]
    assert turned == [0, 90]


# Points that each seed chooses


def at_best(metrics, variant, name, criterion, sign, **at):
    """A metric of each seed at the rate with the best validation metric, in plain loops."""
    own = metrics[(metrics["variant"] == variant) & (metrics["penalty.l2"] == at["l2"])]
    chosen = {}
    for seed, rows in own.groupby("seed"):
        table = rows.pivot(index="train.optimizer.lr", columns="metric", values="value")
        whole = table[table["diverged"] == 0].reset_index()
        ranked = whole.assign(cost=sign * whole[criterion]).sort_values(
            ["cost", "validation_loss", "train.optimizer.lr"]
        )
        chosen[seed] = ranked[name].iloc[0]
    return np.array([chosen[seed] for seed in sorted(chosen)])


def test_differences_are_between_variants_each_at_its_best_rate(on_a_grid, metrics) -> None:
    case = on_a_grid.case("paired_at_best")
    axes = case.drawn().axes[0]
    dots = [np.sort(collection.get_offsets()[:, 0]) for collection in axes.collections[:2]]
    plain, norm, dropout = (
        at_best(metrics, variant, "test_accuracy", "validation_accuracy", -1, l2=0)
        for variant in ("plain", "norm", "dropout")
    )
    for row, other in zip(dots, (norm, dropout), strict=True):
        np.testing.assert_allclose(row, np.sort(100 * (other - plain)), atol=1e-9)
    assert figures.caption(case.experiment, case.figure).endswith(
        "Shown at L2 penalty 0 and the learning rate with the highest validation accuracy. Each "
        "seed of each variant chooses this point."
    )


def test_each_point_of_another_axis_has_its_own_best_rate(on_a_grid, metrics) -> None:
    axes = on_a_grid.case("by_penalty_at_best").drawn().axes[0]
    drawn = {tuple(np.round(line.get_ydata(), 9)) for line in by_gid(axes, "mean")}
    for variant in ("plain", "norm", "dropout"):
        means = [
            100 * at_best(metrics, variant, "test_accuracy", "validation_loss", 1, l2=l2).mean()
            for l2 in (0, 0.01)
        ]
        assert tuple(np.round(means, 9)) in drawn

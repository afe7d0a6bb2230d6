import numpy as np
import pandas as pd
import pytest
from matplotlib.cbook import is_math_text

from overfit import figures
from overfit.metrics.histories import read_histories
from overfit.results import Results
from tests.figures.conftest import LABELS, regularizers
from tests.figures.synthetic import experiment, figure


def lines(axes, split):
    return [line for line in axes.lines if line.get_gid() == split]


@pytest.mark.parametrize("split", ["train", "test"])
def test_lines_are_means_over_the_seeds_and_bands_their_range(learning_curves, split) -> None:
    example, _, results = learning_curves
    drawn = learning_curves.drawn()
    histories = read_histories(example, results)
    assert len(drawn.axes) == 5
    for axes, variant in zip(drawn.axes, example.labels, strict=True):
        rows = histories[(histories["variant"] == variant) & (histories["split"] == split)]
        table = 100 * rows.pivot(index="epoch", columns="seed", values="accuracy")
        (line,) = lines(axes, split)
        np.testing.assert_allclose(line.get_xdata(), table.index)
        np.testing.assert_allclose(line.get_ydata(), table.mean(axis=1), rtol=1e-12)
        band = axes.collections[("train", "test").index(split)].get_paths()[0].vertices[:, 1]
        assert band.min() == pytest.approx(table.min().min())
        assert set(np.round(table.max(axis=1), 9)) <= set(np.round(band, 9))


def test_panels_are_titled_in_the_order_of_the_plan(learning_curves) -> None:
    titles = [axes.get_title(loc="left") for axes in learning_curves.drawn().axes]
    assert [title.replace("\n", " ") for title in titles] == list(LABELS.values())


def test_numbers_at_the_right_are_the_final_means(learning_curves) -> None:
    _, _, results = learning_curves
    axes = learning_curves.drawn().axes[0]
    metrics = pd.read_csv(results.root / "experiments" / "example" / "metrics.csv")
    means = metrics[metrics["variant"] == "baseline"].groupby("metric")["value"].mean() * 100
    assert [text.get_text() for text in axes.texts] == [
        f"train {means['train_accuracy']:.1f}",
        f"gap {means['gap']:.1f}",
        f"test {means['test_accuracy']:.1f}",
    ]


def test_negative_gap_is_labelled_from_the_top_down(tmp_path) -> None:
    example = experiment(tmp_path, {"a": "A"}, lambda *_: (0.5, 0.8))
    axes = figures.draw(example, figure("learning_curves"), Results(tmp_path)).axes[0]
    heights = [text.xy[1] for text in axes.texts]
    assert [text.get_text().split()[0] for text in axes.texts] == ["test", "gap", "train"]
    assert axes.texts[1].get_text().startswith("gap −")
    assert heights == sorted(heights, reverse=True)


def test_panels_share_their_axes_and_training_looks_the_same_in_each(learning_curves) -> None:
    drawn = learning_curves.drawn()
    assert len({(*axes.get_xlim(), *axes.get_ylim()) for axes in drawn.axes}) == 1
    for split in ("train", "test"):
        looks = {
            (line.get_color(), line.get_linestyle())
            for axes in drawn.axes
            for line in lines(axes, split)
        }
        assert len(looks) == 1


def test_few_seeds_are_drawn_one_by_one_and_n_stands_on_the_axis(smoke) -> None:
    drawn = smoke.drawn()
    assert "mean and range of 2 seeds" in drawn.get_supylabel()
    thin = [line for line in drawn.axes[0].lines if line.get_linewidth() == 0.5]
    assert len(thin) == 2 * 2


@pytest.mark.parametrize("options", [{}, {"quantity": "loss"}, {"gap": True}])
def test_a_variant_that_never_had_a_number_is_an_empty_panel(tmp_path, options) -> None:
    """Initial weights so large that the loss is not finite before the first update."""
    example = regularizers(tmp_path, 2)
    lost = next(cell.run.id for cell in example.cells if cell.variant == "l2")
    for path in (tmp_path / "runs" / lost).glob("*.parquet"):
        history = pd.read_parquet(path).assign(loss=np.nan, accuracy=np.nan, diverged=True)
        history.to_parquet(path)
    drawn = figures.draw(example, figure("learning_curves", **options), Results(tmp_path))
    titles = {axes.get_title(loc="left").replace("\n", " "): axes for axes in drawn.axes}
    (empty,) = [axes for title, axes in titles.items() if "10 of 10 seeds" in title]
    assert not any(np.isfinite(line.get_ydata()).any() for line in empty.get_lines())


def test_diverged_seeds_are_counted_in_the_title(tmp_path) -> None:
    example = regularizers(tmp_path, 2, diverged={"baseline": range(10), "l2": [1, 4]})
    drawn = figures.draw(example, figure("learning_curves"), Results(tmp_path))
    assert [axes.get_title(loc="left") for axes in drawn.axes] == [
        "Baseline (10 of 10 seeds diverged)",
        "L2 0.1 (2 of 10 seeds diverged)",
    ]
    assert [text.get_text() for text in drawn.axes[0].texts] == ["train", "test"]


def test_grid_points_are_panels_of_their_own(tmp_path) -> None:
    example = experiment(
        tmp_path, {"a": "A", "b": "B"}, lambda *_: (1, 0.7), grid={"data.train": [100, 300]}
    )
    drawn = figures.draw(example, figure("learning_curves"), Results(tmp_path))
    titles = [axes.get_title(loc="left") for axes in drawn.axes]
    assert titles == [f"{name}, {count} training images" for name in "AB" for count in (100, 300)]


def test_a_point_of_the_grid_picks_its_panels_and_leaves_their_titles(tmp_path) -> None:
    example = experiment(
        tmp_path,
        {"a": "A", "b": "B"},
        lambda *_: (1, 0.7),
        grid={"data.train": [100, 300], "penalty.l2": [0, 1]},
        seeds=2,
        points=3,
    )
    shown = figure("learning_curves", at={"data.train": 300}, variants=["b"])
    drawn = figures.draw(example, shown, Results(tmp_path))
    titles = [axes.get_title(loc="left") for axes in drawn.axes]
    assert titles == ["L2 penalty 0", "L2 penalty 1"]
    assert "over the epochs of B:" in figures.caption(example, shown)


def test_the_gap_panel_has_the_mean_gap_of_each_variant(on_a_grid) -> None:
    case = on_a_grid.case("curves_at")
    *panels, gap = case.drawn().axes
    assert len(panels) == 3
    for axes, line in zip(panels, lines(gap, "gap"), strict=True):
        (train,), (test,) = lines(axes, "train"), lines(axes, "test")
        np.testing.assert_allclose(line.get_ydata(), train.get_ydata() - test.get_ydata())
    names = [text.get_text().replace("\n", " ") for text in gap.texts]
    assert names == ["Plain", "With batch normalization", "Dropout 0.3"]


def test_losses_are_in_nats_with_the_final_means_at_the_right(probed) -> None:
    drawn = probed.case("losses").drawn()
    axes = drawn.axes[0]
    assert drawn.get_supylabel().startswith("Loss (nats)")
    ends = {text.get_text().split()[0]: float(text.get_text().split()[1]) for text in axes.texts}
    for split, name in (("train", "train"), ("validation", "valid."), ("test", "test")):
        (line,) = lines(axes, split)
        assert ends[name] == pytest.approx(line.get_ydata()[-1], abs=0.006)


def test_a_loss_that_explodes_does_not_flatten_the_others(probed) -> None:
    drawn = probed.case("losses").drawn()
    assert 0 == drawn.axes[0].get_ylim()[0] < drawn.axes[0].get_ylim()[1] < 10


def test_dollars_in_labels_begin_no_formula(tmp_path) -> None:
    labels = {"a": "from $5 to $6", "b": r"$\frac{$"}
    example = experiment(tmp_path, labels, lambda *_: (1, 0.7), seeds=2, points=2)
    drawn = figures.draw(example, figure("learning_curves"), Results(tmp_path))
    figures.save(drawn, tmp_path / "drawn")  # where a formula would be set, or refused
    titles = [axes.get_title(loc) for axes in drawn.axes for loc in ("left", "center")]
    assert [title.replace(r"\$", "$") for title in titles if title] == list(labels.values())
    assert not any(is_math_text(title) for title in titles)

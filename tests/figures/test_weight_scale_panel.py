import numpy as np
import pytest

from overfit import figures
from overfit.metrics.histories import read_histories
from overfit.results import Results
from tests.figures.conftest import STDS, batch_norm
from tests.figures.synthetic import figure

FIGURE = figure("weight_scale_panel", axis="model.init.std", panels=16)


@pytest.fixture(scope="module")
def sixteen(tmp_path_factory):
    """Sixteen panels, and their example."""
    folder = tmp_path_factory.mktemp("sixteen")
    example, results = batch_norm(folder, STDS), Results(folder)
    return figures.draw(example, FIGURE, results), example, results


def test_sixteen_points_make_four_by_four_panels_in_the_order_of_the_grid(sixteen) -> None:
    drawn, *_ = sixteen
    titles = [axes.get_title(loc="left") for axes in drawn.axes]
    assert titles == [f"weight scale {std:.3g}" for std in STDS]
    assert titles[3] == "weight scale 0.158"
    geometry = drawn.axes[5].get_subplotspec()
    assert (geometry.rowspan.start, geometry.colspan.start) == (1, 1)
    assert geometry.get_gridspec().get_geometry() == (4, 4)


def test_lines_are_the_mean_training_accuracy_of_each_variant(sixteen) -> None:
    drawn, example, results = sixteen
    histories = read_histories(example, results).query("split == 'train'")
    key = {text.get_text(): line for text, line in legend(drawn)}
    for axes, std in zip(drawn.axes, STDS, strict=True):
        by_colour = {line.get_color(): line for line in axes.lines}
        for variant, label in example.labels.items():
            sample = key[label]
            line = by_colour[sample.get_color()]
            rows = histories[
                (histories["model.init.std"] == std) & (histories["variant"] == variant)
            ]
            means = 100 * rows.groupby("epoch")["accuracy"].mean()
            np.testing.assert_allclose(line.get_ydata(), means, rtol=1e-12)


def test_of_many_points_six_are_shown_with_both_ends(sixteen) -> None:
    _, example, results = sixteen
    shown = figure("weight_scale_panel", axis="model.init.std")
    drawn = figures.draw(example, shown, results)
    titles = [axes.get_title(loc="left") for axes in drawn.axes]
    assert titles == [f"weight scale {STDS[i]:.3g}" for i in (0, 3, 6, 9, 12, 15)]
    assert "a panel for 6 of the 16 values" in figures.caption(example, shown)


def legend(drawn):
    (key,) = drawn.legends
    return zip(key.get_texts(), key.get_lines(), strict=True)


def test_variants_differ_in_dashes_as_well_as_in_colour(sixteen) -> None:
    (_, first), (_, second) = legend(sixteen[0])
    assert first.get_color() != second.get_color()
    assert first._dash_pattern != second._dash_pattern


def test_smoke_preset_of_four_points_makes_two_by_two(tmp_path) -> None:
    example = batch_norm(tmp_path, STDS[::5], seeds=2, points=4)
    drawn = figures.draw(example, FIGURE, Results(tmp_path))
    assert drawn.axes[0].get_subplotspec().get_gridspec().get_geometry() == (2, 2)
    assert "2 seeds" in drawn.get_supylabel()


def test_diverged_runs_are_counted_above_their_panel(tmp_path) -> None:
    example = batch_norm(tmp_path, STDS[:2], seeds=3, points=4, diverged={"plain": [0, 1, 2]})
    drawn = figures.draw(example, FIGURE, Results(tmp_path))
    assert [axes.get_title(loc="right") for axes in drawn.axes] == ["3 diverged"] * 2

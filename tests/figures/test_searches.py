"""Figures of searches show what the trials hold."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.collections import PathCollection
from pydantic import TypeAdapter

from overfit import figures
from overfit.figures.kinds.anytime import along
from overfit.figures.searches import places, scores_of, ticks, value_text
from overfit.metrics.histories import read_trials
from overfit.metrics.measuring import with_repeats
from overfit.metrics.searches import incumbents
from overfit.metrics.tables import read_metrics, write_metrics
from overfit.results import Results
from overfit.search.dimensions import AnyDimension
from tests.claims.studies import paired_differences
from tests.figures.conftest import searched_plan
from tests.figures.synthetic import WIDE_SPACE, figure

pytestmark = pytest.mark.xdist_group("searches")

DIMENSION = TypeAdapter(AnyDimension)


def test_anytime_curves_are_means_over_the_repeats(anytime) -> None:
    example, _, results = anytime
    left, right = anytime.drawn().axes
    curves = incumbents(
        scores_of(example, "random", results), example.searches["random"].objective.metric
    )
    for axes, column in ((left, "score"), (right, "test_score")):
        (line,) = [line for line in axes.lines if line.get_gid() == "random"]
        end = curves[curves["trial"] == 39][column].mean()
        assert line.get_ydata()[-1] == pytest.approx(100 * end)
        assert line.get_xdata()[-1] == 40
    assert {line.get_gid() for line in left.lines} == set(example.searches)
    assert (np.diff(line.get_ydata()) >= 0).all() or line.get_gid() != "random"


def test_anytime_curves_count_what_shortened_trials_cost(anytime) -> None:
    example, _, results = anytime
    shown = figure("anytime", variants=["hyperband"], against="epochs")
    (line,) = figures.draw(example, shown, results).axes[0].lines
    spent = scores_of(example, "hyperband", results).groupby("repeat")["epochs"].sum().min()
    assert line.get_xdata()[-1] == pytest.approx(spent)
    assert "cut short" in figures.caption(example, shown)
    assert "3 repeats" in figures.caption(example, shown)


def test_a_curve_begins_where_every_repeat_has_found_something() -> None:
    one = pd.DataFrame({"repeat": 0, "epochs": [1.0, 2, 3], "score": [np.nan, 0.4, 0.6]})
    other = pd.DataFrame({"repeat": 1, "epochs": [1.0, 2, 4], "score": [0.2, 0.2, 0.8]})
    both = pd.concat([one, other])
    curve = along(both, "epochs", "score").groupby("spent")["value"].mean()
    assert (curve.index[0], curve.index[-1]) == (2, 3)
    assert (curve.iloc[0], curve.iloc[-1]) == pytest.approx((0.3, 0.4))
    assert along(one.assign(score=np.nan), "epochs", "score").empty
    assert (along(both, "epochs", "score", minus=both)["value"] == 0).all()


def test_a_baseline_is_subtracted_within_each_repeat(anytime) -> None:
    example, _, results = anytime
    shown = figure("anytime", variants=["random", "tpe"], baseline="random")
    drawn = figures.draw(example, shown, results)
    ends = [
        incumbents(scores_of(example, name, results), "validation_accuracy")
        .groupby("repeat")["score"]
        .last()
        for name in ("tpe", "random")
    ]
    (line,) = [line for line in drawn.axes[0].lines if line.get_gid()]
    assert line.get_gid() == "tpe"
    assert line.get_ydata()[-1] == pytest.approx(100 * (ends[0] - ends[1]).mean())
    assert "Scores are differences from" in figures.caption(example, shown)


def test_efficiency_boxes_are_labelled_with_the_number_of_searches(search_efficiency) -> None:
    (axes,) = search_efficiency.drawn().axes
    # 40 trials in each of 3 repeats, one of each diverged
    assert [label.get_text() for label in axes.get_xticklabels()] == [
        "1\nn = 117", "2\nn = 60", "4\nn = 30", "8\nn = 15", "16\nn = 6", "32\nn = 3",
    ]  # fmt: skip


def dots(axes):
    """Dots and, of trials that diverged, crosses."""
    crosses = sum(len(line.get_xdata()) for line in axes.lines if line.get_marker() == "x")
    scattered = [c for c in axes.collections if isinstance(c, PathCollection)]
    return crosses + sum(len(c.get_offsets()) for c in scattered)


def test_every_trial_of_a_small_space_is_a_dot_in_each_panel(search_space_of_pairs) -> None:
    drawn = search_space_of_pairs.drawn()
    assert len(drawn.axes) == 4 + 6 + 1  # keys, pairs, colours
    assert {dots(axes) for axes in drawn.axes[:-1]} == {3 * 40}


def test_a_large_space_has_a_panel_a_key(search_space) -> None:
    drawn = search_space.drawn()
    assert len(drawn.axes) == len(WIDE_SPACE)
    assert "against each hyperparameter that a trial has" in figures.caption(*search_space[:2])


def test_the_most_important_hyperparameter_is_on_top(importance) -> None:
    (axes,) = importance.drawn().axes
    names = [label.get_text() for label in axes.get_yticklabels()]
    assert names[0] == "Learning rate"
    assert axes.yaxis.get_inverted()
    means = [float(line.get_xdata()[0]) for line in axes.lines if len(line.get_xdata()) == 1]
    assert means == sorted(means, reverse=True)
    assert 99 < sum(means) <= 100
    assert all(mean >= 1 for mean in means)


def test_hyperparameters_that_explain_next_to_nothing_share_a_sentence(importance) -> None:
    drawn = importance.drawn()
    rows = [label.get_text() for label in drawn.axes[0].get_yticklabels()]
    rest = len(WIDE_SPACE) - len(rows)
    assert rest > 1
    said = " ".join(drawn.get_supxlabel().split())
    assert said.startswith("Less than 1 % each: ")
    assert len(said.replace(" and ", ", ").split(", ")) == rest


def test_lines_skip_what_their_trial_does_not_have(parallel_coordinates) -> None:
    example, _, results = parallel_coordinates
    (axes,) = parallel_coordinates.drawn().axes
    paths = [line.get_xydata() for line in axes.lines]
    scores = scores_of(example, "tpe", results)
    assert len(paths) == (~scores["diverged"]).sum()
    have = scores[~scores["diverged"]]["train.optimizer.momentum"].notna().sum()
    assert sum(len(path) == len(WIDE_SPACE) + 1 for path in paths) == have
    assert all(path[:, 1].min() >= 0 and path[:, 1].max() <= 1 for path in paths)


def test_captions_say_what_adaptive_trials_mean_for_importance(tmp_path) -> None:
    example = searched_plan(tmp_path, "tpe", "random", repeats=1)
    assert "crowd" in figures.caption(example, figure("importance", variant="tpe"))
    words = figures.caption(example, figure("importance", variant="random"))
    assert "crowd" not in words
    assert "without repeats there are no intervals" in words


@pytest.mark.parametrize(
    ("dimension", "values", "wanted"),
    [
        ({"log_uniform": [1e-4, 1.0]}, [1e-4, 1e-2, 1.0, np.nan], [0, 0.5, 1, np.nan]),
        ({"int": [1, 5]}, [1, 3, 5], [0, 0.5, 1]),
        ({"choice": [True, None]}, ["true", "null", None], [0, 1, np.nan]),
        ({"choice": [16, 32]}, [16, 32, np.nan], [0, 1, np.nan]),
        ({"choice": [[10], [10, 10]]}, ["[10, 10]", "[10]"], [1, 0]),
    ],
)
def test_places_on_a_dimension(dimension, values, wanted) -> None:
    found = places(DIMENSION.validate_python(dimension), pd.Series(values)).tolist()
    assert found == pytest.approx(wanted, nan_ok=True)


def test_ticks_are_round_values() -> None:
    texts = [text for _, text in ticks(DIMENSION.validate_python({"log_uniform": [1e-6, 1e-2]}))]
    assert texts == ["10⁻⁶", "10⁻⁵", "10⁻⁴", "10⁻³", "0.01"]
    assert [text for _, text in ticks(DIMENSION.validate_python({"int": [1, 3]}))] == [
        "1",
        "2",
        "3",
    ]
    assert [
        text for _, text in ticks(DIMENSION.validate_python({"choice": [True, None, "he"]}))
    ] == ["on", "off", "he"]
    assert value_text(DIMENSION.validate_python({"uniform": [0.0, 1.0]}), 0.123) == "0.12"


def test_values_are_told_apart_and_stay_within_their_range() -> None:
    momenta = DIMENSION.validate_python({"choice": [0.99, 0.999, 0.9999]})
    assert [text for _, text in ticks(momenta)] == ["0.99", "0.999", "0.9999"]
    assert value_text(momenta, 0.999) == "0.999"
    narrow = [text for _, text in ticks(DIMENSION.validate_python({"uniform": [0.12345, 0.12349]}))]
    assert len(set(narrow)) == len(narrow)
    assert value_text(DIMENSION.validate_python({"uniform": [0.0, 0.9995]}), 0.9991) == "0.999"


@pytest.mark.parametrize("kind", ["paired_differences", "comparison"])
def test_metrics_of_searches_are_drawn_repeat_by_repeat(tmp_path, kind) -> None:
    example = searched_plan(tmp_path, "random", "tpe", repeats=5)
    del example.labels["baseline"]
    names = ["search.test_accuracy"]
    home = tmp_path / "experiments" / "example" / "metrics.csv"
    results = Results(tmp_path)
    trials = {name: read_trials(example, name, results) for name in example.searches}
    table = with_repeats(read_metrics(home, example.grid), names, example, trials)
    write_metrics(table, home)
    shown = figure(kind, metrics=names, baseline="random")
    drawn = figures.draw(example, shown, Results(tmp_path))
    differences = paired_differences(
        table, {"difference": names[0], "of": "tpe", "minus": "random"}
    )
    assert len(differences) == 5
    means = [line.get_xdata()[0] for line in drawn.axes[-1].lines if len(line.get_xdata()) == 1]
    if kind == "comparison":  # the better one first
        means = [means[0] - means[1]]
    assert means == [pytest.approx(100 * differences.mean())]
    caption = figures.caption(example, shown)
    assert "each of 5 repeats" in caption
    assert "repeat by repeat" in caption
    assert "seed" not in caption

import numpy as np

from overfit import figures
from overfit.metrics.format import setting
from overfit.metrics.histories import read_trials
from overfit.metrics.searches import ranked_trials
from overfit.results import Results
from tests.figures.conftest import regularizers
from tests.figures.synthetic import figure, search


def test_twenty_best_trials_are_shown_best_first(best_trials) -> None:
    example, _, results = best_trials
    drawn = best_trials.drawn()
    assert len(drawn.axes) == 20
    assert drawn.axes[0].get_subplotspec().get_gridspec().get_geometry() == (4, 5)
    scores = [float(axes.get_title(loc="right")) for axes in drawn.axes]
    assert scores == sorted(scores, reverse=True)
    trials = read_trials(example, "searched", results)
    ends = trials[(trials["split"] == "validation") & (trials["epoch"] == 50)]["accuracy"]
    assert scores == [float(f"{100 * end:.1f}") for end in sorted(ends, reverse=True)[:20]]


def test_first_panel_shows_the_curves_and_hyperparameters_of_the_best_trial(best_trials) -> None:
    example, _, results = best_trials
    axes = best_trials.drawn().axes[0]
    trials = read_trials(example, "searched", results)
    best = trials[trials["trial"] == ranked_trials(trials, "validation_accuracy")[0]]
    for split in ("train", "validation"):
        (line,) = [line for line in axes.lines if line.get_gid() == split]
        curve = best[best["split"] == split]
        np.testing.assert_array_equal(line.get_xdata(), curve["epoch"])
        np.testing.assert_array_equal(line.get_ydata(), 100 * curve["accuracy"])
    assert axes.get_title(loc="left") == "Best-1"
    (found,) = [text.get_text() for text in axes.texts]
    lr, l2 = (best[key].iloc[0] for key in ("train.optimizer.lr", "penalty.l2"))
    assert found == f"lr {setting(lr, digits=2)}  l2 {setting(l2, digits=2)}"


def test_fewer_trials_than_asked_for_are_all_shown(tmp_path) -> None:
    example = regularizers(tmp_path, seeds=2, points=4)
    example = search(tmp_path, example, "searched", trials=4, epochs=3)
    shown = figure("best_trials", variant="searched", count=20)
    assert len(figures.draw(example, shown, Results(tmp_path)).axes) == 4
    assert figures.caption(example, shown).startswith(
        "The 4 trials with the highest final validation"
    )

from matplotlib.figure import Figure

from overfit.figures.theme import variant_style, variant_styles
from overfit.figures.toolkit import keep_percent, name_places
from overfit.metrics.table import metric


def test_variants_that_are_shown_together_never_look_alike():
    every = [f"v{i}" for i in range(12)]
    few = variant_styles(every, every[2:5])
    assert few == {name: variant_style(every, name) for name in every[2:5]}
    assert len(set(variant_styles(every, ["v0", "v1", "v8", "v9"]).values())) == 4


def test_an_axis_of_shares_ends_at_100_percent_and_others_go_on():
    axes = Figure().subplots()
    axes.plot([0, 1], [100, 100])
    assert axes.get_ylim()[1] > 105
    keep_percent(axes, "y", metric("gap"))
    assert axes.get_ylim()[1] > 105
    keep_percent(axes, "y", metric("test_accuracy"))
    assert 100 < axes.get_ylim()[1] < 100.5
    axes.plot([0, 1], [90, 120])
    axes.set_ylim(80, 125)
    keep_percent(axes, "y", metric("test_accuracy"))
    assert axes.get_ylim() == (80, 125)


def test_a_word_below_a_panel_is_set_upright_rather_than_broken():
    axes = Figure().subplots()
    for characters, angle in ((7, 0), (6, 90)):
        name_places(axes, ["default", "the highest"], characters)
        labels = axes.get_xticklabels()
        assert [label.get_text() for label in labels] == ["default", "the\nhighest"]
        assert {label.get_rotation() for label in labels} == {angle}

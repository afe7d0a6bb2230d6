import numpy as np
import pytest
import yaml
from matplotlib.colors import rgb_to_hsv, to_rgb
from matplotlib.figure import Figure

from overfit.figures.theme import CONCEPTS, OTHERS, SPLITS, ordered_styles, variant_styles
from overfit.figures.toolkit import keep_percent, name_places
from overfit.metrics.table import metric
from tests.written import experiments

PARTS = """
title: Parts
question: Which part helps?
seeds: 2
variants:
  none: {}
  decayed: {penalty: {l2: 0.1}}
  dropped: {dropout: {rate: 0.2}}
  normed: {batch_norm: true}
  normed_later: {batch_norm: {place: after}}
  both: {batch_norm: true, dropout: {rate: 0.2}}
  searched:
    search:
      space: {penalty.l2: {log_uniform: [0.001, 0.1]}}
      method: random
      trials: 2
      objective: {maximize: validation_accuracy}
"""
OPTIMIZERS = """
title: Optimizers
question: Which optimizer is fastest?
seeds: 2
base: {dropout: {rate: 0.2}}
variants:
  sgd: {}
  momentum: {train: {optimizer: {name: momentum}}}
  adam: {train: {optimizer: {name: adam}}}
  plain: {dropout: null}
"""


def test_a_part_has_one_colour_in_every_experiment():
    parts, optimizers = map(variant_styles, experiments({"a": PARTS, "b": OPTIMIZERS}))
    variants = {"none": "none", "l2": "decayed", "dropout": "dropped", "batch_norm": "normed"}
    own = {name: parts[variant].colour.lower() for name, variant in variants.items()}
    assert own == {name: CONCEPTS[name].lower() for name in own}
    assert optimizers["plain"].colour.lower() == own["none"]
    assert optimizers["sgd"].colour.lower() == own["dropout"]
    assert parts["both"].colour not in set(own.values())
    assert hue(parts["normed_later"].colour) == pytest.approx(hue(own["batch_norm"]), abs=0.02)
    assert hue(parts["searched"].colour) == pytest.approx(hue(own["l2"]), abs=0.02)


DECAYS = """
title: Decays
question: Which decay?
seeds: 2
base: {train: {optimizer: {name: adam}}}
variants:
  adam: {}
  decayed: {penalty: {l2: 0.1}}
  adamw: {train: {optimizer: {name: adamw}}}
"""


def test_decay_by_the_optimizer_is_not_the_colour_of_no_regularizer():
    (styles,) = map(variant_styles, experiments({"a": DECAYS}))
    assert styles["adam"].colour.lower() == CONCEPTS["none"].lower()
    assert hue(styles["adamw"].colour) == pytest.approx(hue(OTHERS[0]), abs=0.02)


SHARED = """
title: Budgets
question: Which budget?
seeds: 2
variants:
  short: {train: {epochs: 10}}
  long: {train: {epochs: 20}}
grid: {penalty.l1: [0.0, 0.001]}
"""


def test_grey_is_only_what_has_no_part():
    alone = SHARED.replace("  long: {train: {epochs: 20}}\n", "")
    plain = SHARED.replace("grid: {penalty.l1: [0.0, 0.001]}", "")
    shared, single, none = map(variant_styles, experiments({"a": SHARED, "b": alone, "c": plain}))
    assert [style.colour for style in shared.values()] == list(OTHERS[:2])
    assert single["short"].colour.lower() == CONCEPTS["l1"].lower()
    assert none["short"].colour.lower() == CONCEPTS["none"].lower()


def hue(colour: str) -> float:
    return float(rgb_to_hsv(to_rgb(colour))[0])


def test_variants_never_look_alike_and_can_be_read_as_text():
    many = {f"v{i}": {"penalty": {"l2": (i + 1) / 100}} for i in range(16)}
    one = yaml.safe_dump({"title": "Many", "question": "How many?", "seeds": 2, "variants": many})
    for experiment in experiments({"a": PARTS, "b": OPTIMIZERS, "c": one}):
        styles = list(variant_styles(experiment).values())
        looks = {(style.marker, style.dashes[1] and tuple(style.dashes[1])) for style in styles}
        assert len(looks) == len(styles)
        assert all(contrast(style.colour) >= 4.5 for style in [*styles, *SPLITS.values()])


@pytest.mark.parametrize("count", [2, 3, 6])
def test_ordered_lines_become_lighter_and_can_be_read_as_text(count):
    contrasts = [contrast(style.colour) for style in ordered_styles(count)]
    assert contrasts == sorted(contrasts, reverse=True)
    assert min(contrasts) >= 4.5


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_marks_can_be_seen_on_the_page_in_both_themes(scheme):
    colours = [*CONCEPTS.values(), *OTHERS, *(style.colour for style in SPLITS.values())]
    colours += [style.colour for style in ordered_styles(4)]
    for colour in colours:
        assert (contrast(colour) if scheme == "light" else on_dark(colour)) >= 3, colour


def on_dark(colour: str) -> float:
    """The contrast with the dark page, whose style sheet inverts lightness and keeps the hue.

    Source: Filter Effects Module Level 1, hueRotate by 180 degrees after invert.
    """
    inverted = 1 - np.array(to_rgb(colour))
    turned = np.array([[-0.574, 1.43, 0.144], [0.426, 0.43, 0.144], [0.426, 1.43, -0.856]])
    shown = np.clip(turned @ inverted, 0, 1)
    paper = np.array(to_rgb("#14181c"))
    screened = 1 - (1 - shown) * (1 - paper)
    return (relative_luminance(screened) + 0.05) / (relative_luminance(paper) + 0.05)


def contrast(colour: str) -> float:
    """Contrast with white, as the Web Content Accessibility Guidelines define it."""
    return 1.05 / (relative_luminance(to_rgb(colour)) + 0.05)


def relative_luminance(colour) -> float:
    """Relative luminance of sRGB, as these guidelines define it."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour]
    return float(0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2])


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

"""Metrics of searches: where they may stand, and what each mistake says."""

import pytest

from overfit.metrics.table import SEARCH_METRICS

FILE = """\
title: Methods
question: Which?
variants:
  plain: {}
  once: {search: {space: SPACE, method: random, trials: 11, OBJECTIVE}}
  random: {search: {space: SPACE, method: random, trials: 11, repeats: 5, OBJECTIVE}}
  tpe: {search: {space: SPACE, method: tpe, trials: 11, repeats: 5, OBJECTIVE}}
  gp: {search: {space: SPACE, method: gp, trials: 11, repeats: 6, OBJECTIVE}}
claims:
  - {id: c, says: It is so., test: {TEST}}
figures:
  - {FIGURE}
""".replace("SPACE", "{train.optimizer.lr: {log_uniform: [0.001, 1.0]}}").replace(
    "OBJECTIVE", "objective: {maximize: validation_accuracy}"
)
FIGURE = "kind: learning_curves"
TEST = "difference: search.test_accuracy, of: tpe, minus: random, expect: above, margin: 0.1"
DRAWN = "kind: paired_differences, baseline: random, variants: [random, tpe]"
CLAIM = "config/experiments/methods.yaml:10: claims[0].test."
DRAWING = "config/experiments/methods.yaml:12: figures[0]: "


def write(project, test=TEST, figure=FIGURE):
    text = FILE.replace("TEST", test).replace("FIGURE", figure)
    project.write("config/experiments/methods.yaml", text)


@pytest.mark.parametrize("name", SEARCH_METRICS)
def test_each_can_be_claimed_and_drawn_and_the_plan_lists_it(project, name):
    figure = f"{DRAWN}, metrics: [{name}]"
    write(project, TEST.replace("search.test_accuracy", name), figure)
    experiment = project.load().experiments["methods"]
    assert experiment.search_metrics() == [name]
    assert experiment.claims[0].test.metric == name


def test_an_experiment_that_asks_for_none_lists_none(project):
    write(project, TEST.replace("search.", ""))
    assert project.load().experiments["methods"].search_metrics() == []


CLAIMS = {
    "misspelt": (
        TEST.replace("test_accuracy", "test_acuracy"),
        "difference: unknown metric 'search.test_acuracy'; did you mean search.test_accuracy?",
    ),
    "not searched": (
        TEST.replace("minus: random", "minus: plain"),
        "difference: search.test_accuracy is a metric of searches, and plain has no search",
    ),
    "searched once": (
        "level: search.gap, of: once, value: 0.1, expect: above, margin: 0.1",
        "level: search.gap needs a search with several repeats; add repeats: 10 to once",
    ),
    "other numbers of repeats": (
        TEST.replace("of: tpe", "of: gp"),
        "difference: search.test_accuracy is compared repeat by repeat, so all need the same "
        "number: gp 6, random 5",
    ),
    "ratio": (
        "ratio: search.gap, of: tpe, to: random, expect: above, margin: 0.1",
        "ratio: search.gap can be 0 or negative, so it has no ratio; use a difference",
    ),
}


@pytest.mark.parametrize(("test", "expected"), CLAIMS.values(), ids=CLAIMS)
def test_a_mistake_in_a_claim_is_said(project, test, expected):
    write(project, test)
    assert project.messages() == [CLAIM + expected]


FIGURES = {
    "beside a metric of seeds": (
        f"{DRAWN}, metrics: [search.gap, gap]",
        "search.gap has one number per repeat of the search, gap one per seed; draw them in "
        "separate figures",
    ),
    "of all variants": (
        "kind: comparison, baseline: random, metrics: [search.gap]",
        "search.gap is a metric of searches, and plain has no search",
    ),
    "of a kind that counts seeds": (
        "kind: trade_off, x: search.gap, y: search.anytime",
        "trade_off can't draw search.gap; paired_differences can",
    ),
}


@pytest.mark.parametrize(("figure", "expected"), FIGURES.values(), ids=FIGURES)
def test_a_mistake_in_a_figure_is_said(project, figure, expected):
    write(project, figure=figure)
    assert project.messages() == [DRAWING + expected]

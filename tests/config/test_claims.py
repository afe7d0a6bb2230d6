"""Claims of every kind: what a file may say, what the plan holds, and what each mistake says."""

import json
import pickle

import pytest
import yaml
from jsonschema import Draft202012Validator

from overfit.claims.claim import KINDS, Claim
from overfit.metrics.table import METRICS

FILE = """\
title: Claims
question: Which?
variants: {a: {}, b: {batch_norm: true}, c: {dropout: {rate: 0.5}}}
probes: [weights]
grid:
  data.train: [100, 50, 150]
  train.optimizer.lr: [0.01, 0.1, 1.0]
  model.activation: [relu, tanh]
  penalty.l2: [0.0, 0.1]
claims:
  - id: c
    says: It is so.
    test: {TEST}
"""
LINE = "config/experiments/claims.yaml:13: "
AT = "at: {data.train: 50, penalty.l2: 0.0}"
SOUND = {
    "difference": "difference: gap, of: a, minus: b, expect: above, margin: 1, over: all",
    "level": f"level: weights.zeros.all, of: a, value: 1, expect: below, margin: 0.1, {AT}, "
    "over: all",
    "ratio": "ratio: weights.l2_norm.2, of: a, to: b, expect: below, margin: 0.1, over: all",
    "trend": "trend: gap, of: a, along: data.train, expect: decreasing, margin: 0.1, over: all",
    "equivalent": f"equivalent: test_loss, of: a, minus: b, margin: 0.1, {AT}, "
    "over: [train.optimizer.lr, model.activation]",
    "interaction": "interaction: gap, of: a, minus: b, versus: {of: c}, expect: above, margin: 1, "
    "over: all",
    "location": "location: test_accuracy, of: a, along: train.optimizer.lr, optimum: highest, "
    "scale: log, value: 0.5, expect: above, margin: 0.3, over: all",
    "spread": "spread: test_accuracy, of: a, minus: b, along: train.optimizer.lr, expect: below, "
    "margin: 0.1, over: all",
    "probability": "probability: gap, of: a, minus: b, expect: above, margin: 0.2, over: all",
}


def load(project, test: str):
    project.write("config/experiments/claims.yaml", FILE.replace("TEST", test))
    return project.load().experiments["claims"]


@pytest.fixture(autouse=True)
def _room_for_the_grid(project):
    project.edit("config/config.yaml", "max_runs: 50", "max_runs: 500")


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_sound_as_documented(project, repository, kind):
    (claim,) = load(project, SOUND[kind]).claims
    assert claim.test.kind == kind
    assert claim.test.metric == yaml.safe_load(f"{{{SOUND[kind]}}}")[kind]
    again = pickle.loads(pickle.dumps(claim))  # noqa: S301, as Snakemake gives it to jobs
    assert (again, repr(again)) == (claim, repr(claim))
    assert Claim.model_validate(claim.model_dump(mode="json", exclude_none=True)) == claim
    schema = json.loads((repository / "workflow/schemas/experiment.schema.json").read_text())
    file = yaml.safe_load(FILE.replace("TEST", SOUND[kind]))
    assert Draft202012Validator(schema).is_valid(file)
    del file["claims"][0]["test"]["of"]
    assert not Draft202012Validator(schema).is_valid(file)


@pytest.mark.parametrize("metric", METRICS)
def test_every_metric_may_be_claimed(project, metric):
    test = SOUND["level"].replace("weights.zeros.all", metric)
    assert load(project, test).claims[0].test.metric == metric


def test_what_versus_leaves_out_is_taken_from_the_test(project):
    test = SOUND["interaction"].replace("over: all", f"{AT}, over: all")
    (claim,) = load(project, test.replace("{of: c}", "{at: {data.train: 150}}")).claims
    at = {"data.train": 150, "penalty.l2": 0.0}
    assert claim.test.spots()[2:] == [("a", at), ("b", at)]


def test_points_that_claims_need_stay_on_a_thinned_grid(project):
    project.edit("config/config.yaml", "max_runs: 500", "max_runs: 500\nthin_grid: 2")
    versus = "versus: {at: {train.optimizer.lr: 0.1}}"
    test = SOUND["interaction"].replace("versus: {of: c}", f"{versus}, {AT}")
    project.write("config/experiments/claims.yaml", FILE.replace("TEST", test))
    grid = project.load().experiments["claims"].grid
    assert grid["data.train"] == [100, 50, 150]
    assert grid["train.optimizer.lr"] == [0.01, 0.1, 1.0]


def test_both_points_of_a_difference_stay_on_a_thinned_grid(project):
    project.edit("config/config.yaml", "max_runs: 500", "max_runs: 500\nthin_grid: 2")
    test = SOUND["difference"].replace(
        "minus: b", "at: {data.train: 100}, minus_at: {data.train: 50}"
    )
    project.write("config/experiments/claims.yaml", FILE.replace("TEST", test))
    assert project.load().experiments["claims"].grid["data.train"] == [100, 50, 150]


@pytest.mark.parametrize(
    ("kind", "sides", "expected"),
    [
        ("difference", "minus_at: {data.train: 100}", "a"),
        ("difference", "minus: b, minus_at: {data.train: 100}", "b"),
        ("ratio", "to_at: {data.train: 100}", "a"),
    ],
)
def test_what_another_point_leaves_out_is_taken_from_the_test(project, kind, sides, expected):
    test = SOUND[kind].replace("minus: b", f"{AT}, {sides}").replace("to: b", f"{AT}, {sides}")
    (claim,) = load(project, test).claims
    assert claim.test.spots()[1] == (expected, {"data.train": 100, "penalty.l2": 0.0})


def test_the_plan_lists_the_matched_metrics_of_claims_and_figures(project):
    names = ["gap@train_accuracy=0.95", "weights.l2_norm.all@train_loss=0.1"]
    file = FILE.replace("TEST", SOUND["difference"].replace("gap", names[0]))
    figure = f"{{kind: metric_by_axis, axis: data.train, over: all, metrics: [gap, '{names[1]}']}}"
    project.write("config/experiments/claims.yaml", f"{file}figures:\n  - {figure}\n")
    assert project.load().experiments["claims"].matched() == names


def test_a_likely_reason_belongs_to_a_verdict(project):
    file = FILE.replace("TEST", SOUND["difference"])
    project.write(
        "config/experiments/claims.yaml", f"{file}    because: {{negligible: So it is.}}\n"
    )
    (claim,) = project.load().experiments["claims"].claims
    assert claim.because == {"negligible": "So it is."}
    assert claim.without_words().because == {}
    project.write(
        "config/experiments/claims.yaml", f"{file}    because: {{negligable: So it is.}}\n"
    )
    assert project.messages() == [
        "config/experiments/claims.yaml:14: claims[0].because.negligable: unknown value "
        "'negligable'; did you mean negligible?"
    ]


WHERE = "an axis of the grid; write at: "
MISTAKES = {
    "no mapping": ("[gap]", ["claims[0].test: must be a mapping, but is a list"]),
    "misspelt kind": (
        "{diference: gap, of: a, minus: b}",
        ["claims[0].test.diference: no kind of test; did you mean difference?"],
    ),
    "two kinds": (
        "{difference: gap, ratio: gap, of: a, minus: b, expect: above, margin: 1}",
        ["claims[0].test.ratio: the test is also a difference; keep one of them"],
    ),
    "key of another kind": (
        SOUND["difference"].replace("minus: b", "minus: b, value: 3"),
        ["claims[0].test.value: difference has no key value; allowed: of, margin, at, over, "
         "minus, minus_at, statistic, difference, expect"],
    ),
    "median of a share": (
        SOUND["difference"].replace("gap", "diverged")
        .replace("margin: 1", "statistic: median, margin: 0.1"),
        ["claims[0].test.statistic: diverged is 0 or 1 for each seed; write statistic: mean"],
    ),
    "another centre": (
        SOUND["difference"].replace("margin", "statistic: mode, margin"),
        ["claims[0].test.statistic: unknown value 'mode'; allowed: mean, median, iqm"],
    ),
    "difference from nothing": (
        SOUND["difference"].replace("minus: b, ", ""),
        ["claims[0].test: has nothing to compare with; write minus: VARIANT or "
         "minus_at: {AXIS: POINT}"],
    ),
    "difference from the same point": (
        SOUND["difference"].replace("minus: b", f"{AT}, minus_at: {{data.train: 50}}"),
        ["claims[0].test.minus_at: a is compared with itself"],
    ),
    "difference from a point beside the axis": (
        SOUND["difference"].replace("minus: b", f"{AT}, minus_at: {{data.train: 70}}"),
        ["claims[0].test.minus_at.data.train: 70 is not on the axis: 100, 50, 150"],
    ),
    "difference from a point on an axis that is none": (
        SOUND["difference"].replace("minus: b", f"{AT}, minus_at: {{data.trian: 100}}"),
        ["claims[0].test.minus_at.data.trian: unknown grid axis 'data.trian'; did you mean "
         "data.train?"],
    ),
    "difference of a mean from a point": (
        SOUND["difference"].replace("minus: b", "minus: b, minus_at: {data.train: 100}"),
        ["claims[0].test.minus_at.data.train: data.train must also be in at, with the point to "
         "compare with"],
    ),
    "ratio to the same point": (
        SOUND["ratio"].replace("to: b", f"to: a, {AT}, to_at: {{data.train: 50}}"),
        ["claims[0].test.to: a is compared with itself"],
    ),
    "metric that can't be matched": (
        SOUND["difference"].replace("gap", "updates_to_90@train_loss=0.1"),
        ["claims[0].test.difference: 'updates_to_90@train_loss=0.1': updates_to_90 is a metric "
         "of the whole run, which has no value at one evaluation"],
    ),
    "metric matched by what can't be seen in training": (
        SOUND["difference"].replace("gap", "gap@train_acuracy=0.9"),
        ["claims[0].test.difference: 'gap@train_acuracy=0.9': runs can't be matched by "
         "'train_acuracy'; did you mean train_accuracy?"],
    ),
    "metric matched without a value": (
        SOUND["difference"].replace("gap", "gap@train_loss"),
        ["claims[0].test.difference: 'gap@train_loss': has no value; write gap@train_loss=0.1"],
    ),
    "metric matched by a word": (
        SOUND["difference"].replace("gap", "gap@train_accuracy=all"),
        ["claims[0].test.difference: 'gap@train_accuracy=all': 'all' is not a number; write "
         "gap@train_accuracy=0.95"],
    ),
    "metric matched by percents": (
        SOUND["difference"].replace("gap", "gap@train_accuracy=95"),
        ["claims[0].test.difference: 'gap@train_accuracy=95': 95 is above 1, the accuracy of a "
         "perfect network"],
    ),
    "metric of a probe that is not recorded": (
        SOUND["difference"].replace("gap", "ece@train_accuracy=0.9"),
        ["claims[0].test.difference: 'ece@train_accuracy=0.9': 'ece' is not recorded; add probes: "
         "[weights, calibration]"],
    ),
    "metric that has a short name": (
        SOUND["difference"].replace("gap", "classes.test_f1.all"),
        ["claims[0].test.difference: 'classes.test_f1.all' is called f1"],
    ),
    "recall of no class": (
        SOUND["difference"].replace("gap", "classes.recall.all"),
        ["claims[0].test.difference: 'classes.recall.all': 'all' is not a class; classes are 0, "
         "1, 2 ..., in order"],
    ),
    "matched metric that is misspelt": (
        SOUND["difference"].replace("gap", "test_acuracy@train_accuracy=0.95"),
        ["claims[0].test.difference: 'test_acuracy@train_accuracy=0.95': unknown metric "
         "'test_acuracy'; did you mean test_accuracy?"],
    ),
    "ratio of a matched metric that may be negative": (
        SOUND["ratio"].replace("weights.l2_norm.2", "gap@train_loss=0.1"),
        ["claims[0].test.ratio: gap can be 0 or negative, so it has no ratio; use a difference"],
    ),
    "forgotten axes": (
        SOUND["difference"].replace("over: all", "at: {data.train: 50, penalty.l2: 0.1}"),
        [f"claims[0].test: leaves out model.activation, {WHERE}{{model.activation: relu}} "
         "for one point or over: [model.activation] to average over all of them",
         f"claims[0].test: leaves out train.optimizer.lr, {WHERE}{{train.optimizer.lr: "
         "0.01} for one point or over: [train.optimizer.lr] to average over all of them"],
    ),
    "axis in at and over": (
        SOUND["difference"].replace("over: all", f"{AT}, over: [data.train, all]"),
        ["claims[0].test.over[0]: data.train is also in at; name it once"],
    ),
    "axis in along and over": (
        SOUND["trend"].replace("over: all", "over: [all, data.train]"),
        ["claims[0].test.over[1]: data.train is also in along; name it once"],
    ),
    "axis in along and at": (
        SOUND["trend"].replace("over: all", "over: all, at: {data.train: 50}"),
        ["claims[0].test.at.data.train: data.train is also in along; name it once"],
    ),
    "misspelt axis to average over": (
        SOUND["difference"].replace("over: all", "over: [data.trian]"),
        ["claims[0].test.over[0]: unknown grid axis 'data.trian'; did you mean "
         "data.train?"],
    ),
    "axis twice": (
        SOUND["difference"].replace("over: all", "over: [all, data.train, data.train]"),
        ["claims[0].test.over[2]: data.train appears twice"],
    ),
    "trend along words": (
        SOUND["trend"].replace("along: data.train", "along: model.activation"),
        ["claims[0].test.along: model.activation is not an axis of numbers: it has relu"],
    ),
    "trend along two points": (
        SOUND["trend"].replace("along: data.train", "along: penalty.l2"),
        ["claims[0].test.along: penalty.l2 has 2 points, not at least 3"],
    ),
    "trend that is above": (
        SOUND["trend"].replace("decreasing", "above"),
        ["claims[0].test.expect: unknown value 'above'; allowed: increasing, decreasing"],
    ),
    "tau above 1": (
        SOUND["trend"].replace("margin: 0.1", "margin: 1.5"),
        ["claims[0].test.margin: must be below 1, but is 1.5"],
    ),
    "share of everything": (
        SOUND["probability"].replace("margin: 0.2", "margin: 0.7"),
        ["claims[0].test.margin: must be below 0.5, but is 0.7"],
    ),
    "ratio of what may be negative": (
        SOUND["ratio"].replace("weights.l2_norm.2", "gap"),
        ["claims[0].test.ratio: gap can be 0 or negative, so it has no ratio; use a difference"],
    ),
    "ratio of a quantile": (
        SOUND["ratio"].replace("l2_norm", "q50"),
        ["claims[0].test.ratio: weights.q50.2 can be 0 or negative, so it has no ratio; "
         "use a difference"],
    ),
    "ratio of a variant to itself": (
        SOUND["ratio"].replace("to: b", "to: a"),
        ["claims[0].test.to: a is compared with itself"],
    ),
    "probe that is not recorded": (
        SOUND["level"].replace("weights.zeros.all", "gradients.gradient_norm.1"),
        ["claims[0].test.level: 'gradients.gradient_norm.1' is not recorded; "
         "add probes: [weights, gradients]"],
    ),
    "misspelt quantity": (
        SOUND["level"].replace("weights.zeros.all", "weights.zero.1"),
        ["claims[0].test.level: 'weights.zero.1': weights has no quantity 'zero'; "
         "did you mean zeros?"],
    ),
    "no layer": (
        SOUND["level"].replace("weights.zeros.all", "weights.zeros"),
        ["claims[0].test.level: 'weights.zeros' does not name a layer; write "
         "weights.zeros.1, or all for the whole network"],
    ),
    "quantile of all layers": (
        SOUND["level"].replace("zeros", "q50"),
        ["claims[0].test.level: 'weights.q50.all': q50 is measured layer by layer; name a layer: "
         "1"],
    ),
    "probe as a metric": (
        SOUND["level"].replace("weights.zeros.all", "weights"),
        ["claims[0].test.level: weights is a probe; write weights.QUANTITY.LAYER, such as "
         "weights.l2_norm.1"],
    ),
    "interaction of one difference": (
        SOUND["interaction"].replace("{of: c}", "{}"),
        ["claims[0].test.versus: is the same difference as that of the test; "
         "name another variant or point"],
    ),
    "interaction with nothing": (
        SOUND["interaction"].replace("{of: c}", "{of: b}"),
        ["claims[0].test.versus: b is compared with itself"],
    ),
    "interaction at a point beside the axis": (
        SOUND["interaction"].replace("{of: c}", "{at: {data.train: 70}}"),
        ["claims[0].test.versus.at.data.train: 70 is not on the axis: 100, 50, 150"],
    ),
    "location of nothing": (
        SOUND["location"].replace("value: 0.5, ", ""),
        ["claims[0].test: has nothing to compare with; write value: NUMBER or minus: VARIANT"],
    ),
    "location of two things": (
        SOUND["location"].replace("value: 0.5", "value: 0.5, minus: b"),
        ["claims[0].test.minus: value and minus are both given; keep one of them"],
    ),
    "location beyond the axis": (
        SOUND["location"].replace("value: 0.5", "value: 5"),
        ["claims[0].test.value: 5 is outside of the axis, 0.01 to 1"],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("test", "expected"), MISTAKES.values(), ids=MISTAKES)
def test_mistake_is_said(project, test, expected):
    # What is no mapping stands as it is.
    text = FILE.replace("{TEST}", test) if test[0] in "[{" else FILE.replace("TEST", test)
    project.write("config/experiments/claims.yaml", text)
    assert project.messages() == [LINE + line for line in expected]


def test_the_logarithm_of_zero_is_refused(project):
    file = FILE.replace("TEST", SOUND["location"]).replace("[0.0, 0.1]", "[0.0, 0.1, 0.2]")
    test = file.replace("along: train.optimizer.lr", "along: penalty.l2").replace("0.5,", "0.1,")
    project.write("config/experiments/claims.yaml", test)
    assert project.messages() == [
        f"{LINE}claims[0].test.scale: penalty.l2 has 0.0, which has no logarithm; "
        "write scale: linear"
    ]


# The reasons of margins

MARGINS = "max_runs: 500\nmargins: {gap: {margin: 1, because: A reason.}}"


@pytest.mark.parametrize(
    ("kind", "old", "new", "expected"),
    [
        ("difference", "", "", "A reason."),
        ("interaction", "", "", "A reason."),
        ("difference", "margin: 1", "margin: 0.5", ""),
        ("difference", "gap", "gap@train_accuracy=0.9", "A reason."),
        ("difference", "gap", "test_loss", ""),
        ("probability", "", "", ""),
        ("trend", "", "", ""),
    ],
)
def test_the_reason_of_a_margin_is_that_of_the_configuration(project, kind, old, new, expected):
    project.edit("config/config.yaml", "max_runs: 500", MARGINS)
    (claim,) = load(project, SOUND[kind].replace(old, new)).claims
    assert claim.margin_because == expected
    assert claim.without_words().margin_because == ""


def test_a_margin_of_another_kind_has_not_the_reason_of_the_metric(project):
    """A factor of 1.1 is no difference of 0.1."""
    margins = MARGINS.replace("gap: {margin: 1,", "test_loss: {margin: 0.1,")
    project.edit("config/config.yaml", "max_runs: 500", margins)
    (claim,) = load(project, SOUND["ratio"].replace("weights.l2_norm.2", "test_loss")).claims
    assert claim.margin_because == ""
    (claim,) = load(project, SOUND["equivalent"]).claims
    assert claim.margin_because == "A reason."


def test_a_claim_may_have_another_reason_for_its_margin(project):
    project.edit("config/config.yaml", "max_runs: 500", MARGINS)
    test = SOUND["difference"] + "}\n    margin_because: Another.\n    because: {supported: So."
    (claim,) = load(project, test).claims
    assert claim.margin_because == "Another."

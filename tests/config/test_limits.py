"""The check of a configuration takes a moment, whatever is written, and large work is warned of."""

import json
import time

import pytest

from overfit.config.problems import ConfigurationError
from overfit.config.study import load_study
from overfit.jobs.plan import Plan
from overfit.search.dimensions import Int
from overfit.search.space import space_clashes

SEARCHED = "config/experiments/searched.yaml"
PLAIN = "config/experiments/plain.yaml"
SPACE = "train.optimizer.lr: {log_uniform: [1.0e-6, 1.0e-2]}"


def searching(project, space, method="random"):
    project.edit(SEARCHED, f"{SPACE}\n      method: random", f"{space}\n      method: {method}")


@pytest.fixture
def at_once():
    start = time.process_time()
    yield
    assert time.process_time() - start < 4


def test_long_choices_are_checked_at_some_of_their_pairs(project, at_once):
    choice = json.dumps([round(0.001 * k, 3) for k in range(1, 301)])
    keys = ("dropout.rate", "penalty.l1", "penalty.l2", "train.label_smoothing")
    searching(project, "\n        ".join(f"{key}: {{choice: {choice}}}" for key in keys))
    assert project.load().searches


def test_every_value_of_a_long_choice_is_checked(project, at_once):
    values = [round(0.001 * k, 3) for k in range(1, 301)]
    values[217] = 1.5
    searching(
        project,
        f"dropout.rate: {{choice: {values}}}\n        penalty.l2: {{choice: {values}}}",
    )
    assert project.messages() == [
        f"{SEARCHED}:8: variants.searched.search.space.dropout.rate.choice[217]: must be below 1, "
        "but is 1.5"
    ]


def test_a_grid_over_many_whole_numbers_is_never_listed(project, at_once):
    searching(
        project,
        "train.updates: {int: [1, 100000000]}\n        train.epochs: {choice: [null]}\n"
        "        evaluation.points: {int: [2, 10000]}",
        "random_grid",
    )
    (search,) = project.load().searches.values()
    assert search.points == 100_000_000 * 9_999
    values = [trial.values for trial in search.searcher(0).propose([])]
    assert len({repr(one) for one in values}) == search.trials


def test_conditions_that_branch_are_followed_once(at_once):
    keys = [f"x{i:02}" for i in range(60)]
    space = {
        key: Int(int=(1, 3), when=dict.fromkeys(keys[:i], 1) or None) for i, key in enumerate(keys)
    }
    assert [*space_clashes(space)] == []


def test_a_bomb_of_aliases_in_an_overlay_is_refused_before_it_unfolds(project, at_once):
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 12)]
    project.write("config/small.yaml", "\n".join(lines))
    (message,) = project.messages("config/small.yaml")
    assert message.endswith("the file contains more than 20000 values")


def test_a_configuration_that_contains_itself_is_refused(project):
    project.write("config/small.yaml", "changes: &x {a: *x}\n")
    itself = {}
    itself["a"] = itself
    files = [project.root / file for file in ("config/config.yaml", "config/small.yaml")]
    with pytest.raises(ConfigurationError, match=r"small.yaml:1: changes.a: \*x is not defined"):
        load_study({"changes": itself}, root=project.root, config_files=files)


def test_a_network_that_would_train_for_years_is_warned_of(project):
    assert [*Plan(project.load()).doubts()] == []
    project.edit(
        PLAIN,
        "baseline: {}",
        "baseline: {model: {depth: 64, width: 10000}, train: {epochs: 1000000}}",
    )
    assert [*Plan(project.load()).doubts()] == [
        f"{PLAIN}: a job that trains 4 networks of 6,309,860,030 parameters for 2,000,000 updates "
        "takes about 42,082 hours on one core and 425 GB of memory"
    ]


def test_an_override_that_makes_variants_equal_is_warned_of(project):
    project.edit(PLAIN, "      rate: 0.5", "      scaling: test_time")
    overlay = {"override": {"dropout": {"rate": 0.0}}}
    doubts = [*Plan(project.load(command_line=overlay)).doubts()]
    assert doubts == [
        f"{PLAIN}:17: claims[0].test: compares a run with itself: dropout and baseline have the "
        "same settings"
    ]
    assert [*Plan(project.load(command_line=overlay | {"experiments": ["grid"]})).doubts()] == []


LAYERS = "there is no layer {}; the layers are 1 to 3"


@pytest.mark.parametrize("layer", [0, 4, 99])
def test_a_figure_of_a_layer_that_no_network_has_is_refused(project, layer):
    curves = f"{{kind: probe_curves, quantity: effective_lr, layers: [1, {layer}]}}"
    project.edit(PLAIN, "- kind: learning_curves", f"- {curves}")
    project.edit(PLAIN, "seeds: 4", "seeds: 4\nprobes: [effective_lr]")
    (message,) = project.messages()
    assert message == f"{PLAIN}:14: figures[0].layers: {LAYERS.format(layer)}"


def test_activations_of_the_output_layer_are_refused(project):
    project.edit(PLAIN, "seeds: 4", "seeds: 4\nprobes: [activations]")
    curves = "- {kind: probe_curves, quantity: dead, layers: [2, 3]}"
    project.edit(PLAIN, "- kind: learning_curves", curves)
    project.edit(PLAIN, "{difference: gap,", "{difference: activations.dead.3,")
    assert project.messages() == [
        f"{PLAIN}:{place}there is no hidden layer 3; the hidden layers are 1 to 2"
        for place in (
            "14: figures[0].layers: ",
            "18: claims[0].test.difference: baseline: ",
            "18: claims[0].test.difference: dropout: ",
        )
    ]


def test_the_recall_of_a_class_that_the_dataset_does_not_have_is_refused(project):
    project.edit(PLAIN, "seeds: 4", "seeds: 4\nprobes: [classes]")
    project.edit(PLAIN, "{difference: gap,", "{difference: classes.recall.10,")
    assert project.messages() == [
        f"{PLAIN}:18: claims[0].test.difference: {name}: there is no class 10; the classes are 0 "
        "to 9"
        for name in ("baseline", "dropout")
    ]
    project.edit(PLAIN, "recall.10", "recall.9")
    project.load()


def test_metrics_of_a_layer_that_no_network_has_are_refused(project):
    project.edit(PLAIN, "seeds: 4", "seeds: 4\nprobes: [weights]")
    metrics = "[gap, weights.rms.3, weights.rms.4]"
    comparison = f"- {{kind: comparison, baseline: baseline, metrics: {metrics}}}"
    project.edit(PLAIN, "- kind: learning_curves", comparison)
    project.edit(PLAIN, "{difference: gap,", "{difference: weights.q99.9@train_accuracy=0.9,")
    assert project.messages() == [
        f"{PLAIN}:14: figures[0].metrics: {LAYERS.format(4)}",
        *(
            f"{PLAIN}:18: claims[0].test.difference: {name}: {LAYERS.format(9)}"
            for name in ("baseline", "dropout")
        ),
    ]


def test_a_layer_that_one_of_the_networks_has_is_there(project):
    project.edit(PLAIN, "baseline: {}", "baseline: {model: {hidden: [20, 20, 20]}}")
    curves = "- {kind: probe_curves, quantity: effective_lr, layers: [4]}"
    project.edit(PLAIN, "- kind: learning_curves", curves)
    project.edit(PLAIN, "seeds: 4", "seeds: 4\nprobes: [effective_lr]")
    assert project.load().experiments

"""Searched settings: spaces, conditions, structure, methods, and what a search never sees."""

import json

import numpy as np
import pytest

from overfit.config.blocks import block_range
from overfit.config.config import Config
from overfit.config.experiment_file import ExperimentFile
from overfit.config.problems import ConfigurationError
from overfit.config.search import Objective
from overfit.config.specs import SearchSpec
from overfit.data import draw_subset

PLAIN = "config/experiments/plain.yaml"
GRID = "config/experiments/grid.yaml"


def settings(project, experiment="plain", cell=0, **options):
    return project.load(**options).experiments[experiment].cells[cell].run.settings


def with_space(project, space, **variant):
    """The settings that stand for the trials, after the file has got another space."""
    file = "config/experiments/searched.yaml"
    project.edit(file, "train.optimizer.lr: {log_uniform: [1.0e-6, 1.0e-2]}", space)
    beside = "".join(f"    {key}: {json.dumps(value)}\n" for key, value in variant.items())
    project.edit(file, "    search:", f"{beside}    search:")
    (search,) = project.load().searches.values()
    return search


def test_a_switched_off_part_does_not_stand_for_the_trials(project):
    """A dropout rate of 0 is no dropout, which would forget how it scales."""
    search = with_space(
        project, "dropout.rate: {choice: [0.0, 0.5]}", dropout={"scaling": "test_time"}
    )
    on = search.settings.updated({"dropout": {"rate": 0.5}}, instead_of=search.space)
    assert on.dropout.scaling == "test_time"
    assert search.settings.updated({"dropout": {"rate": 0.0}}).dropout is None


def test_a_part_can_be_searched_where_another_choice_switches_it_on(project):
    search = with_space(
        project,
        "dropout: {choice: [null, {rate: 0.1}]}\n"
        "        dropout.rate: {uniform: [0.1, 0.5], when: {dropout: {rate: 0.1}}}\n"
        "        batch_norm: {choice: [true, null]}\n"
        "        batch_norm.momentum: {uniform: [0.1, 0.5], when: {batch_norm: true}}",
    )
    assert len(search.space) == 4


def test_depth_and_width_replace_hidden_layers_and_make_the_same_runs(project):
    project.edit(PLAIN, "baseline: {}", "baseline: {model: {depth: 3, width: 7}}")
    written = project.load().experiments["plain"].runs[0]
    assert settings(project, "plain").model.hidden == (7, 7, 7)
    project.edit(PLAIN, "{depth: 3, width: 7}", "{hidden: [7, 7, 7]}")
    assert project.load().experiments["plain"].runs[0] == written
    project.edit(PLAIN, "{hidden: [7, 7, 7]}", "{depth: 3}")
    assert settings(project, "plain").model.hidden == (20, 20, 20)


def test_dropout_widens_layers_by_what_it_drops_and_makes_the_same_runs(project):
    project.edit(PLAIN, "rate: 0.5", "rate: 0.3\n      widen: true")
    project.edit(PLAIN, "baseline: {}", "baseline: {dropout: {rate: 0.0, widen: true}}")
    plain, dropout = (settings(project, "plain", cell) for cell in (0, 1))
    assert dropout.model.hidden == (29, 29)  # 20 / 0.7
    assert plain.model.hidden == (20, 20)  # nothing is dropped
    assert "widen" not in dropout.model_dump()["dropout"]  # the widths say it
    runs = project.load().experiments["plain"].runs
    project.edit(PLAIN, "rate: 0.3\n      widen: true", "rate: 0.3\n    model: {width: 29}")
    assert project.load().experiments["plain"].runs == runs


def test_what_would_be_too_wide_is_refused(project):
    project.edit(PLAIN, "rate: 0.5", "rate: 0.99\n      widen: true\n    model: {width: 101}")
    (message,) = project.messages()
    assert message.endswith(
        "dropout.widen: a layer would have 10100 units; at most 10000 are allowed"
    )


def test_the_order_of_conditions_and_repeats_and_rounds_are_part_of_a_search(project):
    file = "config/experiments/searched.yaml"
    before = list(project.load().searches)
    project.edit(file, "trials: 20", "trials: 20\n      repeats: 1")
    assert list(project.load().searches) == before
    project.edit(file, "repeats: 1", "repeats: 3")
    (search,) = project.load().searches.values()
    assert (search.id, search.method) not in before
    assert [search.seed(repeat) for repeat in range(3)] == [1_000_000, 1_000_001, 1_000_002]
    assert search.blocks(8)[-1] == "0056-0059"
    project.edit(file, "method: random", "method: tpe")
    (search,) = project.load().searches.values()
    assert search.blocks(8) == ["0000-0019", "0020-0039", "0040-0059"]


def test_the_repeats_of_a_search_count_from_the_first_seed(project):
    file = "config/experiments/searched.yaml"
    project.edit(file, "trials: 20", "trials: 20\n      repeats: 2")
    (before,) = project.load().searches.values()
    (after,) = project.load(command_line={"first_seed": 100}).searches.values()
    assert [after.seed(repeat) for repeat in range(2)] == [1_000_100, 1_000_101]
    assert after.id != before.id
    (same,) = project.load(command_line={"first_seed": 0}).searches.values()
    assert same.id == before.id


def test_methods_search_the_same_space_side_by_side(project):
    file = "config/experiments/searched.yaml"
    text = (project.root / file).read_text()
    variant = text[text.index("  searched:") : text.index("figures:")]
    other = variant.replace("searched:", "parzen:").replace("random", "tpe")
    project.edit(file, variant, variant + other)
    study = project.load()
    assert len({identity for identity, _ in study.searches}) == 1
    assert {method for _, method in study.searches} == {"random", "tpe"}
    experiment = study.experiments["searched"]
    methods = {name: search.method for name, search in experiment.searches.items()}
    assert methods == {"searched": "random", "parzen": "tpe"}
    assert len(set(experiment.runs)) == 3


def test_a_grid_has_no_more_trials_than_points(project):
    search = with_space(project, "train.optimizer.lr: {log_uniform: [0.1, 1.0], points: 5}")
    project.edit("config/experiments/searched.yaml", "method: random", "method: random_grid")
    (search,) = project.load().searches.values()
    assert (search.trials, search.points, search.count) == (20, 5, 5)
    assert project.load(command_line={"search_trials": 3}).searches
    (few,) = project.load(command_line={"search_trials": 3, "search_repeats": 2}).searches.values()
    assert (few.count, few.repeats) == (3, 2)


def test_no_seed_of_a_run_can_be_the_seed_of_a_search():
    seed = SearchSpec.model_construct().seed(0)
    Config(seeds=10_000)
    for model in (Config, ExperimentFile):
        with pytest.raises(ValueError, match=r"seeds\n.*less than or equal to 10000"):
            model.model_validate({"seeds": seed})


def test_a_searched_run_is_trained_on_seeds_and_subsets_that_its_search_never_saw(project):
    study = project.load()
    experiment = study.experiments["searched"]
    (search,) = study.searches.values()
    seeds = [
        seed
        for blocks in experiment.blocks.values()
        for block in blocks
        for seed in block_range(block)
    ]
    unseen = search.seed(0)
    assert unseen not in seeds
    labels = np.repeat(np.arange(10), 40)
    data = search.settings.data
    drawn = {
        seed: draw_subset(
            labels, data.train, data.validation, root_seed=search.root_seed, seed=seed
        )
        for seed in (unseen, *seeds)
    }
    seen_train, seen_validation = (set(rows.tolist()) for rows in drawn[unseen])
    for seed in seeds:
        train, validation = (set(rows.tolist()) for rows in drawn[seed])
        assert train != seen_train
        assert validation != seen_validation


@pytest.mark.parametrize("metric", ["test_accuracy", "test_loss", "gap"])
def test_a_search_can_not_look_at_the_test_images(metric):
    fields = Objective.model_json_schema()["properties"]
    assert metric not in str(fields)
    for direction in ("maximize", "minimize"):
        with pytest.raises(ValueError, match=r"validation_accuracy|validation_loss|not permitted"):
            Objective.model_validate({direction: metric})


@pytest.mark.parametrize(
    ("method", "trials", "said"),
    [
        ("tpe", 10, "tpe draws its first 10 trials at random, so it can't learn from 10; write at "
                    "least 11, or method: random"),
        ("gp", 7, "gp draws its first 10 trials at random, so it can't learn from 7; write at "
                  "least 11, or method: random"),
        ("hyperband", 1, "hyperband needs a budget of at least 2 whole trainings to drop a "
                         "configuration, not 1; write trials: 2, or method: random"),
    ],
)  # fmt: skip
def test_a_method_that_cannot_learn_from_so_few_trials_is_refused(project, method, trials, said):
    file = "config/experiments/searched.yaml"
    project.edit(file, "method: random", f"method: {method}")
    assert not project.load(command_line={"search_trials": 100}).doubts
    (doubt,) = project.load(command_line={"search_trials": trials}).doubts
    project.edit(file, "trials: 20", f"trials: {trials}")
    (message,) = project.messages()
    assert message == str(doubt)
    assert message.endswith(f"variants.searched.search.trials: {said}")


CLAIM = """claims:
  - id: better
    says: It is better.
    test: {difference: %s, of: searched, minus: baseline, expect: above, margin: 0.02}
"""
SEARCHED = "config/experiments/searched.yaml"


def claimed(project, metric="test_accuracy", search=""):
    """The search of a project whose experiment has a claim about the searched variant."""
    text = (project.root / SEARCHED).read_text()
    if "claims:" not in text:
        text += CLAIM % metric
    project.write(SEARCHED, text.replace("trials: 20", f"trials: 20\n{search}"))
    return project.load().experiments["searched"].searches["searched"]


def test_where_a_claim_compares_a_searched_variant_each_seed_has_a_search(project):
    assert not project.load().experiments["searched"].searches["searched"].per_seed
    search = claimed(project)
    experiment = project.load().experiments["searched"]
    run = experiment.cells[1].run
    assert search.per_seed
    assert run.search.per_seed
    assert search.repeats == experiment.seeds == 10


@pytest.mark.parametrize(
    "search",
    ["      repeats: 1", "      per_seed: false"],
    ids=["repeats are written", "it is switched off"],
)
def test_one_search_serves_all_seeds_where_the_file_says_so(project, search):
    assert not claimed(project, search=search).per_seed


def test_claims_about_repeats_leave_the_repeats_as_they_are(project):
    text = (project.root / SEARCHED).read_text()
    other = text[text.index("  searched:") : text.index("figures:")].replace("searched:", "two:")
    other = other.replace("random", "qmc")
    text = text.replace("figures:", other + "figures:").replace(
        "trials: 20", "trials: 20\n      repeats: 6"
    )
    project.write(SEARCHED, text + (CLAIM % "search.test_accuracy").replace("baseline", "two"))
    searches = project.load().experiments["searched"].searches.values()
    assert [(one.per_seed, one.repeats) for one in searches] == [(False, 6)] * 2


def test_the_number_of_seeds_changes_neither_a_search_of_each_seed_nor_its_run(project):
    claimed(project)
    few, more = (project.load(command_line={"seeds": n}) for n in (8, 13))
    assert few.searches == more.searches
    assert few.runs == more.runs
    one, other = (study.experiments["searched"] for study in (few, more))
    assert one.searches["searched"].to_yaml() == other.searches["searched"].to_yaml()
    # seeds 0 to 7 in one job, with 20 trials each, then 8 to 12; 640 trials fit in a job
    assert one.trial_blocks("searched") == ["0000-0079", "0080-0159"]
    assert other.trial_blocks("searched")[:2] == one.trial_blocks("searched")
    assert other.found("searched")[-1] == "best-0012-0012"


def test_a_search_for_each_seed_has_no_repeats_of_its_own(project):
    message = claimed_messages(project, "      repeats: 3\n      per_seed: true")
    assert message.endswith(
        "variants.searched.search.repeats: per_seed runs one search per seed; remove repeats"
    )


def test_seeds_can_differ_neither_in_their_updates_nor_in_kept_parameters(project):
    project.edit(SEARCHED, "train.optimizer.lr: {log_uniform: [1.0e-6, 1.0e-2]}",
                 "train.batch_size: {choice: [20, 50]}")  # fmt: skip
    assert not claimed(project).per_seed
    message = claimed_messages(project, "      per_seed: true")
    assert message.endswith(
        "variants.searched.search.per_seed: each seed needs the same number of updates, which "
        "train.batch_size changes; write per_seed: false"
    )


def claimed_messages(project, search):
    with pytest.raises(ConfigurationError) as caught:
        claimed(project, search=search)
    (message,) = str(caught.value).splitlines()
    return message

"""Experiments that start from others, and what the configuration changes in them."""

import dataclasses

CONFIG = "config/config.yaml"
GRID = "config/experiments/grid.yaml"
PLAIN = "config/experiments/plain.yaml"
CHILD = "config/experiments/child.yaml"
GRANDCHILD = "config/experiments/grandchild.yaml"


def settings(study, experiment="child"):
    return {cell.variant: cell.run.settings for cell in study.experiments[experiment].cells}


def differing(one, other):
    """The fields in which two experiments differ."""
    names = [field.name for field in dataclasses.fields(one)]
    return {name for name in names if getattr(one, name) != getattr(other, name)}


def test_an_extension_without_more_asks_for_the_same_runs(project):
    alone = project.load()
    project.write(CHILD, "extends: plain\n")
    study = project.load()
    assert study.runs.keys() == alone.runs.keys()
    child = study.experiments["child"]
    assert differing(child, study.experiments["plain"]) == {"name", "sources"}
    assert list(child.sources) == [CHILD, PLAIN]


def test_mappings_merge_and_lists_and_texts_replace(project):
    project.write(
        CHILD,
        "extends: plain\ntitle: Child\nbase: {data: {validation: 40}}\n"
        "variants: {l2: {penalty: {l2: 0.1}}, dropout: {dropout: {input: 0.2}}}\n"
        "grid: {train.epochs: [3, 4]}\nprobes: [weights]\nseeds: 6\n"
        "claims: [{id: c, says: S, test: {level: gap, of: l2, over: all, expect: below, value: 1, "
        "margin: 0.1}}]\n",
    )
    study = project.load()
    child = study.experiments["child"]
    assert (child.title, child.question, child.seeds) == ("Child", "Does it work?", 6)
    assert list(child.labels) == ["baseline", "dropout", "l2"]
    assert [claim.id for claim in child.claims] == ["c"]
    assert [figure.kind for figure in child.figures] == ["learning_curves"]
    assert child.probes == ("weights",)
    assert len(child.cells) == 6
    own = settings(study)
    assert (own["dropout"].dropout.rate, own["dropout"].dropout.input) == (0.5, 0.2)
    assert {(one.data.train, one.data.validation) for one in own.values()} == {(100, 40)}


def test_null_deletes_an_inherited_variant_axis_claim_list_and_text(project):
    project.edit(PLAIN, "title: Plain", "title: Plain\ntext: Look\ngrid: {train.epochs: [3, 4]}")
    project.write(
        CHILD,
        "extends: plain\ntext: null\nvariants: {dropout: null, other: {}}\n"
        "grid: {train.epochs: null}\nclaims: null\nfigures: null\nseeds: null\n",
    )
    child = project.load().experiments["child"]
    assert list(child.labels) == ["baseline", "other"]
    assert (child.text, child.grid, child.claims, child.figures) == ("", {}, (), ())
    assert child.seeds == 10


def test_null_in_a_base_deletes_what_all_layers_below_say(project):
    project.edit("config/config.yaml", "epochs: 5", "epochs: 5\n  dropout: {rate: 0.4, input: 0.1}")
    project.edit(PLAIN, "    train: 100", "    train: 100\n  dropout: {scaling: test_time}")
    project.write(CHILD, "extends: plain\nbase: {dropout: null}\n")
    project.write(GRANDCHILD, "extends: child\nbase: {dropout: {rate: 0.25}}\n")
    study = project.load()
    assert settings(study, "plain")["baseline"].dropout.input == 0.1
    assert settings(study, "child")["baseline"].dropout is None
    again = settings(study, "grandchild")["baseline"].dropout
    assert (again.rate, again.input, again.scaling) == (0.25, 0, "inverted")


def test_null_in_a_variant_deletes_a_key_of_its_base(project):
    project.edit(PLAIN, "    train: 100", "    train: 100\n  penalty: {l2: 0.3}")
    project.write(CHILD, "extends: plain\nvariants: {dropout: {penalty: {l2: null}}}\n")
    own = settings(project.load())
    assert (own["baseline"].penalty.l2, own["dropout"].penalty.l2) == (0.3, 0)
    assert own["dropout"].dropout.rate == 0.5


def test_a_deleted_variant_or_base_can_be_written_anew(project):
    project.write(
        CHILD, "extends: plain\nbase: null\nvariants: {dropout: null, x: {}}\nclaims: []\n"
    )
    project.write(GRANDCHILD, "extends: child\nvariants: {dropout: {penalty: {l2: 0.1}}}\n")
    own = settings(project.load(), "grandchild")
    assert own["dropout"].dropout is None
    assert own["dropout"].penalty.l2 == 0.1


def test_an_extended_search_is_changed_in_part(project):
    project.write(CHILD, "extends: searched\nvariants: {searched: {search: {trials: 5}}}\n")
    assert project.load().experiments["child"].searches["searched"].trials == 5


def mistakes(*expected):
    return [f"config/experiments/{line}" for line in expected]


def test_a_mistake_in_an_inherited_part_is_said_once_where_it_stands(project):
    project.edit(PLAIN, "rate: 0.5", "rate: 1.5")
    project.edit(PLAIN, "of: dropout", "of: dropuot")
    project.write(CHILD, "extends: plain\nvariants: {another: {}}\n")
    project.write(GRANDCHILD, "extends: child\n")
    assert project.messages() == mistakes(
        "plain.yaml:10: variants.dropout.dropout.rate: must be below 1, but is 1.5",
        "plain.yaml:17: claims[0].test.of: unknown variant 'dropuot'; did you mean dropout?",
    )


def test_whoever_makes_an_inherited_value_wrong_is_named(project):
    project.write(CHILD, "extends: plain\nvariants: {dropout: null}\n")
    project.write(GRANDCHILD, "extends: child\nseeds: 3\n")
    project.write("config/experiments/other.yaml", "extends: plain\nvariants: {baseline: null}\n")
    assert project.messages() == mistakes(
        "plain.yaml:17: claims[0].test.minus: unknown variant 'baseline'; allowed: dropout "
        "(in config/experiments/other.yaml, which extends it)",
        "plain.yaml:17: claims[0].test.of: unknown variant 'dropout'; allowed: baseline "
        "(in config/experiments/child.yaml, which extends it)",
    )


def test_a_clash_with_an_inherited_value_is_blamed_on_the_later_file(project):
    project.write(CHILD, "extends: plain\nbase:\n  train: {batch_size: 101}\n")
    assert project.messages() == mistakes(
        "child.yaml:3: base.train.batch_size: a batch of 101 is larger than the 100 training images"
    )


def test_a_cycle_is_said_once_and_stops_those_that_lead_to_it(project):
    project.write("config/experiments/a.yaml", "extends: b\n")
    project.write("config/experiments/b.yaml", "title: x\nextends: c\n")
    project.write("config/experiments/c.yaml", "extends: b\n")
    assert project.messages() == mistakes(
        "b.yaml:2: extends: the experiment extends itself: b -> c -> b"
    )


def test_what_extends_a_file_that_cannot_be_read_is_not_blamed(project):
    project.write(PLAIN, "title: [\n")
    project.write(CHILD, "extends: plain\n")
    (message,) = project.messages()
    assert message.startswith(f"{PLAIN}:")


def test_a_long_chain_is_followed(project):
    project.write("config/experiments/c000.yaml", "extends: plain\n")
    for i in range(1, 60):
        project.write(f"config/experiments/c{i:03}.yaml", f"extends: c{i - 1:03}\nseeds: {i + 2}\n")
    study = project.load()
    assert study.experiments["c059"].seeds == 61
    assert len(study.experiments["c059"].sources) == 61


def change(project, text, more=""):
    project.edit(CONFIG, "max_runs: 50", f"max_runs: 50\nchanges: {text}{more}")


def test_other_points_replace_those_of_the_axis_and_make_their_runs(project):
    before = project.load()
    change(project, "{grid: {grid: {model.init.std: [0.1, 0.3]}}}")
    after = project.load()
    assert after.experiments["grid"].grid == {"model.init.std": [0.1, 0.3]}
    assert {run.settings.model.init.std for run in after.runs.values() if "std" in run.id} == {
        0.1,
        0.3,
    }
    shared = set(before.experiments["grid"].runs) & set(after.experiments["grid"].runs)
    assert len(shared) == 2  # both variants at 0.1
    assert before.experiments["plain"].runs == after.experiments["plain"].runs


def test_other_points_are_thinned_like_others(project):
    change(project, "{grid: {grid: {model.init.std: [0.1, 0.2, 0.3, 0.4]}}}", "\nthin_grid: 2")
    assert project.load().experiments["grid"].grid == {"model.init.std": [0.1, 0.4]}


def test_changes_are_what_an_extending_file_would_say(project):
    lines = [
        "title: Other",
        "base: {data: {train: 60}}",
        "seeds: 6",
        "probes: [weights]",
        "figures: null",
        "variants: {dropout: {dropout: {input: 0.2}}, l2: {penalty: {l2: 0.1}}}",
    ]
    project.write("config/experiments/child.yaml", "\n".join(["extends: plain", *lines, ""]))
    change(project, f"{{plain: {{{', '.join(lines)}}}}}")
    plain, child = (project.load().experiments[name] for name in ("plain", "child"))
    assert differing(plain, child) == {"name", "sources", "changes"}
    assert list(plain.labels) == ["baseline", "dropout", "l2"]
    assert plain.changes["base"] == {"data": {"train": 60}}


def test_a_variant_is_taken_away_by_null(project):
    change(project, "{grid: {variants: {norm: null}}}")
    assert list(project.load().experiments["grid"].labels) == ["plain"]


def test_what_extends_a_changed_experiment_is_not_changed(project):
    project.write("config/experiments/child.yaml", "extends: grid\n")
    change(project, "{grid: {grid: {model.init.std: [0.1, 0.3]}}}")
    assert project.load().experiments["child"].grid == {"model.init.std": [1.0, 0.1, 0.01]}


def test_a_mistake_of_the_file_itself_is_not_the_changes(project):
    project.edit(GRID, "value: 0.5", "value: much")
    change(project, "{grid: {grid: {model.init.std: [0.1, 0.3]}}}")
    (message,) = project.messages()
    assert message.startswith(f"{GRID}:13: claims[0].test.value")
    assert "changes" not in message

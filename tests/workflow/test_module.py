"""Another workflow, in another folder, that uses this one as a module."""

import json
import re
import shutil
import subprocess

import pandas as pd
import pytest

from .conftest import Project, copy_checkout

MODULE = """\
configfile: "config/config.yaml"

module overfit:
    snakefile: {snakefile}
    config: config
    {more}

use rule * from overfit as overfit_*

rule verdicts:
    default_target: True
    input:
        "results/claims.csv", "results/report.html"
    output:
        "verdicts.txt"
    shell:
        "cut -d, -f1,2 {{input[0]}} > {{output}}"
"""
PYTHON = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)
EXPERIMENT = """\
title: Dropout elsewhere
question: Does it work?
variants: {baseline: {}, dropout: {dropout: {rate: 0.3}}}
seeds: 2
figures: [{kind: learning_curves}]
claims:
  - id: helps
    says: Dropout raises test accuracy.
    test: {difference: test_accuracy, of: dropout, minus: baseline, expect: above, margin: 0.02}
"""


@pytest.fixture
def elsewhere(repository, tmp_path):
    """A function that makes a project that gets this workflow from `snakefile`."""

    def made(snakefile, more=""):
        folder = tmp_path / "elsewhere"
        (folder / "workflow").mkdir(parents=True)
        (folder / "workflow/Snakefile").write_text(MODULE.format(snakefile=snakefile, more=more))
        (folder / "config/experiments").mkdir(parents=True)
        (folder / "config/experiments/moved.yaml").write_text(EXPERIMENT)
        shutil.copy(repository / "config/datasets.yaml", folder / "config")
        settings = (repository / "config/config.yaml").read_text()
        train, model = "train: {epochs: 2, batch_size: 20}", "model: {hidden: [10]}"
        tiny = f"override: {{{train}, {model}, data: {{train: 40}}}}"
        (folder / "config/config.yaml").write_text(settings.replace("override: {}", tiny))
        return Project(folder)

    return made


def test_a_workflow_elsewhere_runs_this_one_as_a_module(repository, tmp_path, elsewhere):
    """The Snakefile is that of the page on modules, to the letter."""
    project = elsewhere("")
    page = (repository / "docs/howto/module.md").read_text()
    (project.folder / "workflow/Snakefile").write_text(PYTHON.findall(page)[0])
    shipped = copy_checkout(repository, tmp_path / "overfit").folder
    project.run("--cores", "2")
    table = pd.read_csv(project.folder / "paper/table.csv")
    assert [*table.columns] == [
        "experiment",
        "claim",
        "verdict",
        "estimate",
        "ci_low",
        "ci_high",
        "n",
    ]
    assert table.to_dict("records")[0].items() >= {"experiment": "moved", "claim": "helps"}.items()
    claims = pd.read_csv(project.folder / "results/claims.csv")
    assert list(claims["n"]) == [2]
    assert "Dropout elsewhere" in (project.folder / "results/report.html").read_text()
    inputs = json.loads((project.folder / "results/provenance.json").read_text())["inputs"]
    assert {
        "config/experiments/moved.yaml",
        "workflow/overfit/nn/layers/dropout.py",
    } <= inputs.keys()
    assert not any(name.startswith((".", "/")) for name in inputs)
    assert {path.name for path in (shipped / "results").iterdir()} == {"README.md"}


def test_a_mistake_in_the_settings_of_the_other_workflow_is_found_there(repository, elsewhere):
    project = elsewhere(f"'{repository}/workflow/Snakefile'")
    settings = project.folder / "config/config.yaml"
    settings.write_text(settings.read_text().replace("epochs: 2,", "epochs: two,"))
    printed = project.run("-n", ok=False)
    assert re.search(r"config/config\.yaml:\d+: override\.train\.epochs: .* 'two'", printed)
    assert "Traceback" not in printed


def test_settings_in_a_part_of_the_other_configuration_are_blamed_there(repository, elsewhere):
    project = elsewhere(f"'{repository}/Snakefile'")
    (project.folder / "config/config.yaml").write_text(
        "paper: x\noverfit:\n  experiments: [moved]\n  override:\n    train: {epochs: two}\n"
    )
    snakefile = project.folder / "workflow/Snakefile"
    text = snakefile.read_text().replace("config: config", 'config: config["overfit"]')
    snakefile.write_text(text)
    printed = project.run("-n", ok=False)
    assert "config/config.yaml:5: overfit.override.train.epochs: must be" in printed


def test_defaults_that_the_other_configuration_leaves_out_are_ours(repository, elsewhere):
    """And rules that take a second are local, also under their new names."""
    project = elsewhere(f"'{repository}/Snakefile'")
    text = "experiments: [moved]\ndefaults: {train: {epochs: 3}}\noverride: {data: {train: 200}}\n"
    (project.folder / "config/config.yaml").write_text(text)
    with open(project.folder / "workflow/Snakefile", "a") as snakefile:
        snakefile.write("\nprint('LOCAL', *workflow._localrules)\n")
    printed = project.run("-n")
    (local,) = re.findall(r"^LOCAL (.*)$", printed, re.MULTILINE)
    assert {"overfit_dataset", "overfit_subset", "overfit_claims"} < set(local.split())
    assert not {"overfit_train", "overfit_summarize", "overfit_figure"} & set(local.split())


def test_two_modules_that_would_write_the_same_files_are_refused(repository, elsewhere):
    project = elsewhere(f"'{repository}/Snakefile'")
    snakefile = project.folder / "workflow/Snakefile"
    text = snakefile.read_text()
    second = text[text.index("module") : text.index("rule verdicts")].replace(
        "overfit", "second", 1
    )
    second = second.replace("from overfit as overfit_", "from second as second_")
    snakefile.write_text(text + "\n" + second)
    printed = project.run("-n", ok=False)
    assert "the modules overfit and second are both overfit and would write the same" in printed
    assert "Traceback" not in printed


def test_a_prefix_is_refused(repository, elsewhere):
    printed = elsewhere(f"'{repository}/Snakefile'", "prefix: 'sub'").run("-n", ok=False)
    assert "the module overfit can't have a prefix" in printed
    assert "Traceback" not in printed


def test_a_module_from_github_brings_its_package(repository, tmp_path, elsewhere, monkeypatch):
    """As snakedeploy writes it; Snakemake finds the clone that it would make in its cache."""
    source = copy_checkout(repository, tmp_path / "source").folder
    git = ["git", "-C", str(source), "-c", "user.name=A", "-c", "user.email=a@example.org"]
    for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "First"], ["tag", "v0.1.0"]):
        subprocess.run([*git, *command], check=True)
    cache = tmp_path / "cache/snakemake/snakemake/source-cache/snakemake-git-cache/github.com"
    clone = ["git", "clone", "-q", "--bare", str(source), str(cache / "someone/overfit")]
    subprocess.run(clone, check=True)
    shutil.rmtree(source)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    project = elsewhere("github('someone/overfit', path='workflow/Snakefile', tag='v0.1.0')")
    project.run("--cores", "1", "results/datasets/mnist-5k/card.json")
    (unpacked,) = (project.folder / ".snakemake/checkouts").iterdir()
    assert (unpacked / ".commit").read_text() == f"{unpacked.name}\n"

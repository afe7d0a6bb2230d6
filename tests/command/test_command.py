"""The command `overfit`: what each subcommand prints, writes and returns."""

import re
import shutil
import subprocess
import sys

import pandas as pd
import pytest
import yaml

from overfit.command import COMMANDS, main
from overfit.config.study import load_study


@pytest.fixture
def project(repository, tmp_path, monkeypatch):
    """A folder with the shipped configuration and one small experiment."""
    (tmp_path / "config/experiments").mkdir(parents=True)
    for name in ("config.yaml", "datasets.yaml"):
        shutil.copy(repository / "config" / name, tmp_path / "config")
    shutil.copy(repository / "tests/pair.yaml", tmp_path / "config/experiments/pair.yaml")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def results(study, monkeypatch):
    """The results of a small study, in the folder of the test."""
    monkeypatch.chdir(study.results.root.parent)
    return study.results


def rows(results):
    return pd.read_csv(results.claims)


@pytest.mark.parametrize("name", [None, *COMMANDS])
def test_help_does_nothing_else(name, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as ended:
        main([*filter(None, [name]), "--help"])
    assert ended.value.code == 0
    assert f"usage: overfit{f' {name}' if name else ''}" in capsys.readouterr().out
    assert list(tmp_path.iterdir()) == []


def test_it_is_a_console_script_and_a_module(repository):
    printed = subprocess.run(
        [sys.executable, "-m", "overfit", "--version"],
        env={"PYTHONPATH": str(repository / "workflow")},
        check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    assert printed.startswith("overfit ")
    project = (repository / "pyproject.toml").read_text()
    assert '[project.scripts]\noverfit = "overfit.command:main"\n' in project


def test_new_writes_an_experiment_that_check_accepts(project, capsys):
    assert main(["new", "width_2"]) == 0
    assert "config/experiments/width_2.yaml" in capsys.readouterr().out
    study = load_study(yaml.safe_load((project / "config/config.yaml").read_text()), root=project)
    assert [claim.id for claim in study.experiments["width_2"].claims] == ["narrows-the-gap"]
    assert main(["check", "width_2"]) == 0
    assert capsys.readouterr().out.startswith("1 experiment, 2 runs, 2 to train, about ")


def test_new_overwrites_nothing_and_refuses_impossible_names(project, capsys):
    before = (project / "config/experiments/pair.yaml").read_text()
    assert main(["new", "pair"]) == 2
    assert main(["new", "Two Words"]) == 2
    assert (project / "config/experiments/pair.yaml").read_text() == before
    assert "pair.yaml already exists" in capsys.readouterr().err


def test_check_lists_all_mistakes(project, capsys):
    path = project / "config/experiments/pair.yaml"
    path.write_text(path.read_text().replace("l2: 0.1}", "l2: -1}").replace("of: l2", "of: l3"))
    assert main(["check"]) == 1
    printed = capsys.readouterr()
    assert "config/experiments/pair.yaml:" in printed.err
    assert "unknown variant 'l3'; allowed: baseline, l2" in printed.err
    assert printed.out == ""


def test_check_outside_of_a_project_says_where_to_go(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["check"]) == 1
    assert "go to the folder of the project" in capsys.readouterr().err


def test_claims_of_an_experiment_are_all_listed(results, capsys):
    table = rows(results)
    name = table["experiment"][0]
    assert main(["claims", name]) == 0
    printed = capsys.readouterr().out
    for row in table[table["experiment"] == name].itertuples():
        assert f"{row.verdict:12}  {name}/{row.claim}: {row.says}" in printed
    assert main(["claims", f"{name}x"]) == 2
    assert f"did you mean {name}?" in capsys.readouterr().err


def test_show_tells_all_about_a_claim_by_its_whole_name_or_id(results, capsys):
    row = rows(results).iloc[0]
    assert main(["show", f"{row.experiment}/{row.claim}"]) == 0
    printed = capsys.readouterr().out
    assert f"says      {row.says}" in printed
    assert f"verdict   {row.verdict} ({row.status})" in printed
    assert f"basis     {row.basis}" in printed
    assert main(["show", f"{row.claim}x"]) == 2
    assert "unknown claim" in capsys.readouterr().err


def test_compare_fails_only_if_a_verdict_differs(results, tmp_path, capsys):
    other = tmp_path / "other"
    shutil.copytree(results.root, other)
    assert main(["compare", str(results.root), str(other)]) == 0
    count = len(rows(results))
    said = f"{count} claims in both: 0 with another verdict, {count} with the same effect"
    assert said in capsys.readouterr().out
    table = rows(results)
    table.loc[1, "estimate"] += 0.5 * table.loc[1, "margin"]
    old = table["verdict"][0]
    new = "supported" if old != "supported" else "contradicted"
    table.loc[0, "verdict"] = new
    table.iloc[:-1].to_csv(other / "claims.csv", index=False)
    (other / "claims.csv.record").unlink(missing_ok=True)
    assert main(["compare", str(results.root.parent), str(other)]) == 1
    printed = capsys.readouterr().out
    first, last = table.iloc[0], table.iloc[-1]
    assert f"{first.experiment}/{first.claim}: {old} -> {new}" in printed
    moved = table.iloc[1]
    assert f"    {moved.experiment}/{moved.claim}, by 0.5 margins: " in printed
    assert f"only in {results.root.parent}: {last.experiment}/{last.claim}" in printed


@pytest.mark.parametrize("arguments", [["claims"], ["show", "x"], ["compare", "a", "b"]])
def test_without_results_it_says_so(arguments, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    try:
        status, said = main(arguments), capsys.readouterr().err
    except SystemExit as ended:
        status, said = 1, str(ended.code)
    assert status
    assert "does not exist" in said


def test_clean_lists_what_no_experiment_needs_and_deletes_it_only_if_asked(project, capsys):
    gone = project / "results/runs/gone-12345678/0000-0009.parquet"
    kept = [project / "results/README.md", project / "results/experiments/pair/claims.csv"]
    for path in (gone, *kept):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")
    assert main(["clean"]) == 0
    printed = capsys.readouterr().out
    assert "results/runs/gone-12345678/ (1 file)" in printed
    assert "1 files, 0.0 MB: not needed" in printed
    assert gone.exists()
    assert main(["clean", "--delete"]) == 0
    assert not gone.parent.exists()
    assert all(path.exists() for path in kept)
    assert main(["clean"]) == 0
    assert capsys.readouterr().out.endswith("all results are needed\n")


def test_the_page_names_every_command(repository):
    page = (repository / "docs/reference/command.md").read_text()
    assert set(re.findall(r"^\| `overfit (\w+)", page, re.MULTILINE)) == {*COMMANDS}

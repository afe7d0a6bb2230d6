"""The matrix of replications."""

import pandas as pd
import pytest
import yaml

from overfit.claims.pooled import pooled
from overfit.config.study import load_study
from overfit.metrics.tables import CLAIMS, write_table
from overfit.report.ledger import evidence
from overfit.report.page import render
from overfit.report.replications import matrix
from overfit.results import Results
from tests.config.conftest import Project
from tests.report.atlas import decided
from tests.report.study import provenance
from tests.report.test_page import Page

REPLICATIONS = {
    "smaller": {
        "label": "Fewer images",
        "experiments": ["plain"],
        "changes": {"base": {"data": {"train": 50}}},
    },
    "again": {
        "label": "By scikit-learn",
        "experiments": ["plain"],
        "changes": {"variants": {"dropout": {"dropout": None, "trainer": "sklearn"}}},
    },
}


def replicated(tmp_path):
    project = Project(tmp_path)
    return project.load(command_line={"experiments": ["plain"], "replications": REPLICATIONS})


def row(name, estimate, low, high, verdict):
    return {
        "experiment": name, "claim": "helps", "metric": "gap",
        "estimate": estimate, "ci_low": low, "ci_high": high,
        "n": 10, "p": 0.01, "verdict": verdict, "basis": "interval", "status": "exploratory",
        "margin": 0.02, "decides_at": float("nan"), "fragile": 0.0, "look": 1, "same": "",
        "straight": float("nan"), "cites": "", "p_adjusted": 0.01, "family": "all",
    }  # fmt: skip


def test_replications_run_beside_the_experiment_with_changes_alone(tmp_path):
    found = replicated(tmp_path)
    assert list(found.experiments) == ["plain", "plain--smaller", "plain--again"]
    smaller, again = (found.experiments[f"plain--{name}"] for name in ("smaller", "again"))
    assert {cell.settings.data.train for cell in smaller.trained} == {50}
    assert [cell.settings.trainer.called() for cell in again.trained] == ["numpy", "sklearn"]
    assert (smaller.replicates, smaller.replication) == ("plain", "Fewer images")
    assert smaller.title == "Plain: Fewer images"
    assert not smaller.figures
    assert smaller.claims == found.experiments["plain"].claims


def test_without_the_key_there_are_none(tmp_path):
    assert not any(one.replicates for one in Project(tmp_path).load().experiments.values())


@pytest.mark.parametrize("missing", ["package", "dataset"])
def test_an_optional_one_is_left_out_where_something_is_not_installed(
    tmp_path, monkeypatch, repository, missing
):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    project = Project(tmp_path)
    catalogue = (repository / "config/datasets.yaml").read_text()
    project.write("config/datasets.yaml", catalogue.replace("/usr/share", "/nowhere"))
    base = {"data": {"dataset": "fashion-mnist"}}
    if missing == "package":
        base = {"trainer": "sklearn"}
        monkeypatch.setattr("overfit.trainers.find_spec", lambda module: None)
    one = {"label": "One", "experiments": ["plain"], "changes": {"base": base}, "optional": True}
    if missing == "package":
        one["changes"]["variants"] = {"dropout": {"dropout": None, "penalty": {"l2": 0.1}}}
    chosen = {"experiments": ["plain"], "replications": {"one": one}}
    found = project.load(command_line=chosen)
    assert list(found.experiments) == ["plain"]
    (told,) = map(str, found.doubts)
    why = {
        "package": "sklearn needs sklearn, not installed; pip install 'scikit-learn>=1.5'",
        "dataset": "fashion-mnist: its files are neither in /nowhere/datasets/fashion-mnist nor in",
    }[missing]
    assert f"replications.one: is left out: {why}" in told
    one["optional"] = False
    if missing == "package":
        assert why in project.messages(command_line=chosen)[0]
    else:
        assert len(project.load(command_line=chosen).experiments) == 2


def test_mistakes_in_replications_are_told_where_they_are_written(tmp_path):
    project = Project(tmp_path)
    wrong = {"label": "A", "experiments": ["plain", "plane"], "changes": {"base": {"dropuot": 1}}}
    project.write("config/more.yaml", yaml.safe_dump({"replications": {"one": wrong}}))
    messages = project.messages("config/more.yaml")
    assert any(
        message.startswith("config/more.yaml:8: replications.one.experiments[1]: unknown")
        for message in messages
    )
    assert any("replications.one.changes.base.dropuot: unknown key" in one for one in messages)


def test_the_matrix_counts_and_averages_over_sets_of_images(tmp_path):
    experiments = list(replicated(tmp_path).experiments.values())
    rows = {
        ("plain", "helps"): row("plain", -0.1, -0.14, -0.06, "supported"),
        ("plain--smaller", "helps"): row("plain--smaller", -0.02, -0.05, 0.01, "inconclusive"),
        ("plain--again", "helps"): row("plain--again", -0.1, -0.14, -0.06, "supported"),
    }
    claims = [
        evidence(one, claim, rows[one.name, claim.id])
        for one in experiments
        for claim in one.claims
    ]
    found = matrix(experiments, claims, rows)
    assert found.columns == ("As it is", "Fewer images", "By scikit-learn")
    [(experiment, [claim])] = found.experiments
    assert experiment.name == "plain"
    assert (claim.held, claim.decided) == (2, 3)
    # The third has the images of the first: it is no third piece of evidence.
    error = 0.04 / 2.2621571628
    expected = pooled([-0.1, -0.02], [error, 0.03 / 2.2621571628])
    assert claim.mean.startswith(f"{100 * expected.mean:.1f}".replace("-", "−"))
    assert claim.spread == f"I² {100 * expected.i2:.0f}\N{NO-BREAK SPACE}% of 2 choices of data"


def test_the_page_counts_replicated_claims_apart(tmp_path):
    experiments = list(replicated(tmp_path).experiments.values())
    results = Results(tmp_path / "results")
    verdicts = iter(["supported", "contradicted", "supported"])
    rows = [decided(one, claim, next(verdicts)) for one in experiments for claim in one.claims]
    results.claims.parent.mkdir()
    write_table(pd.DataFrame(rows)[list(CLAIMS)], results.claims)
    page = Page(render(experiments, results, provenance()))
    lead = page.all("p", "lead")[0][1]
    assert lead.startswith("1 claim, tested in 1 experiment on 8 trained networks.")
    assert "2 replications of experiments test 2 claims again" in lead
    assert [text for _, text in page.all("span", "count")] == ["1", "0", "0", "0"]
    assert len(page.all("tr", "claim")) == 1
    [cells] = [text for _, text in page.all("tr") if " 2 of 3" in text]
    assert cells.count("supported") == 2
    assert cells.count("contradicted") == 1
    ids = page.attributes("id")
    assert "experiment-plain--smaller" in ids
    links = [link for link in page.attributes("href") if link.startswith("#")]
    assert {link[1:].partition("?")[0] for link in links} <= set(ids)


def test_there_is_no_matrix_without_replications(tmp_path):
    plain = load_study({"experiments": ["plain"], **_config(tmp_path)}, root=tmp_path)
    assert matrix(list(plain.experiments.values()), [], {}) is None


def _config(tmp_path):
    Project(tmp_path)
    config = yaml.safe_load((tmp_path / "config/config.yaml").read_text())
    return {key: value for key, value in config.items() if key != "experiments"}

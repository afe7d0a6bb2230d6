"""An experiment whose results are a table runs in the real Snakemake, and trains nothing."""

import pandas as pd
import pytest

from .conftest import small_copy

pytestmark = pytest.mark.xdist_group("measurements")

EXPERIMENT = """\
title: Mine
question: Does it help?
measurements: {file: runs.csv, metrics: {test_accuracy: acc}}
variants: {none: {}, dropout: {}}
claims:
  - id: helps
    says: It helps.
    test: {difference: test_accuracy, of: dropout, minus: none, expect: above, margin: 0.01}
"""
MINE = ("--config", "experiments=[mine]")
CLAIMS = ("--cores", "1", "results/claims.csv", *MINE)


@pytest.fixture(scope="module")
def mine(repository, tmp_path_factory):
    made = small_copy(repository, tmp_path_factory.mktemp("mine"))
    (made.folder / "config/experiments/mine.yaml").write_text(EXPERIMENT)
    rows = [f"{v},{s},{0.8 + 0.001 * s + 0.05 * (v == 'dropout') * (1 + s / 50)}"
            for v in ("none", "dropout") for s in range(8)]  # fmt: skip
    (made.folder / "runs.csv").write_text("\n".join(["variant,seed,acc", *rows, ""]))
    made.run(*CLAIMS)
    return made


def test_claims_are_decided_without_training(mine):
    claims = pd.read_csv(mine.folder / "results/claims.csv")
    assert claims[["claim", "n", "verdict", "status"]].to_numpy().tolist() == [
        ["helps", 8, "supported", "exploratory"]
    ]
    assert not (mine.folder / "results/runs").exists()
    assert not (mine.folder / "results/datasets").exists()
    assert mine.planned(*CLAIMS) == {}


def test_a_changed_table_is_summarized_again_and_a_wrong_one_ends_the_plan(mine):
    table = mine.folder / "runs.csv"
    text = table.read_text()
    table.write_text(text.replace("none,7,0.807", "none,7,0.806"))
    assert mine.planned(*CLAIMS) == {"summarize": 1, "claims": 1, "all_claims": 1, "total": 3}
    table.write_text(text.replace("none,7,0.807", "none,7,high"))
    printed = mine.run("-n", *CLAIMS, ok=False)
    assert "runs.csv:9: column 'acc': 'high' is not a number" in printed

"""More seeds for undecided claims, with the real Snakemake."""

import subprocess
import sys

import pandas as pd

from .conftest import environment
from .test_per_seed import TUNED

TABLES = ("results/claims.csv", "results/provenance.json")
OVERLAY = "config/own.yaml"
CONFIG = ("--configfile", "config/config.yaml", OVERLAY)


def decide(project):
    return subprocess.run(
        [sys.executable, "-m", "overfit.claims.decide"],
        cwd=project.folder,
        env=environment() | {"PYTHONPATH": str(project.folder / "workflow")},
        capture_output=True,
        text=True,
        check=False,
    )


def test_undecided_claims_get_more_seeds_and_other_claims_keep_theirs(small):
    tiny = (small.folder / "tests/tiny.yaml").read_text().replace("seeds: 4\n", "")
    (small.folder / OVERLAY).write_text(tiny)
    pair = small.folder / "config/experiments/pair.yaml"
    # The first claim is decided at once, the others need seeds: an accuracy is above 0.01.
    claims = """
claims:
  - id: learns
    says: It is above 1%.
    test: {level: test_accuracy, of: l2, value: 0.0, expect: above, margin: 0.01}
  - id: undecided
    says: It has just this accuracy.
    test: {level: test_accuracy, of: baseline, value: 0.1, expect: above, margin: 1.0e-6}
"""
    text = pair.read_text().partition("figures:")[0].replace("seeds: 10", "seeds: 5")
    pair.write_text(text + claims)
    small.run("--cores", "2", *TABLES, *CONFIG)
    first = decide(small)
    assert (first.returncode, first.stdout) == (0, "pair: looks at 5, 10, 20 seeds\n")
    early = decide(small)
    assert (early.returncode, early.stderr) == (
        1, "the verdicts are not those of config/looks.yaml: run snakemake first\n",
    )  # fmt: skip
    assert "train" not in small.planned("--cores", "2", *TABLES, *CONFIG)
    small.run("--cores", "2", *TABLES, *CONFIG)
    second = decide(small)
    assert (second.returncode, second.stdout) == (0, "pair: 10 seeds for undecided\n")
    small.run("--cores", "2", *TABLES, *CONFIG)
    found = pd.read_csv(small.folder / "results/claims.csv").set_index("claim")
    assert found["n"].to_dict() == {"learns": 5, "undecided": 10}
    assert found["look"].to_dict() == {"learns": 1, "undecided": 2}
    looks = pd.read_csv(small.folder / "results/experiments/pair/looks.csv")
    assert looks["seeds"].tolist() == [5, 5, 10]
    blocks: dict[str, list[str]] = {}
    for path in sorted((small.folder / "results/runs").glob("*/*.parquet")):
        blocks.setdefault(path.parent.name, []).append(path.stem)
    first = ["0000-0001", "0002-0003", "0004-0004"]
    more = [*first, "0005-0005", "0006-0007", "0008-0009"]
    assert sorted(blocks.values(), key=len) == [first, more]
    assert "Nothing to be done" in small.run("-n", *TABLES, *CONFIG)


def test_a_claim_about_tuned_networks_gets_more_searches_with_its_seeds(small):
    tiny = (small.folder / "tests/tiny.yaml").read_text()
    overlay = tiny.replace("seeds: 4\n", "").replace("[pair]", "[tuned]")
    (small.folder / OVERLAY).write_text(overlay)
    undecided = TUNED.replace("margin: 0.02", "margin: 1.0e-6")
    (small.folder / "config/experiments/tuned.yaml").write_text(undecided)
    small.run("--cores", "2", *TABLES, *CONFIG)
    assert decide(small).stdout == "tuned: looks at 5, 10, 20 seeds\n"
    small.run("--cores", "2", *TABLES, *CONFIG)
    assert decide(small).stdout == "tuned: 10 seeds for tuning-helps\n"
    small.run("--cores", "2", *TABLES, *CONFIG)
    (row,) = pd.read_csv(small.folder / "results/claims.csv").to_dict("records")
    assert (row["n"], row["look"]) == (10, 2)
    found = (small.folder / "results/searches").glob("*/*/best-*.yaml")
    assert sorted(path.stem for path in found)[-1] == "best-0008-0009"

"""Targets of the command line that can't be made get a hint."""

from pathlib import Path

import pytest

from overfit.jobs.targets import may_be_targets, mistaken
from tests.jobs.test_plan import plan_of


@pytest.fixture(scope="module")
def plan(repository):
    return plan_of(repository, experiments=["dropout", "overfit"])


def said(plan, *targets, alone=True):
    return list(mistaken(targets, plan.study, plan.everything, alone=alone))


@pytest.mark.parametrize(
    ("target", "wanted"),
    [
        ("results/experiments/droput/claims.csv",
         "unknown experiment 'droput'; did you mean dropout?"),
        ("./results/experiments/dropout/claim.csv",
         "no job makes it; did you mean results/experiments/dropout/claims.csv?"),
        ("results/report.htm", "no job makes it; did you mean results/report.html?"),
        ("results/experiments/capacity/claims.csv",
         "capacity is not selected; write --config experiments=[dropout, overfit, capacity]"),
        ("results/experiments/dropout", "is a folder; name files in it"),
        ("results/runs/x/y.parquet", "no job makes it"),
        ("dropout", "to run an experiment, write --config experiments=[dropout]"),
    ],
)  # fmt: skip
def test_a_mistyped_target_is_named_with_what_was_meant(plan, target, wanted):
    assert said(plan, target) == [f"{target}: {wanted}"]
    assert may_be_targets([target], plan.study)


def test_results_rules_and_other_files_are_left_to_snakemake(plan):
    assert said(plan, "train", "report_page", "paper/table.csv", "results/README.md") == []
    assert said(plan, *map(str, plan.everything)) == []
    assert not may_be_targets(["-n", "--cores", "2", "train"], plan.study)


def test_other_rules_may_make_files_beside_ours(plan):
    assert said(plan, "results/report.htm", "results/paper/x.csv", "dropout", alone=False) == []
    assert said(plan, "results/experiments/droput/claims.csv", alone=False)


def test_absolute_paths_are_targets_too(plan):
    assert said(plan, str(Path("results/report.htm").absolute())) != []

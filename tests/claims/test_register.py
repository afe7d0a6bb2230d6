"""Designs of claims are registered before their seeds are trained."""

from __future__ import annotations

from dataclasses import replace

import pytest
import yaml

from overfit.claims.design import (
    CONFIRMED,
    EXPLORATORY,
    Registration,
    status,
    told,
)
from overfit.claims.looks import Looks
from overfit.claims.register import register, written
from overfit.config.study import load_study
from overfit.results import Results, records, write_json

EARLY, LATE = "2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z"
COMMIT = "0123456789abcdef"


@pytest.fixture(scope="module")
def experiment(repository):
    text = (repository / "config/config.yaml").read_text(encoding="utf-8")
    config = yaml.safe_load(text) | {"experiments": ["dropout"], "first_seed": 0}
    return replace(load_study(config, root=repository).experiments["dropout"], registered={})


def registered(experiment, results, date=EARLY):
    found, problems = register([experiment], results, date, COMMIT)
    own = {claim: tuple(known) for claim, known in found.get(experiment.name, {}).items()}
    return replace(experiment, registered=own), [str(problem) for problem in problems]


def trained(results, experiment, block, time):
    for run in experiment.runs:
        path = results.history(run, block)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        record = {"sha256": "", "bytes": 0, "made_by": "", "trained": time}
        write_json(records(path)[0], record)
        yield path


def test_all_designs_are_registered_with_date_and_commit_and_only_once(experiment, tmp_path):
    results = Results(tmp_path / "results")
    now, problems = registered(experiment, results)
    assert not problems
    assert now.registered.keys() == {claim.id for claim in experiment.claims}
    (one,) = now.registered[experiment.claims[0].id]
    assert (one.date, one.commit, one.first_seed, one.seeds) == (EARLY, COMMIT, 0, (10,))
    assert now.in_force(experiment.claims[0]) == one
    assert registered(now, results, LATE)[0].registered == now.registered


def test_the_file_gives_back_what_was_registered(experiment, tmp_path):
    now, _ = registered(experiment, Results(tmp_path / "results"))
    text = written({experiment.name: now.registered})
    back = yaml.safe_load(text)[experiment.name]
    assert {
        claim: tuple(map(Registration.model_validate, known)) for claim, known in back.items()
    } == now.registered


def test_words_are_no_part_of_a_design_and_everything_else_is(experiment):
    claim = experiment.claims[0]
    before = experiment.design(claim)
    assert experiment.design(claim.model_copy(update={"says": "Other."})) == before
    assert replace(experiment, title="Other", figures=()).design(claim) == before

    def changes(other, claim=claim):
        return before.changes(other.design(claim))

    test = claim.test.model_copy(update={"margin": 0.5})
    assert changes(experiment, claim.model_copy(update={"test": test})) == ["margin"]
    test = claim.test.model_copy(update={"expect": "above"})
    assert changes(experiment, claim.model_copy(update={"test": test})) == ["test"]
    assert changes(replace(experiment, first_seed=10)) == ["first_seed"]
    assert changes(replace(experiment, seeds=20)) == ["seeds"]
    assert changes(experiment.with_looks(Looks(seeds=(10, 20)))) == ["seeds"]
    cells = tuple(replace(cell, points=cell.points + 1) for cell in experiment.cells)
    assert changes(replace(experiment, cells=cells)) == ["settings"]


def test_a_verdict_is_confirmed_if_all_its_seeds_were_trained_after_the_registration(tmp_path):
    results = Results(tmp_path / "results")
    paths = []
    for block, time in (("0000-0004", "2026-01-01T00:00:07.5Z"), ("0005-0009", LATE)):
        path = results.history("run", block)
        path.parent.mkdir(parents=True, exist_ok=True)
        record = {"sha256": "", "bytes": 0, "made_by": "", "trained": time}
        write_json(records(path)[0], record)
        paths.append(path)
    assert status(EARLY, paths) == CONFIRMED
    assert status("2026-01-15T00:00:00Z", paths) == EXPLORATORY
    assert status(None, paths) == EXPLORATORY
    assert status(EARLY, [*paths, results.history("run", "0010-0019")]) == EXPLORATORY


def test_seeds_that_are_trained_can_not_be_registered(experiment, tmp_path):
    results = Results(tmp_path / "results")
    list(trained(results, experiment, "0000-0009", EARLY))
    now, problems = registered(experiment, results)
    assert not now.registered
    assert len(problems) == len(experiment.claims)
    assert problems[0].endswith(
        "some of the seeds 0 to 9 are already trained; use seeds that nobody has seen: "
        "write first_seed: 10"
    )
    fresh, problems = registered(replace(experiment, first_seed=10), results)
    assert not problems
    assert len(fresh.registered) == len(experiment.claims)


def test_a_refused_design_names_the_file_that_sets_the_first_seed(experiment, tmp_path):
    results = Results(tmp_path / "results")
    list(trained(results, experiment, "0000-0009", EARLY))
    _, problems = register([experiment], results, LATE, None, where=" in config/config.yaml")
    assert str(problems[0]).endswith("write first_seed: 10 in config/config.yaml")


def test_a_changed_design_asks_for_fresh_seeds_and_is_told_with_what_changed_when(
    experiment, tmp_path
):
    results = Results(tmp_path / "results")
    before, _ = registered(experiment, results)
    claim = experiment.claims[0]
    margin = claim.test.model_copy(update={"margin": 0.5})
    other = claim.model_copy(update={"test": margin})
    changed = replace(before, claims=(other,))
    assert changed.in_force(other) is None
    assert told(changed.registered[claim.id], changed.design(other), EXPLORATORY) == (
        "Exploratory: its design was registered on 2026-01-01 (commit 0123456), but then changed: "
        "margin."
    )
    _, (problem,) = registered(changed, results, LATE)
    assert problem.endswith(
        f"{claim.id}: its design was registered on 2026-01-01 (commit 0123456) and changed later: "
        "margin; use seeds that nobody has seen: write first_seed: 10"
    )
    fresh, problems = registered(replace(changed, first_seed=10), results, LATE)
    assert not problems
    assert [one.date for one in fresh.registered[claim.id]] == [EARLY, LATE]
    assert told(
        fresh.registered[claim.id], replace(changed, first_seed=10).design(other), CONFIRMED
    ) == (
        "Confirmed: its design was registered on 2026-02-01 (commit 0123456), before its seeds "
        "were trained. On 2026-02-01 it replaced the design of 2026-01-01: margin, first seed."
    )


def test_without_a_registration_a_verdict_is_exploratory(experiment):
    claim = experiment.claims[0]
    assert told((), experiment.design(claim), EXPLORATORY).startswith(
        "Exploratory: its design was not reg"
    )

"""Register the designs of claims: `python -m overfit.claims.register`, or `make register`.

It writes `config/registered.yaml`: for each claim a digest of its design and the date. A verdict is
*confirmed* if its design was registered before its seeds were trained and has not changed since;
otherwise, it is *exploratory*. The records of histories contain the time of training. A design can
be registered only with seeds that nobody has seen; choose others with `first_seed`.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import yaml

from overfit.claims.claim import Claim
from overfit.claims.design import REGISTERED, Design, Registration, in_words
from overfit.config.blocks import block_range
from overfit.config.experiment import Experiment
from overfit.config.problems import ConfigurationError, Problem
from overfit.config.reading import read
from overfit.config.study import load_study
from overfit.results import RESULTS, Results, write_text

CONFIG = "config/config.yaml"
HEAD = """\
# Designs of claims with the time of their registration, written by `make register`; the last one of
# a claim counts. Keep this file with the experiments, and don't edit it.
"""
FRESH = 10
"""Proposed first seeds are multiples of this."""


def register(
    experiments: Sequence[Experiment],
    results: Results,
    date: str,
    commit: str | None,
    where: str = "",
) -> tuple[dict[str, dict[str, list[Registration]]], list[Problem]]:
    """The registrations of all claims of experiments, and why some designs can't be registered.

    Args:
        experiments: the experiments.
        results: the results, which show the trained seeds.
        date: the time of registration.
        commit: the commit that is checked out.
        where: the place where the first seed is set, if not in the experiment.
    """
    found: dict[str, dict[str, list[Registration]]] = {}
    problems: list[Problem] = []
    for one in experiments:
        for claim in one.claims:
            known = list(one.registered.get(claim.id, ()))
            if not one.in_force(claim):
                now = one.design(claim)
                if wrong := _seen(one, claim, now, known, results, where):
                    problems.append(_problem(one, claim, wrong))
                else:
                    known.append(Registration(**dict(now), date=date, commit=commit))
            if known:
                found.setdefault(one.name, {})[claim.id] = known
    return found, problems


def _seen(
    experiment: Experiment,
    claim: Claim,
    now: Design,
    known: Sequence[Registration],
    results: Results,
    where: str,
) -> str | None:
    """Why the seeds of a design are not fresh; None if they are."""
    if experiment.measurements:
        return (
            "its seeds are already measured; you can register only seeds that are not trained yet"
        )
    runs = {cell.run.id for cell in experiment.trained_of(claim.test)}
    trained = {seed for run in runs for b in results.blocks(run) for seed in block_range(b)}
    before = {seed for one in known for seed in one.members}
    fresh = -(-max({now.members.stop - 1, *trained, *before}) // FRESH) * FRESH
    others = f"use seeds that nobody has seen: write first_seed: {fresh}{where}"
    if before & {*now.members}:
        changed = in_words(known[-1].changes(now))
        return f"its design was registered {known[-1].told} and changed later: {changed}; {others}"
    if trained & {*now.members}:
        which = f"{now.first_seed} to {now.members[-1]}"
        return f"some of the seeds {which} are already trained; {others}"
    return None


def _problem(experiment: Experiment, claim: Claim, message: str) -> Problem:
    document = read(Path(experiment.source), experiment.source)
    claims = document.data.get("claims") or []
    at = [i for i, one in enumerate(claims) if isinstance(one, dict) and one.get("id") == claim.id]
    return document.problem(("claims", *at[:1]), f"{claim.id}: {message}")


def written(registered: Mapping[str, Mapping[str, Sequence[Registration]]]) -> str:
    """The text of `config/registered.yaml`."""
    plain = {
        name: {
            claim: [one.model_dump(mode="json") for one in known] for claim, known in own.items()
        }
        for name, own in sorted(registered.items())
    }
    return HEAD + yaml.safe_dump(plain, sort_keys=False, default_flow_style=None, width=200)


def _commit() -> str | None:
    git = shutil.which("git")
    if git is None:
        return None
    asked = [git, "rev-parse", "--verify", "--quiet", "HEAD"]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)  # noqa: S603
    return done.stdout.strip() or None


def main(arguments: Sequence[str] | None = None) -> int:
    """Register the designs of claims of the configuration; return 1 if some can't be."""
    parser = argparse.ArgumentParser(
        prog="overfit register", description=__doc__.partition("\n")[0]
    )
    parser.add_argument(
        "experiments",
        nargs="*",
        help="names of experiments (by default those of the configuration)",
    )
    asked = parser.parse_args(arguments)
    try:
        config = yaml.safe_load(Path(CONFIG).read_text(encoding="utf-8"))
        config |= {"experiments": asked.experiments} if asked.experiments else {}
        study = load_study(config, root=Path(), config_files=[CONFIG])
    except FileNotFoundError:
        sys.exit(f"{CONFIG} is missing: run this in the folder of the project")
    except ConfigurationError as error:
        sys.exit(str(error))
    date = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    experiments = list(study.experiments.values())
    where = f" in {CONFIG}" if study.config.first_seed is not None else ""
    found, problems = register(experiments, RESULTS, date, _commit(), where)
    new = sum(known[-1].date == date for own in found.values() for known in own.values())
    old = sum(map(len, found.values())) - new
    if new:
        write_text(REGISTERED, written({**study.registered, **found}))
    print(f"{new} claims registered in {REGISTERED}; {old} were registered before")
    for problem in sorted(map(str, problems)):
        print(problem, file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())

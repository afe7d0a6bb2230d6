"""Copy trained runs from other folders of results, of another checkout, user or machine.

It copies datasets, subsets, searches and runs that are missing here, if this checkout would make
the same: same code, same settings, undamaged. The next `snakemake` makes the rest.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from overfit.command import parser_of, stop
from overfit.command.studies import add_configfile, study_of
from overfit.config.contract import ContractError
from overfit.config.problems import ConfigurationError
from overfit.jobs.plan import Plan
from overfit.results import RESULTS, Job, Results, atomic, read_record, records, sha256

COPIED = ("dataset", "subset", "search_trials", "search_best", "train")
"""The rules whose results are copied, sources first: what is copied last is newest, as if made."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Copy what is missing, and print how many results of each kind were copied."""
    parser = parser_of(__name__, __doc__)
    parser.add_argument("folders", nargs="+", type=Path, help="folders of results, or above them")
    add_configfile(parser)
    asked = parser.parse_args(arguments)
    try:
        plan = Plan(study_of(asked.configfile))
    except (ConfigurationError, ContractError) as error:
        stop(error)
        return 1
    for folder in asked.folders:
        inside = folder / RESULTS.root
        others = Results(inside if inside.is_dir() else folder)
        if not others.root.is_dir():
            return stop(f"{folder} is not a folder")
        copied = merge(plan, others)
        listed = ", ".join(f"{number} of {rule}" for rule, number in copied.items())
        print(f"{folder}: {f'copied the results of jobs: {listed}' if copied else 'nothing new'}")
    return 0


def merge(plan: Plan, others: Results) -> Counter[str]:
    """Copy results that are missing here; the number of jobs of each rule whose results were.

    Args:
        plan: what is needed here.
        others: the other results.
    """
    copied: Counter[str] = Counter()
    jobs = sorted((job for job in plan.jobs if job.rule in COPIED), key=_order)
    for job in jobs:
        theirs = [others.root / RESULTS.named(path) for path in job.outputs]
        if all(path.is_file() for path in job.outputs) and plan.would_give(job):
            continue
        if plan.settled(plan.digest_of(job), *theirs) and _whole(theirs):
            for source, target in zip(theirs, job.outputs, strict=True):
                _copy(source, target)
            copied[job.rule] += 1
    return copied


def _order(job: Job) -> int:
    return COPIED.index(job.rule)


def _whole(paths: Sequence[Path]) -> bool:
    """Whether files are what their jobs wrote."""
    known = [(path, read_record(path)) for path in paths]
    return all(record and sha256(path) == record["sha256"] for path, record in known)


def _copy(source: Path, target: Path) -> None:
    """Copy a result and its record, which comes first, as a job writes them."""
    for one, other in ((records(source)[0], records(target)[0]), (source, target)):
        with atomic(other) as temporary:
            shutil.copyfile(one, temporary)

"""The output of `snakemake -n`: a table of the work to do and its cost, no list of jobs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from logging import LogRecord
from typing import Any

from overfit.config.experiment import Experiment
from overfit.config.study import Study
from overfit.jobs.plan import Plan

UNSEEN = ("job_info", "group_info", "shellcmd")
"""The events of single jobs."""
END = "This was a dry-run"
REASONS = "Reasons:"
HINT = "Nothing was run (-n). To see the jobs and why each would run: snakemake -n --quiet host"
LONGEST = 35
"""The most characters of a name that are shown."""


@dataclass
class Row:
    """The work to do for an experiment.

    Attributes:
        runs: the number of runs of the experiment, including searches.
        jobs: the number of jobs to do; a job that several experiments need counts for the first.
        seconds: their estimated time on one core.
    """

    runs: int = 0
    jobs: int = 0
    seconds: float = 0.0


def rows(plan: Plan, jobs: Iterable[Any]) -> dict[str, Row]:
    """The work to do for each experiment, and for all together under an empty name.

    Args:
        plan: the plan.
        jobs: Snakemake's jobs to do.
    """
    experiments = plan.study.experiments.values()
    found = {one.name: Row(len(_trained(one))) for one in experiments} | {"": Row()}
    for job, name in owned(plan.study, jobs):
        found[name].jobs += 1
        found[name].seconds += plan.seconds(job)
    return found


def owned(study: Study, jobs: Iterable[Any]) -> Iterator[tuple[Any, str]]:
    """Each job and the first experiment that needs it; an empty name for jobs of all of them."""
    owners: dict[str, str] = {}
    for one in study.experiments.values():
        for name in _trained(one):
            owners.setdefault(name, one.name)
    for job in jobs:
        of = job.wildcards_dict
        name = of.get("experiment") or owners.get(of.get("run") or of.get("search", ""), "")
        yield job, name if name in study.experiments else ""


def _trained(experiment: Experiment) -> set[str]:
    """The names of its runs and of its searches."""
    runs = {run for part in experiment.parts for run in part.blocks}
    searches = {one.id for part in experiment.parts for one in part.searches.values()}
    return runs | searches


def table(found: dict[str, Row]) -> str:
    """The rows as a table of up to 80 columns, with their sum.

    Experiments without work to do are only counted.
    """
    todo = {name: row for name, row in found.items() if row.jobs}
    jobs, seconds = (sum(getattr(row, of) for row in todo.values()) for of in ("jobs", "seconds"))
    width = max([12, *(min(LONGEST, len(name)) for name in todo)]) + 2
    rule = "-" * (width + 43)
    lines = [
        f"{'experiment':{width}}{'runs':>7}{'jobs to do':>14}{'about core-minutes':>22}",
        rule,
        *(_line(name or "all of them", row, width, row.runs or "") for name, row in todo.items()),
        rule,
        _line("total", Row(0, jobs, seconds), width, ""),
    ]
    done = sum(bool(name) and not row.jobs for name, row in found.items())
    told = [f"Up to date: {done} of {len(found) - 1} experiments"] if done else []
    return "\n".join(["", *lines, *told])


def _line(name: str, row: Row, width: int, runs: int | str) -> str:
    short = name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…"
    return f"{short:{width}}{runs:>7}{row.jobs:>14,}{_minutes(row.seconds):>22}"


def _minutes(seconds: float) -> str:
    return "< 0.1" if 0 < seconds < 3 else f"{seconds / 60:,.1f}"


class ShortDryRun:
    """A filter of Snakemake's log records in a dry run.

    It hides the jobs, their reasons and the second table of rules, and puts the table of
    experiments at the end.

    Args:
        plan: the plan.
        jobs: returns Snakemake's jobs to do, once they are known.
    """

    def __init__(self, plan: Plan, jobs: Callable[[], Sequence[Any]]) -> None:
        self.plan = plan
        self.jobs = jobs
        self.counted = False

    def __call__(self, record: LogRecord) -> bool:
        """Whether to show a record; the last one gets the table as its text."""
        event = getattr(record, "event", None)
        if event in UNSEEN or (event is None and str(record.msg).startswith(REASONS)):
            return False
        if event == "run_info":
            again, self.counted = self.counted, True
            return not again
        if event is None and str(record.msg).startswith(END):
            record.msg = f"{table(rows(self.plan, self.jobs()))}\n{HINT}"
            record.plan = True
        return True

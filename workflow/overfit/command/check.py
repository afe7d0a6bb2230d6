"""Check the configuration: list every mistake with its line, or say how much is left to train.

`snakemake -n` does the same and plans all other jobs, too, which takes longer.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from overfit.command import parser_of, stop
from overfit.command.studies import add_configfile, study_of
from overfit.config.contract import ContractError
from overfit.config.problems import ConfigurationError
from overfit.jobs.plan import Plan


def main(arguments: Sequence[str] | None = None) -> int:
    """Print one line if all is right; else the mistakes, and return 1."""
    parser = parser_of(__name__, __doc__)
    parser.add_argument("experiments", nargs="*", help="those of the configuration if none")
    add_configfile(parser)
    asked = parser.parse_args(arguments)
    try:
        plan = Plan(study_of(asked.configfile, asked.experiments))
    except (ConfigurationError, ContractError) as error:
        stop(error)
        return 1
    for doubt in plan.doubts():
        print(f"warning: {doubt}", file=sys.stderr)
    print(told(plan))
    return 0


def told(plan: Plan) -> str:
    """The sizes of a study: `12 experiments, 240 runs, 61 to train, about 9 core-minutes`.

    A search counts as a run. A run counts as one to train if any of its blocks is missing or of
    other sources; the minutes are those of these blocks.
    """
    jobs = [job for job in plan.trained if not plan.would_give(job)]
    seconds = sum(plan.training_seconds(plan.wildcards_of(job)) for job in jobs)
    of = {(job.rule, *job.names[:-1]) for job in plan.trained}
    to_do = {(job.rule, *job.names[:-1]) for job in jobs}
    counted = [(len(plan.study.experiments), "experiment"), (len(of), "run")]
    words = [f"{n:,} {word}{'' if n == 1 else 's'}" for n, word in counted]
    minutes = f", about {_minutes(seconds)} core-minutes" if to_do else ""
    return f"{', '.join(words)}, {len(to_do):,} to train{minutes}"


def _minutes(seconds: float) -> str:
    return f"{seconds / 60:,.0f}" if seconds >= 600 else f"{max(seconds / 60, 0.1):.1f}"

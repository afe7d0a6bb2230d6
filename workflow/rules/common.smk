import os
import re
import sys
from pathlib import Path

from snakemake.settings.enums import Quietness

STUDY = or_exit(load_study, config, root=Path(), config_files=workflow.configfiles)
PLAN = Plan(STUDY)
if workflow.is_main_process:
    if found := altered(PLAN.everything):
        sys.exit("\n".join(map(damage, found)))
    # Snakemake itself knows only later what its targets are.
    if may_be_targets(sys.argv[1:], STUDY):
        from snakemake.cli import get_argument_parser

        given, _ = get_argument_parser().parse_known_args()
        made = [*PLAN.everything, *records(*PLAN.everything)]
        alone = workflow.modifier.base_snakefile is None
        if found := [*mistaken(given.targets, STUDY, made, alone=alone)]:
            sys.exit("\n".join(found))
    for doubt in PLAN.doubts():
        print(f"warning: {doubt}", file=sys.stderr)
    for note in PLAN.trained_again():
        print(f"note: {note}", file=sys.stderr)
    # Snakemake itself knows only later that it is a dry run.
    if any(re.fullmatch(r"-\w*n\w*|--dry-?run", word) for word in sys.argv):
        from overfit.claims.planned import smallest_effects

        for note in smallest_effects(STUDY.experiments.values(), RESULTS):
            print(f"note: {note}", file=sys.stderr)
        quiet = workflow.output_settings.quiet or ()
        if Quietness.REASON in quiet:  # as in the default profile
            logger.addFilter(
                ShortDryRun(
                    PLAN, lambda: workflow.dag.needrun_jobs(exclude_finished=False)
                )
            )
    # After each job, Snakemake would say that it selects others.
    logger.addFilter(lambda record: not str(record.msg).startswith("Select jobs"))
INPUTS = PLAN.read_inputs([*workflow.configfiles, DATASETS, LOOKS, REGISTERED])
# The runs that record more than a history; there may be none.
RECORDING_RUN = "|".join(map(re.escape, PLAN.recording_runs)) or "(?!)"
RUN = rf"(?!(?:{RECORDING_RUN})/)[a-z0-9._-]+"
# The priority of what other jobs wait for, and of tables, claims and figures: an experiment is shown
# when its networks are trained, before others are. For the order of training see `Plan.urgency`.
FIRST = 1e9


wildcard_constraints:
    dataset=r"[a-z0-9_-]+",
    subset=r"[a-z0-9._-]+",
    run=r"[a-z0-9._-]+",
    search=r"[a-z0-9._-]+",
    method=r"[a-z][a-z0-9_]*",
    best=r"best(-\d+-\d+)?",
    block=r"\d+-\d+",
    experiment=r"[a-z0-9_-]+",
    seeds=r"\d+",
    figure=r"[a-z0-9_-]+",


def here(paths):
    """The user's files, which stay local even if results go to object storage."""
    return [local(os.path.relpath(path)) for path in paths]


def sources(read, digest, *outputs):
    """An input function: the results that a job reads, with their records.

    If some are missing but the results of the job are right, it need not run when they are made
    again: the others keep its place in the order of jobs.
    """

    def needed(wildcards):
        files = [*read(wildcards), *records(*read(wildcards))]
        there = [file for file in files if file.exists()]
        made = [Path(str(output).format(**wildcards)) for output in outputs]
        if len(there) < len(files) and PLAN.settled(digest(wildcards), *made):
            return [ancient(str(file)) for file in there]
        return files

    return needed


def small_mb(wildcards, attempt):
    """Memory of a job that does little."""
    return 500 * attempt


def small_minutes(wildcards, attempt):
    """Time of a job that does little."""
    return 5 * attempt

import getpass
import os
import sys
from pathlib import Path

if workflow.modifier.path_modifier.replace_prefix("results/") != "results/":
    sys.exit(
        "the module overfit can't have a prefix or replace_prefix: it reads config/ and writes "
        "results/ in the folder where Snakemake runs; use --directory to run it in a separate folder"
    )
first = vars(workflow).setdefault("overfit", workflow.modifier.namespace)
if first != workflow.modifier.namespace:
    sys.exit(
        f"the modules {first} and {workflow.modifier.namespace} are both overfit and would write the "
        "same files in results/; put the experiments of both in config/experiments, or run Snakemake "
        "once for each, in separate folders (--directory)"
    )
if braces := set("{}") & set(str(workflow.current_basedir)):
    sys.exit(
        f"{workflow.current_basedir}: Snakemake can't run scripts in a folder with "
        f"{' or '.join(sorted(braces))} in its path; move or rename the folder"
    )


include: "checkout.smk"


# Run the code of this checkout, whose digest the rules use, here and in the scripts that this
# process and its cluster jobs start.
sys.path.insert(0, str(PACKAGE.parent))
os.environ.update(
    PYTHONPATH=os.pathsep.join(
        filter(None, [str(PACKAGE.parent), os.getenv("PYTHONPATH")])
    ),
    # Otherwise each job would search all installed packages for Pydantic plugins.
    PYDANTIC_DISABLE_PLUGINS="__all__",
)

from overfit.config.contract import ContractError

try:  # these imports load parts, probes and kinds of figures, including the user's
    from overfit.config.problems import ConfigurationError
    from overfit.config.reading import check_readable
    from overfit.claims.design import REGISTERED
    from overfit.config.files import DATASETS, LOOKS
    from overfit.config.study import load_study
    from overfit.jobs import LISTED
    from overfit.jobs.driver import before_locking, check_writable, record_driver
    from overfit.jobs.plan import Plan
    from overfit.jobs.planned import ShortDryRun, owned
    from overfit.jobs.targets import may_be_targets, mistaken
    from overfit.results import (
        RESULTS,
        altered,
        damage,
        records,
        remove_left_behind,
        temporaries_below,
    )
except ContractError as error:
    sys.exit(str(error))

if workflow.modifier.base_snakefile is None:  # otherwise Snakemake doesn't call onerror
    os.environ[LISTED] = "1"
try:  # a container may run as a user without a name, which Snakemake needs
    getpass.getuser()
except (KeyError, OSError):
    os.environ.update(LOGNAME=str(os.getuid()))
before_locking(Path())


onstart:
    or_exit(check_writable, RESULTS.root)
    if workflow.local_exec:
        # With a limit of jobs per time, each job that ends makes the scheduler plan again and again
        # until the end, even if nothing has changed. Jobs on this machine need no limit.
        workflow.scheduler.job_rate_limiter = None
    record_driver(Path())
    remove_left_behind(temporaries_below(RESULTS.root))
    of = dict(owned(PLAN.study, workflow.dag.needrun_jobs()))
    logger.info(
        "",
        extra={
            "seconds": {job.jobid: PLAN.seconds(job) for job in of},
            "experiments": {job.jobid: name for job, name in of.items()},
        },
    )


def or_exit(function, *arguments, **options):
    """Call a function; if the user made a mistake, print it and exit with status 1."""
    try:
        return function(*arguments, **options)
    except ConfigurationError as error:
        sys.exit(str(error))


if Path("config/config.yaml").exists():
    or_exit(check_readable, ["config/config.yaml"])

import os
import sys
from pathlib import Path

if workflow.modifier.path_modifier.replace_prefix("results/") != "results/":
    sys.exit(
        "the module overfit can't have a prefix or replace_prefix: it reads config/ and writes "
        "results/ of the folder in which Snakemake runs; run it in a folder of its own by --directory"
    )


include: "checkout.smk"


# The code that runs is the code of this checkout, which the rules take a digest of: here, and in
# the scripts that this process and its cluster jobs start.
sys.path.insert(0, str(PACKAGE.parent))
os.environ.update(
    PYTHONPATH=os.pathsep.join(
        filter(None, [str(PACKAGE.parent), os.getenv("PYTHONPATH")])
    ),
    # Each job would look through all installed packages for plugins of Pydantic.
    PYDANTIC_DISABLE_PLUGINS="__all__",
)

from overfit.config.contract import ContractError

try:  # what is imported loads parts, probes and kinds of figures in files of the user's own
    from overfit.config.problems import ConfigurationError
    from overfit.config.specs import RECORDS
    from overfit.config.study import DATASETS, check_readable, load_study
    from overfit.jobs.driver import check_writable, record_driver, release_stale_lock
    from overfit.jobs.plan import Plan
    from overfit.results import RESULTS, remove_left_behind, temporaries_below
except ContractError as error:
    sys.exit(str(error))

release_stale_lock(Path())


onstart:
    or_exit(check_writable, RESULTS.root)
    record_driver(Path())
    remove_left_behind(temporaries_below(RESULTS.root))


def or_exit(function, *arguments, **options):
    """What the function returns; a mistake of the user's ends with its text and status 1."""
    try:
        return function(*arguments, **options)
    except ConfigurationError as error:
        sys.exit(str(error))


if Path("config/config.yaml").exists():
    or_exit(check_readable, ["config/config.yaml"])

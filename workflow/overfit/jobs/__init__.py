"""The computations of the workflow's jobs, and the log and the records of each job."""

from __future__ import annotations

import logging
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from overfit.results import MADE_BY

log = logging.getLogger("overfit")
LISTED = "OVERFIT_ERRORS_ARE_LISTED"
"""The environment variable that says that the driver prints the errors of all jobs at the end."""


@contextmanager
def running(job: Any) -> Iterator[None]:
    """Log to the job's file, and record what it writes, see `overfit.results.atomic`.

    An error that the user can fix becomes one line in the log and exit status 1. The driver prints
    it when all other jobs are done, see `overfit.report.failures`; in a module, which has no such
    handler, the job prints it. SIGTERM, with which a cluster cancels a job, ends it like an error,
    so that it cleans up.

    Args:
        job: the `snakemake` of a script; its rule has a log and the parameter `digest`.
    """
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    handlers: list[logging.Handler] = [logging.FileHandler(job.log[0], mode="w", encoding="utf-8")]
    logging.basicConfig(
        format="%(asctime)s %(levelname)s %(message)s", level=logging.INFO, handlers=handlers
    )
    token = MADE_BY.set(job.params.digest)
    try:
        yield
    except Exception as error:
        from overfit.data.checked import DataError, printable  # here, since it loads NumPy

        if isinstance(error, DataError):
            message = printable(str(error))  # it may quote a data file
            log.error("%s", message)
            sys.exit(1 if LISTED in os.environ else f"Error: {message}")
        log.exception("failed")
        raise
    finally:
        MADE_BY.reset(token)

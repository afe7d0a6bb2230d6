"""The log of a job. Imported by every script, so it loads nothing that takes time."""

from __future__ import annotations

import logging
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from overfit.data.checked import DataError

log = logging.getLogger("overfit")


@contextmanager
def logged(path: str | Path) -> Iterator[None]:
    """Log to `path`; turn an error that the user can fix into one line and exit status 1.

    SIGTERM, with which a cluster cancels a job, ends it like an error, so that it cleans up.
    """
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    handlers: list[logging.Handler] = [logging.FileHandler(path, mode="w", encoding="utf-8")]
    logging.basicConfig(
        format="%(asctime)s %(levelname)s %(message)s", level=logging.INFO, handlers=handlers
    )
    try:
        yield
    except DataError as error:
        log.error("%s", error)
        sys.exit(f"Error: {error}")
    except Exception:
        log.exception("failed")
        raise

"""Runs a property for a short, seeded moment, or for as long as `make fuzz` says."""

import os
import time

from hypothesis import HealthCheck, given, seed, settings

SECONDS = float(os.getenv("FUZZ_SECONDS", "0"))
"""How long each fuzzer runs; 0 is one round, the same each time."""


def fuzz(strategy, check, *, examples):
    """Check examples of a strategy, round by round, each round with its own seed."""
    started, number = time.monotonic(), 0
    while number == 0 or time.monotonic() - started < SECONDS:
        options = settings(
            max_examples=examples,
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        )
        seed(number)(options(given(strategy)(lambda example: check(example))))()
        number += 1

"""A process that runs one system and does work items on request, on one thread."""

from __future__ import annotations

import importlib
import json
import os
import sys
import time
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[1] / "workflow")]

from overfit.jobs import blas  # noqa: E402

blas.configure()  # before NumPy loads

from benchmarks.works import WORKS  # noqa: E402


def main(system: str, core: int) -> None:
    """Answer each line of standard input, the name of a work, with a line of JSON."""
    if core >= 0:
        os.sched_setaffinity(0, {core})  # before libraries start threads
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what libraries print is no answer
    try:
        module = importlib.import_module(f"benchmarks.systems.{system}")
    except ImportError as error:
        print(json.dumps({"error": str(error)}), file=answers, flush=True)
        return
    print(json.dumps({"ready": True}), file=answers, flush=True)
    prepared = {}
    for line in sys.stdin:
        name, repeats = line.split()
        try:
            if name not in prepared:
                prepared.clear()
                prepared[name] = module.prepare(WORKS[name])
                prepared[name]()
            start = time.perf_counter()
            for _ in range(int(repeats)):
                prepared[name]()
            answer = {"seconds": (time.perf_counter() - start) / int(repeats)}
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}".splitlines()[0][:200]}
        print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))

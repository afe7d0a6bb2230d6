"""Time the NumPy core, other libraries, and the machine's matrix products.

Every system runs in a process of its own, on one thread of one core. The systems take turns, so
that a machine whose speed drifts treats them alike. What is printed is medians, ratios within one
turn, and the share of the rate at which NumPy does the work's matrix products alone. Systems that
are not installed are skipped by name.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[1] / "workflow")]

from benchmarks.works import WORKS, Work  # noqa: E402

SYSTEMS = ("overfit", "matmul", "torch_eager", "torch_compiled", "jax_vmap", "sklearn_mlp")
TURN = 0.1
"""The shortest time, in seconds, for which a system works in one turn."""
FEWEST = 3
"""Turns of each system, even if the time is over."""


class System:
    """A process that does a work item on request."""

    def __init__(self, name: str, core: int) -> None:
        self.name = name
        threads = {f"{lib}_NUM_THREADS": "1" for lib in ("OMP", "OPENBLAS", "MKL")}
        self.process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("worker.py")), name, str(core)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env={**os.environ, **threads},
        )
        self.missing = self.answer().get("error")

    def answer(self) -> dict:
        """The next line that the process prints."""
        line = self.process.stdout.readline()
        return json.loads(line) if line else {"error": "the process ended"}

    def ask(self, work: Work, repeats: int) -> dict:
        """Let it do a work item several times; return the seconds per time, or an error."""
        print(work.name, repeats, file=self.process.stdin, flush=True)
        return self.answer()

    def close(self) -> None:
        """End the process."""
        self.process.stdin.close()
        self.process.wait()


def measure(work: Work, systems: list[System], seconds: float) -> dict[str, list[float]]:
    """Seconds of each system in each round; a system that can't do the work is left out.

    New rounds begin until `seconds` have passed since the systems began to prepare the work.
    """
    repeats, start = {}, time.perf_counter()
    for system in systems:
        first = system.ask(work, 1)
        if "seconds" in first:
            repeats[system] = max(1, round(TURN / first["seconds"]))
        else:
            print(f"{work.name}: {system.name} skipped: {first['error']}", file=sys.stderr)
    found = {system.name: [] for system in repeats}
    while len(found["overfit"]) < FEWEST or time.perf_counter() - start < seconds:
        for system, times in repeats.items():
            found[system.name].append(system.ask(work, times)["seconds"])
    return found


def records(work: Work, found: dict[str, list[float]]) -> list[dict]:
    """Median seconds of each system, and the median over rounds of its time over ours."""
    ours = found["overfit"]
    return [
        {
            "work": work.name,
            "system": name,
            "median_seconds": statistics.median(times),
            "ratio": statistics.median(t / o for t, o in zip(times, ours, strict=True)),
        }
        for name, times in found.items()
    ]


def behind(everything: list[dict]) -> list[str]:
    """A line for each work and peer that takes less time than the core, the fastest first."""
    faster = [r for r in everything if r["ratio"] < 1 and r["system"] != "matmul"]
    return [
        f"{r['work']:<20}{r['system']:<16} takes {r['ratio']:.2f} of our time"
        for r in sorted(faster, key=lambda r: r["ratio"])
    ]


def main() -> None:
    """Measure, print a table, write records."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=160, help="time for all works (160)")
    parser.add_argument("--works", nargs="+", choices=WORKS, default=list(WORKS))
    parser.add_argument("--systems", nargs="+", choices=SYSTEMS, default=list(SYSTEMS))
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the records here, too")
    arguments = parser.parse_args()
    core = max(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else -1
    names = dict.fromkeys(("overfit", *arguments.systems))
    systems = [System(name, core) for name in names]
    for system in systems:
        if system.missing:
            print(f"{system.name} skipped: {system.missing}", file=sys.stderr)
    present = [system for system in systems if not system.missing]
    everything = []
    for name in arguments.works:
        print(f"measuring {name}", file=sys.stderr)
        share = arguments.seconds / len(arguments.works)
        everything += records(WORKS[name], measure(WORKS[name], present, share))
    print("Works in which a peer is faster:")
    print("\n".join(behind(everything)) or "none")
    print(f"\n{'work':<20}{'system':<16}{'median ms':>12}{'time / ours':>13}{'of products':>13}")
    for name in arguments.works:
        print(f"\n{name}: {WORKS[name].says}")
        found = [record for record in everything if record["work"] == name]
        floor = next((r["median_seconds"] for r in found if r["system"] == "matmul"), None)
        for record in found:
            seconds, ratio = record["median_seconds"], record["ratio"]
            share = f"{floor / seconds:.0%}" if floor else "-"
            print(
                f"{name:<20}{record['system']:<16}{seconds * 1e3:>12.2f}{ratio:>13.2f}{share:>13}"
            )
    for system in systems:
        system.close()
    if arguments.json:
        arguments.json.write_text(json.dumps(everything, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

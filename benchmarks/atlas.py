"""What each experiment costs: runs, jobs, core-seconds, and the same as a multiple of its products.

Reads the times that the workflow recorded in results/benchmarks while it trained, and times the
matrix products that the training cannot do without, shape by shape, on this machine. Run it after
`snakemake`, while nothing else runs. A run that experiments share is counted for the first of them.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path
from time import perf_counter

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "workflow")]

from overfit import blas  # noqa: E402

blas.configure("auto")

import numpy as np  # noqa: E402
import yaml  # noqa: E402

from overfit import build  # noqa: E402
from overfit.spec import load_study  # noqa: E402
from overfit.spec.settings import Settings  # noqa: E402
from overfit.training.examples import CHUNK  # noqa: E402

BENCHMARKS = ROOT / "results" / "benchmarks"


@cache
def product_seconds(rows: int, inner: int, columns: int) -> float:
    """Least time of a float32 product (rows, inner) x (inner, columns), of five measurements."""
    rng = np.random.default_rng(0)
    a = rng.random((rows, inner), dtype=np.float32)
    b = rng.random((inner, columns), dtype=np.float32)
    out = np.empty((rows, columns), np.float32)
    repeats = max(1, int(2e8 / (2 * rows * inner * columns)))

    def once() -> float:
        start = perf_counter()
        for _ in range(repeats):
            np.matmul(a, b, out=out)
        return (perf_counter() - start) / repeats

    return min(once() for _ in range(5))


def forward_seconds(rows: int, sizes: list[int]) -> float:
    """The products of one forward pass."""
    return sum(product_seconds(rows, a, b) for a, b in pairwise(sizes))


def floor_seconds(settings: Settings, n_in: int, n_out: int, test: int) -> float:
    """The products of one network: every update, every evaluation."""
    schedule = build.schedule(settings)
    sizes = [n_in, *settings.model.hidden, n_out]
    batch = settings.train.batch_size
    update = forward_seconds(batch, sizes)
    for i, (a, b) in enumerate(pairwise(sizes)):
        update += product_seconds(a, batch, b) + (product_seconds(batch, b, a) if i else 0)
    examples = settings.data.train + settings.data.validation + test
    evaluation = forward_seconds(CHUNK, sizes) * examples / CHUNK
    return schedule.budget * update + len(schedule.evaluation_points()) * evaluation


def recorded(*parts: str) -> float | None:
    """Core-seconds of a finished job, if it was recorded."""
    path = BENCHMARKS.joinpath(*parts)
    if not path.is_file():
        return None
    with open(path, encoding="utf-8", newline="") as lines:
        return sum(float(row["cpu_time"]) for row in csv.DictReader(lines, delimiter="\t"))


def rows() -> Iterator[tuple[str, int, int, int, float, float]]:
    """For each experiment its name, runs, jobs, networks, core-seconds and floor in seconds."""
    config = yaml.safe_load((ROOT / "config" / "config.yaml").read_text(encoding="utf-8"))
    study = load_study(config, root=ROOT)
    seen = set()
    for name, experiment in study.experiments.items():
        runs = jobs = networks = 0
        seconds = floor = 0.0
        for run in experiment.runs:
            spec = study.runs[run]
            dataset = study.datasets[spec.settings.data.dataset]
            n_in = dataset.inputs
            runs += 1
            for block in experiment.blocks:
                if (run, block) in seen:
                    continue
                seen.add((run, block))
                first, last = map(int, block.split("-"))
                spent = recorded("train", run, f"{block}.tsv")
                if spent is None:
                    continue
                jobs += 1
                networks += last - first + 1
                seconds += spent
                floor += (last - first + 1) * floor_seconds(
                    spec.settings, n_in, dataset.classes, dataset.test
                )
        yield name, runs, jobs, networks, seconds, floor


def main() -> None:
    """Print the table as Markdown."""
    print("| experiment | runs | jobs | networks | core-seconds | products | ratio |")
    print("|---|--:|--:|--:|--:|--:|--:|")
    total = np.zeros(5)
    for name, *numbers in rows():
        total += numbers
        print(line(name, *numbers))
    print(line("**all**", *total))


def line(name: str, runs: int, jobs: int, networks: int, seconds: float, floor: float) -> str:
    """A row of the table."""
    ratio = f"{seconds / floor:.1f}" if floor else "–"
    return (
        f"| {name} | {runs:.0f} | {jobs:.0f} | {networks:.0f} | {seconds:.1f} | {floor:.1f} | "
        f"{ratio} |"
    )


if __name__ == "__main__":
    main()

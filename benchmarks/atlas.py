"""The cost of each experiment: runs, jobs, core-seconds, and their ratio to its matrix products.

Reads the times that the workflow recorded in results/benchmarks while it trained, and times the
matrix products that the training cannot do without, shape by shape, on this machine. Run it after
`snakemake`, while nothing else runs. A run that experiments share is counted for the first of them.
A second table has the core-seconds of each kind of job, and the time in which cores were idle:
while networks were trained, and after the last of them. It means something after one run from the
beginning to the end, on these cores.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from time import perf_counter

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "workflow")]

from overfit.jobs import blas  # noqa: E402

blas.configure("auto")

import numpy as np  # noqa: E402
import pyarrow.parquet as pq  # noqa: E402
import yaml  # noqa: E402

from benchmarks.idle import kinds, recorded_jobs, seconds_of  # noqa: E402
from overfit.config.blocks import block_range  # noqa: E402
from overfit.config.merging import nested  # noqa: E402
from overfit.config.settings import Settings  # noqa: E402
from overfit.config.specs import RunSpec, SearchSpec  # noqa: E402
from overfit.config.study import Study, load_study  # noqa: E402
from overfit.jobs import build  # noqa: E402
from overfit.search.trials import values_in  # noqa: E402
from overfit.training.examples import CHUNK  # noqa: E402

BENCHMARKS = ROOT / "results" / "benchmarks"


@cache
def product_seconds(rows: int, inner: int, columns: int) -> float:
    """The shortest of five times of a float32 product (rows, inner) x (inner, columns)."""
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


def floor_seconds(
    settings: Settings,
    n_in: int,
    n_out: int,
    test: int,
    *,
    points: Sequence[int] = (),
    test_once: bool = False,
) -> float:
    """The products of one network: every update, every evaluation; a search tests at the end."""
    schedule = build.schedule(settings, points)
    sizes = [n_in, *settings.model.hidden, n_out]
    batch = settings.train.batch_size
    update = forward_seconds(batch, sizes)
    for i, (a, b) in enumerate(pairwise(sizes)):
        update += product_seconds(a, batch, b) + (product_seconds(batch, b, a) if i else 0)
    example = forward_seconds(CHUNK, sizes) / CHUNK
    evaluations = len(schedule.evaluation_points())
    seen = evaluations * (settings.data.train + settings.data.validation)
    tested = test * (1 if test_once else evaluations)
    return schedule.budget * update + (seen + tested) * example


def recorded(*parts: str) -> float | None:
    """Core-seconds of a finished job, if it was recorded.

    A job has one thread, so they are the seconds that it took: its CPU time is recorded as well,
    but only every few seconds, and what follows the last record is lost.
    """
    path = BENCHMARKS.joinpath(*parts)
    if not path.is_file():
        return None
    with open(path, encoding="utf-8", newline="") as lines:
        return seconds_of(lines)


@dataclass
class Row:
    """The cost of an experiment, without blocks that were not recorded."""

    runs: int = 0
    jobs: int = 0
    networks: int = 0
    seconds: float = 0.0
    floor: float = 0.0

    def add(self, networks: int, seconds: float, floor: float) -> None:
        """Count a job."""
        self.jobs += 1
        self.networks += networks
        self.seconds += seconds
        self.floor += floor


def rows() -> Iterator[tuple[str, Row]]:
    """Each experiment with its cost."""
    config = yaml.safe_load((ROOT / "config" / "config.yaml").read_text(encoding="utf-8"))
    study = load_study(config, root=ROOT)
    seen: set[tuple[str, ...]] = set()
    for name, experiment in study.experiments.items():
        row = Row(runs=len(experiment.runs))
        for run in experiment.runs:
            for block in experiment.blocks[run]:
                seconds = recorded("train", run, f"{block}.tsv")
                if (run, block) in seen or seconds is None:
                    continue
                seen.add((run, block))
                count = len(block_range(block))
                row.add(count, seconds, count * floor_of_run(study, study.runs[run]))
        for variant, search in experiment.searches.items():
            for block in experiment.trial_blocks(variant):
                key = (search.id, search.method, block)
                seconds = recorded("search_trials", search.id, search.method, f"{block}.tsv")
                if key in seen or seconds is None:
                    continue
                seen.add(key)
                row.add(*floors_of_trials(study, search, block, seconds))
        yield name, row


def floor_of_run(study: Study, spec: RunSpec) -> float:
    """The products of one network of a run."""
    dataset = study.datasets[spec.settings.data.dataset]
    points = study.recordings[spec.id].points
    return floor_seconds(
        spec.settings, dataset.inputs, dataset.classes, dataset.test, points=points
    )


def floors_of_trials(
    study: Study, search: SearchSpec, block: str, seconds: float
) -> tuple[int, float, float]:
    """Networks, core-seconds and products of a block of trials with different configurations."""
    dataset = study.datasets[search.settings.data.dataset]
    path = ROOT / "results" / "searches" / search.id / search.method / f"{block}.parquet"
    rows = pq.read_table(path, columns=["repeat", "trial", "budget", *search.space]).to_pylist()
    trials = {(row["repeat"], row["trial"]): row for row in rows}
    floor = 0.0
    for trial in trials.values():
        values = nested(values_in(search.space, trial))
        settings = search.settings.updated(values, instead_of=search.space)
        floor += floor_seconds(
            settings.shortened(trial["budget"]),
            dataset.inputs,
            dataset.classes,
            dataset.test,
            test_once=True,
        )
    return len(trials), seconds, floor


def main() -> None:
    """Print the table as Markdown."""
    print("| experiment | runs | jobs | networks | core-seconds | products | ratio |")
    print("|---|--:|--:|--:|--:|--:|--:|")
    total = Row()
    for name, row in rows():
        print(line(name, row))
        for number in vars(row):
            setattr(total, number, getattr(total, number) + getattr(row, number))
    print(line("**all**", total))
    cores, jobs = len(os.sched_getaffinity(0)), recorded_jobs(BENCHMARKS)
    end = (ROOT / "results" / "MANIFEST.sha256").stat().st_mtime  # it is written last
    print("", *kinds(jobs, cores, end), sep="\n")
    wall = end - min(job.start for job in jobs)
    print(
        f"\nFrom the first job to the last: {wall:.0f} s; on {cores} cores "
        f"{wall * cores / total.seconds:.2f} times the training."
    )


def line(name: str, row: Row) -> str:
    """A row of the table."""
    ratio = f"{row.seconds / row.floor:.1f}" if row.floor else "–"
    return (
        f"| {name} | {row.runs} | {row.jobs} | {row.networks} | {row.seconds:.1f} | "
        f"{row.floor:.1f} | {ratio} |"
    )


if __name__ == "__main__":
    main()

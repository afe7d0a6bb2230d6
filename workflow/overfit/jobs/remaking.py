"""Makes results again from their sources, and compares them with what is there."""

from __future__ import annotations

import json
import random
import tempfile
from collections.abc import Collection, Container, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from overfit.config.blocks import block_range
from overfit.config.problems import listed
from overfit.config.specs import RunSpec, SearchSpec
from overfit.config.study import load_study
from overfit.data.checked import SPEC, DataError, Prepared, read_arrays, read_parquet
from overfit.data.subsets import write_subsets
from overfit.jobs import blas, searching, tables, training
from overfit.jobs.plan import DIGESTED, Plan
from overfit.results import RESULTS, Job, Results

LOSS = 1e-3
"""Relative tolerance of a loss between two BLAS kernels or machines."""
ACCURACY = 0.01
"""Absolute tolerance of an accuracy: 20 of 2,000 images."""
TABLES = 1e-4
"""Relative tolerance of the numbers of a table, made from the same histories on two machines."""
MADE_AGAIN = (
    *("subset", "train", "search_trials", "search_best"),
    *("summarize", "claims", "all_claims"),
)
"""The rules whose results are made again; those of trainings, some of them."""


def made_again(provenance: Mapping[str, Any], blocks: int | None, *, changed: bool) -> list[str]:
    """Make again what can be made; what is wrong or can't be checked, as sentences.

    Args:
        provenance: the record of the results' sources and machine.
        blocks: how many blocks to retrain, chosen at random; None for all.
        changed: whether sources have changed since.

    Raises:
        ConfigurationError: the experiments have mistakes by now.
    """
    plan = Plan(load_study(provenance["config"], root=Path()))
    jobs = [job for job in plan.jobs if job.rule in MADE_AGAIN]
    stale = {job for job in jobs if changed and not plan.would_give(job)}
    here, there = blas.describe(), provenance["machine"]
    exact = (here["cpu"], here["kernel"]) == (there["cpu"], there["kernel"])
    try:
        wrong = remade(plan, RESULTS, stale, exact=exact)
        print(f"tables, subsets and the best of searches were made again, {len(wrong)} differ")
        trained = [job for job in plan.trained if job not in stale]
        chosen = trained if blocks is None else random.sample(trained, min(blocks, len(trained)))
        for job in chosen:
            wrong += retrained(job, plan, RESULTS)
    except DataError as error:
        wrong = [str(error)]
    return [*(f"WRONG: {one}" for one in wrong), *_not_made(stale, len(jobs))]


def _not_made(stale: Collection[Job], of: int) -> list[str]:
    """What to say about jobs whose results are of other sources."""
    if not stale:
        return []
    names = sorted(RESULTS.named(job.outputs[0]) for job in stale)
    return [
        f"NOT MADE AGAIN: the results of {len(names)} of {of} jobs, because their "
        f"sources have changed; run snakemake: {listed(names)}"
    ]


def remade(plan: Plan, results: Results, stale: Container[Job], *, exact: bool) -> list[str]:
    """Make tables, subsets and the best of searches again, and say which of them differ.

    Args:
        plan: what was run.
        results: its results.
        stale: jobs that would give something else now, whose results are taken as they are.
        exact: whether the bytes must be the same, or only the numbers of tables, nearly.
    """
    wrong = []
    with tempfile.TemporaryDirectory() as folder:
        again = Results(Path(folder, "results"))
        for job in plan.jobs:
            pairs = [(path, again.root / RESULTS.named(path)) for path in job.outputs]
            if job.rule in ("dataset", "train", "search_trials") or job in stale:
                for path, link in pairs:
                    link.parent.mkdir(parents=True, exist_ok=True)
                    link.symlink_to(results.root.absolute() / RESULTS.named(path))
            elif _make(job, plan, again):
                wrong += [
                    f"{RESULTS.named(path)} is not what its sources give"
                    for path, made in pairs
                    if not _same(results.root / RESULTS.named(path), made, exact=exact)
                ]
    return wrong


def _make(job: Job, plan: Plan, again: Results) -> bool:
    """Make the results of a job, unless it trains or draws; whether they were made."""
    if job.rule not in DIGESTED:
        return False
    study, of = plan.study, plan.wildcards_of(job)
    match job.rule:
        case "subset":
            write_subsets(study.subsets[of.subset], of.block, again)
        case "search_best":
            spec = plan.search(of)
            blocks = spec.blocks(study.config.trials_per_job, of.best)
            trials = [again.trials(of.search, of.method, block) for block in blocks]
            searching.write_best(spec, of.best, trials, again)
        case "summarize":
            tables.write_tables(plan.tables(of), again)
        case "look":
            tables.write_look(plan.look(of), again)
        case "claims":
            files = again.experiment(of.experiment)
            registered = plan.registered(of)
            tables.write_claims(plan.claims(of), plan.grid(of), plan.looks(of), registered, files)
        case "all_claims":
            decided = [again.experiment(name).claims for name in study.experiments]
            families, correction = study.families(), study.config.correction
            tables.write_all_claims(decided, families, correction, again.claims)
    return True


def _same(there: Path, made: Path, *, exact: bool) -> bool:
    """Whether a file is what was made again, to the last byte or, of a table, nearly."""
    if exact or there.suffix not in (".csv", ".parquet"):
        return there.read_bytes() == made.read_bytes()
    read = pd.read_parquet if there.suffix == ".parquet" else pd.read_csv
    try:
        pd.testing.assert_frame_equal(read(there), read(made), rtol=TABLES)
    except AssertionError:
        return False
    return True


def retrained(job: Job, plan: Plan, results: Results) -> list[str]:
    """Retrain a block of seeds or trials; what is wrong with its results, as sentences."""
    [path, *_] = job.outputs
    wanted: RunSpec | SearchSpec
    if job.rule == "train":
        wanted = plan.study.runs[job.names[0]]
        trained = training.block_of(wanted, plan.recording_of(*job.names), job.names[1], results)
        made = dict(zip(job.outputs, (trained.history, trained.probes, trained.kept), strict=False))
    else:
        wanted = plan.study.searches[job.names[0], job.names[1]]
        with tempfile.TemporaryDirectory() as rounds:
            dataset = Prepared.of(wanted.settings.data.dataset, results)
            block = block_range(job.names[2])
            made = {path: searching.search_block(wanted, dataset, block, Path(rounds))}
    recorded = read_parquet(path)
    if recorded.schema.metadata[SPEC] != wanted.to_yaml().encode():
        return [f"{path}: its specification differs from that of the experiments"]
    trained_on = json.loads(recorded.schema.metadata[training.MACHINE])
    if trained_on == blas.describe():
        other = [one for one, content in made.items() if not _same_bits(one, content)]
        print(f"{path}: trained again, {'other numbers' if other else 'the same bits'}")
        return [f"{one}: other numbers on the same machine" for one in other]
    print(f"{path}: trained again, here on {blas.describe()}, then on {trained_on}")
    near = _near(made[path], recorded, "loss", rtol=LOSS, atol=0)
    near &= _near(made[path], recorded, "accuracy", rtol=0, atol=ACCURACY)
    return [] if near else [f"{path}: beyond the tolerances"]


def _same_bits(path: Path, made: Any) -> bool:
    """Whether a file has the columns of a table, or these arrays, to the last bit."""
    if path.suffix == ".parquet":
        return bool(read_parquet(path).to_pandas().equals(made.to_pandas()))
    there = read_arrays(path)
    return there.keys() == made.keys() and all(
        there[name].tobytes() == made[name].tobytes() for name in made
    )


def _near(made: pa.Table, recorded: pa.Table, column: str, **tolerance: float) -> bool:
    return len(made) == len(recorded) and np.allclose(
        made[column], recorded[column], equal_nan=True, **tolerance
    )

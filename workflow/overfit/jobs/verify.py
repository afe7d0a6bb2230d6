"""Check results: `overfit verify`, in the project's folder, or `make verify`.

Each job records the SHA-256 of what it writes, and the workflow lists all of them in a manifest, in
the format of sha256sum. This compares the results with both. Then it makes all tables again from
the histories, all subsets from the datasets, and the best of each search from its trials. Finally,
it retrains blocks, two by default, chosen at random. Results of other sources than those that are
there now can't be made again; it names them, and fails. On the machine and with the packages that
trained them, the numbers must be the same to the last bit; elsewhere, they must agree within the
tolerances below.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
import tempfile
from collections.abc import Collection, Container, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from overfit.jobs import blas
from overfit.results import RESULTS, Job, Record, Results, damage, read_record, sha256

if TYPE_CHECKING:
    import pyarrow as pa

    from overfit.config.specs import RunSpec, SearchSpec
    from overfit.jobs.plan import Plan

PROJECT = Path(__file__).parents[3]
LOSS = 1e-3
"""Relative tolerance of a loss between two BLAS kernels or machines."""
ACCURACY = 0.01
"""Absolute tolerance of an accuracy: 20 of 2,000 images."""
TABLES = 1e-4
"""Relative tolerance of the numbers of a table, made from the same histories on two machines."""
MADE_AGAIN = (
    "subset",
    "train",
    "search_trials",
    "search_best",
    "summarize",
    "claims",
    "all_claims",
)
"""The rules whose results are made again; those of trainings, some of them."""
SHOWN = 5
"""The most names in a message."""
LINE = re.compile(r"([0-9a-f]{64})  (.+)")


def manifest(results: Results, files: Mapping[Path, Record]) -> str:
    """Lines that `sha256sum --check` understands in the folder of results, sorted by name.

    Args:
        results: the folder of results.
        files: the files, with what their jobs recorded.
    """
    listed = sorted((results.named(path), record["sha256"]) for path, record in files.items())
    return "".join(f"{digest}  {name}\n" for name, digest in listed)


@dataclass(frozen=True)
class Differences:
    """The differences between results, their records and the manifest, as sentences."""

    listed: frozenset[str]
    """Names in the manifest."""
    wrong: list[str]
    """Altered and missing files."""
    unlisted: list[str]
    """Files that are not in the manifest: other runs, from earlier or later."""


def differences(results: Results) -> Differences:
    """Compare a folder of results with its records and its manifest.

    Raises:
        FileNotFoundError: the manifest is missing.
    """
    lines = results.manifest.read_text(encoding="utf-8", errors="replace").splitlines()
    expected = {found[2]: found[1] for line in lines if (found := LINE.fullmatch(line))}
    there = {results.named(path): path for path in results.listable()}
    named = {name: results.root / name for name in sorted({*expected, results.manifest.name})}
    checked = {name: _difference(path, expected.get(name)) for name, path in named.items()}
    wrong = [f"{name} {how}" for name, how in checked.items() if how]
    return Differences(frozenset(expected), wrong, sorted(there.keys() - expected.keys()))


def _difference(path: Path, listed: str | None) -> str | None:
    """How a file differs from its record, or its record from the manifest; None: not at all."""
    if not path.is_file():
        return "is missing"
    try:
        record = read_record(path)
    except ValueError:
        return "has a damaged record"
    if record is None:
        return "has no record"
    found = sha256(path)
    if found != record["sha256"]:
        return "is altered"
    return None if listed in (None, found) else "is not the one in the manifest"


def changed_sources(provenance: Mapping[str, Any]) -> list[str]:
    """The sources of the results that are not what they were when the results were made."""

    def now(name: str) -> str | None:
        found = (path for path in (PROJECT / name, Path(name)) if path.is_file())
        path = next(found, None)
        return None if path is None else sha256(path)

    return [name for name, then in provenance["inputs"].items() if now(name) != then]


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
    from overfit.data.subsets import write_subsets
    from overfit.jobs import tables
    from overfit.jobs.searching import write_best

    study = plan.study
    match job.rule, job.names:
        case "subset", (subset, block):
            write_subsets(study.subsets[subset], block, again)
        case "search_best", (search, method, best):
            spec = study.searches[search, method]
            blocks = spec.blocks(study.config.trials_per_job, best)
            trials = [again.trials(search, method, block) for block in blocks]
            write_best(spec, best, trials, again)
        case "summarize", (name,):
            tables.write_tables(study.experiments[name].without_words(), again)
        case "look", (name, seeds):
            further = {str(part.seeds): part for part in study.experiments[name].further}
            tables.write_look(further[seeds].without_words(), again)
        case "claims", (name,):
            experiment, files = study.experiments[name], again.experiment(name)
            claims = [claim.without_words() for claim in experiment.claims]
            registered = plan.registered_in(experiment)
            tables.write_claims(claims, experiment.grid, experiment.looks, registered, files)
        case "all_claims", ():
            decided = [again.experiment(name).claims for name in study.experiments]
            families, correction = study.families(), study.config.correction
            tables.write_all_claims(decided, families, correction, again.claims)
        case _:
            return False
    return True


def _same(there: Path, made: Path, *, exact: bool) -> bool:
    """Whether a file is what was made again, to the last byte or, of a table, nearly."""
    if exact or there.suffix not in (".csv", ".parquet"):
        return there.read_bytes() == made.read_bytes()
    import pandas as pd

    read = pd.read_parquet if there.suffix == ".parquet" else pd.read_csv
    try:
        pd.testing.assert_frame_equal(read(there), read(made), rtol=TABLES)
    except AssertionError:
        return False
    return True


def retrained(job: Job, plan: Plan, results: Results) -> list[str]:
    """Retrain a block of seeds or trials; what is wrong with its results, as sentences."""
    from overfit.config.blocks import block_range
    from overfit.data.checked import SPEC, Prepared, read_parquet
    from overfit.jobs import searching, training

    [path, *_] = job.outputs
    asked: RunSpec | SearchSpec
    if job.rule == "train":
        asked = plan.study.runs[job.names[0]]
        trained = training.block_of(asked, plan.recording_of(*job.names), job.names[1], results)
        made = dict(zip(job.outputs, (trained.history, trained.probes, trained.kept), strict=False))
    else:
        asked = plan.study.searches[job.names[0], job.names[1]]
        with tempfile.TemporaryDirectory() as rounds:
            dataset = Prepared.of(asked.settings.data.dataset, results)
            block = block_range(job.names[2])
            made = {path: searching.search_block(asked, dataset, block, Path(rounds))}
    recorded = read_parquet(path)
    if recorded.schema.metadata[SPEC] != asked.to_yaml().encode():
        return [f"{path}: its specification is not the one that the experiments ask for"]
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
    from overfit.data.checked import read_arrays, read_parquet

    if path.suffix == ".parquet":
        return bool(read_parquet(path).to_pandas().equals(made.to_pandas()))
    there = read_arrays(path)
    return there.keys() == made.keys() and all(
        there[name].tobytes() == made[name].tobytes() for name in made
    )


def _near(made: pa.Table, recorded: pa.Table, column: str, **tolerance: float) -> bool:
    import numpy as np

    return len(made) == len(recorded) and np.allclose(
        made[column], recorded[column], equal_nan=True, **tolerance
    )


def number_or_all(text: str) -> int | None:
    """A number, or None for `all`."""
    return None if text == "all" else int(text)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the checks and their results; return 0 if everything is checked and correct, else 1."""
    parser = argparse.ArgumentParser(prog="overfit verify", description=__doc__)
    parser.add_argument(
        "--blocks", type=number_or_all, default=2, help="how many blocks to retrain, or `all` (2)"
    )
    asked = parser.parse_args(arguments)
    try:
        provenance = json.loads(RESULTS.provenance.read_text(encoding="utf-8"))
        found = differences(RESULTS)
    except FileNotFoundError as error:
        print(f"{error.filename} is missing: run the workflow first", file=sys.stderr)
        return 1
    except ValueError:
        print(f"WRONG: {damage(RESULTS.provenance, 'it is not JSON')}")
        return 1
    for one in found.unlisted:
        print(f"note: {one} does not belong to the last run")
    print(f"{len(found.listed)} files, {len(found.wrong)} wrong")
    failed = [f"WRONG: {one}" for one in found.wrong] or _made_again(provenance, asked.blocks)
    for one in failed:
        print(one)
    return 1 if failed else 0


def _made_again(provenance: Mapping[str, Any], blocks: int | None) -> list[str]:
    """Make again what can be made; what is wrong or can't be checked, as sentences."""
    changed = changed_sources(provenance)
    for name in changed:
        print(f"note: {name} has changed since the results were made")
    blas.configure(provenance["config"]["blas_kernel"])
    from overfit.config.contract import ContractError

    try:  # these imports load parts and kinds of figures, including the user's
        from overfit.config.problems import ConfigurationError
        from overfit.config.study import load_study
        from overfit.data.checked import DataError
        from overfit.jobs.plan import Plan

        plan = Plan(load_study(provenance["config"], root=Path()))
    except (ContractError, ConfigurationError) as error:
        return [f"NOT MADE AGAIN: the sources that are there now have mistakes\n{error}"]
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
    more = f", ... ({len(names) - SHOWN} more)" if len(names) > SHOWN else ""
    return [
        f"NOT MADE AGAIN: the results of {len(names)} of {of} jobs, because they are of other "
        f"sources than those that are there now; run snakemake: {', '.join(names[:SHOWN])}{more}"
    ]


if __name__ == "__main__":
    sys.exit(main())

"""The computations of a search: the history of a block of trials, and the best of them."""

from __future__ import annotations

import glob
import hashlib
import json
import logging
import math
import shutil
import time
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pyarrow as pa
import yaml

from overfit.config.blocks import block_range
from overfit.config.deferred import pd
from overfit.config.merging import nested
from overfit.config.specs import SearchSpec
from overfit.data.checked import DataError, Prepared, content, read_parquet, read_table
from overfit.jobs import blas
from overfit.jobs import training as jobs
from overfit.results import Results, write_text
from overfit.search.methods import Round
from overfit.search.trials import NumberedTrial, make, trial_costs, values_in

log = logging.getLogger("overfit")
ALIKE = "alike"
"""A key of the metadata of trials: a digest of all that determines them."""


def search_block(
    spec: SearchSpec,
    dataset: Prepared,
    block: range,
    folder: Path,
    known: Mapping[Any, jobs.KnownTrial] = MappingProxyType({}),
) -> pa.Table:
    """The history of a block of trials, which are numbered across all repeats.

    Networks of all repeats are trained together, round by round: one repeat's round has few
    networks of each shape. A round depends only on earlier rounds of its own repeat.

    Args:
        spec: the search.
        dataset: the prepared dataset.
        block: the trials; whole repeats if trials depend on earlier ones.
        folder: keeps finished rounds, so a job that was killed resumes.
        known: trials of former searches, which are not trained again.
    """
    if spec.points:
        log.info("%d of the %d points of the grid", spec.count, spec.points)
    repeats = range(block[0] // spec.count, block[-1] // spec.count + 1)
    methods = {repeat: make(spec, repeat) for repeat in repeats}
    plan = methods[repeats[0]].plan
    report = _Report(spec, plan, len(repeats))
    # Rounds report their own progress, so only a single long one needs more.
    progress: dict[str, Any] = {} if spec.sequential else {"progress": jobs.Progress("trials")}
    told: dict[int, list[Round]] = {repeat: [] for repeat in repeats}
    tables: list[pa.Table] = []
    for number in range(len(plan)):
        trials = [
            NumberedTrial(trial, repeat=repeat, round=number, number=place)
            for repeat, method in methods.items()
            for place, trial in enumerate(method.propose(told[repeat]), _count(told[repeat]))
            if spec.sequential or repeat * spec.count + place in block
        ]
        kept = folder / f"{number:04d}.parquet"
        if resumed := kept.exists():
            tables.append(read_parquet(kept))
        else:
            tables.append(jobs.train_trials(spec, dataset, trials, known=known, **progress))
            if spec.sequential:
                jobs.write_table(kept, tables[-1], spec)
        costs = trial_costs(tables[-1], spec.objective.metric)
        for repeat, rounds in told.items():
            own = [one for one in trials if one.repeat == repeat]
            found = [costs[repeat, one.number] for one in own]
            rounds.append(Round([one.trial for one in own], found))
        report(number, trials, min(costs.values()), resumed=resumed)
    return pa.concat_tables(_of(repeat, table) for repeat in repeats for table in tables)


def write_trials(spec: SearchSpec, block: str, results: Results, *, made_by: str) -> None:
    """Train a block of trials and write its history.

    Trials that a search with another number of trials or repeats has trained with the same code,
    data and settings on the same kind of machine are taken from its results: all that this one
    proposes, too. They are a cache, not inputs: without them, the same bytes are trained.

    Args:
        spec: the search.
        block: the name of the block.
        results: contain the dataset and get the history.
        made_by: the digest of the code.
    """
    output = results.trials(spec.id, spec.method, block)
    dataset = results.dataset(spec.settings.data.dataset)
    data = content(dataset.card).decode()
    rounds = rounds_folder(output, spec, [made_by, data])
    sized = {"trials": 0, "repeats": 0, "per_seed": False}
    alike = _digest(spec.model_copy(update=sized), [made_by, data])
    known = _former_trials(spec, results, alike)
    prepared = Prepared.of(spec.settings.data.dataset, results)
    history = search_block(spec, prepared, block_range(block), rounds, known)
    jobs.write_table(output, history, spec, also={ALIKE: alike})
    shutil.rmtree(rounds, ignore_errors=True)


def write_best(spec: SearchSpec, best: str, blocks: Iterable[Path | str], results: Results) -> None:
    """Write the hyperparameters of the best trial of a search, or of the best one for each seed.

    Args:
        spec: the search.
        best: the name of what is written, see `SearchReference.best`.
        blocks: the histories of the trials.
        results: get the file.
    """
    trials = pd.concat([read_table(path, of=spec.to_yaml()) for path in blocks])
    write_text(results.best(spec.id, spec.method, best), best_configuration(spec, trials))


def _former_trials(spec: SearchSpec, results: Results, alike: bytes) -> dict[Any, jobs.KnownTrial]:
    """The trials of searches whose digest, without their number of trials and repeats, is this."""
    found: dict[Any, jobs.KnownTrial] = {}
    everywhere = Results(Path(glob.escape(str(results.root)))).trials("*", spec.method, "*")
    for path in sorted(glob.glob(str(everywhere))):
        try:
            table = read_parquet(path)
        except DataError as error:  # then its trials are not known
            log.warning("%s", error)
            continue
        if (table.schema.metadata or {}).get(ALIKE.encode()) == alike:
            found |= jobs.known_trials(spec, table)
    if found:
        log.info("%d trials are known from searches that differ only in their size", len(found))
    return found


def rounds_folder(output: Path, spec: SearchSpec, made_by: Iterable[str]) -> Path:
    """The folder for the rounds of a job: beside its output, named after what determines them.

    Rounds of the same job with other code, data or settings are deleted.

    Args:
        output: the history that the job will write.
        spec: the search.
        made_by: digests of the code and of the data.
    """
    folder = output.with_name(f"{output.stem}.rounds-{_digest(spec, made_by)[:8].decode()}")
    for other in output.parent.glob(f"{output.stem}.rounds-*"):
        if other != folder:
            shutil.rmtree(other)
    return folder


def _digest(spec: SearchSpec, made_by: Iterable[str]) -> bytes:
    parts = [spec.to_yaml(), json.dumps(blas.describe()), *made_by]
    return hashlib.sha256("".join(parts).encode()).hexdigest().encode()


def best_configuration(spec: SearchSpec, trials: pd.DataFrame) -> str:
    """The hyperparameters of the best trial, as YAML that you can paste into an experiment.

    If each seed has a search, they stand below the seed.

    Args:
        spec: the search.
        trials: the history of all its trials, or of those of some seeds.

    Raises:
        DataError: all trials of the first repeat, or of one seed, failed.
    """
    if not spec.per_seed:
        head, values = _best(spec, trials)
        return f"{head}\n{yaml.safe_dump(values, sort_keys=False)}"
    text = ""
    for seed, own in trials.groupby("repeat"):
        head, values = _best(spec, own)
        text += f"{head}\n{yaml.safe_dump({_plain(seed): values}, sort_keys=False)}"
    return text


def _best(spec: SearchSpec, trials: pd.DataFrame) -> tuple[str, dict[str, Any]]:
    """A comment about the best trial of the first repeat in a table, and its hyperparameters."""
    from overfit.metrics.searches import ranked_trials, trial_scores

    number, repeat = ranked_trials(trials, spec.objective.metric)[0], trials["repeat"].min()
    rows = trials[(trials["repeat"] == repeat) & (trials["trial"] == number)]
    if pd.notna(why := rows["failed"].iloc[0]):
        raise DataError(
            f"all trials of the {spec.method} search {spec.id} failed; the first one: {why}"
        )
    score = trial_scores(rows, spec.objective.metric)["score"].iloc[0]
    row = {key: None if pd.isna(rows[key].iloc[0]) else rows[key].iloc[0] for key in spec.space}
    values = {key: _plain(value) for key, value in values_in(spec.space, row).items()}
    said = "diverged, like all others" if pd.isna(score) else f"{spec.objective.metric} {score:.4g}"
    return f"# trial {number} of {spec.method} search {spec.id}: {said}", nested(values)


def _plain(value: Any) -> Any:
    """A NumPy number as a Python number."""
    return value.item() if hasattr(value, "item") else value


def _count(rounds: Sequence[Round]) -> int:
    """The number of their trials."""
    return sum(len(one.trials) for one in rounds)


def _of(repeat: int, history: pa.Table) -> pa.Table:
    """The rows of a repeat; the rows are sorted by repeat."""
    repeats = history["repeat"].to_pylist()
    first = bisect_left(repeats, repeat)
    return history.slice(first, bisect_right(repeats, repeat) - first)


class _Report:
    """Logs a line per round: the best score so far, the rate, the time left."""

    def __init__(self, spec: SearchSpec, plan: Sequence[tuple[int, float]], repeats: int) -> None:
        self.metric, self.plan, self.repeats = spec.objective.metric, plan, repeats
        self.best = math.inf
        self.start, self.trained, self.spent = time.monotonic(), 0, 0.0

    def __call__(
        self, number: int, trials: Sequence[NumberedTrial], cost: float, *, resumed: bool
    ) -> None:
        """Log a round, given its number, its trials and its lowest cost."""
        self.best = min(self.best, cost)
        head = f"round {number + 1} of {len(self.plan)}: best {self.metric} so far"
        if resumed:
            log.info("%s %.4f, kept from before", head, abs(self.best))
            return
        self.trained += len(trials)
        self.spent += sum(one.trial.share for one in trials)
        took = max(time.monotonic() - self.start, 1e-9)
        left = self.repeats * sum(count * share for count, share in self.plan[number + 1 :])
        log.info(
            "%s %.4f, %.2f trials/s, %.0f s left",
            head,
            abs(self.best),
            self.trained / took,
            took * left / self.spent,
        )

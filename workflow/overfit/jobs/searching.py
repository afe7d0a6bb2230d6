"""What a job of a search computes: a block of trials, or all rounds of a repeat."""

from __future__ import annotations

import hashlib
import json
import logging
import shutil
import time
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import yaml

from overfit.config.blocks import block_range
from overfit.config.merging import nested
from overfit.config.specs import SearchSpec
from overfit.data.checked import Prepared, read_table
from overfit.jobs import blas
from overfit.jobs import training as jobs
from overfit.results import Results, write_text
from overfit.search.methods import Round, Trial
from overfit.search.trials import NumberedTrial, make, trial_costs, values_in

if TYPE_CHECKING:
    import pandas as pd

log = logging.getLogger("overfit")


def search_block(spec: SearchSpec, dataset: Prepared, block: range, folder: Path) -> pa.Table:
    """The history of a block of trials; those of all repeats are numbered through.

    Args:
        spec: the search.
        dataset: the prepared dataset.
        block: the trials; whole repeats, where trials depend on earlier ones.
        folder: where finished rounds are kept, so that a job that was killed goes on.
    """
    repeats = range(block[0] // spec.count, block[-1] // spec.count + 1)
    if spec.sequential:
        return _rounds(spec, dataset, repeats, folder)
    if spec.points:
        log.info("%d of the %d points of the grid", spec.count, spec.points)
    trials: list[NumberedTrial] = []
    for repeat in repeats:
        proposed = make(spec, repeat).propose([])
        trials += [
            NumberedTrial(trial, repeat=repeat, round=0, number=number)
            for number, trial in enumerate(proposed)
            if repeat * spec.count + number in block
        ]
    report = _Report(1, len(trials), spec)
    trained = jobs.train_trials(spec, dataset, trials, jobs.Progress("trials"))
    report([_told(spec, trials, trained)], trained=True)
    return trained


def write_trials(spec: SearchSpec, block: str, results: Results, *, made_by: str) -> None:
    """Train a block of trials and write its history.

    Args:
        spec: the search.
        block: the name of the block.
        results: where the dataset is and the history goes.
        made_by: the digest of the code.
    """
    output = results.trials(spec.id, spec.method, block)
    dataset = results.dataset(spec.settings.data.dataset)
    data = dataset.card.read_text(encoding="utf-8")
    rounds = rounds_folder(output, spec, [made_by, data])
    history = search_block(spec, Prepared.open(dataset.folder), block_range(block), rounds)
    jobs.write_table(output, history, spec)
    shutil.rmtree(rounds, ignore_errors=True)


def write_best(spec: SearchSpec, blocks: Iterable[Path | str], results: Results) -> None:
    """Write the hyperparameters of the best trial of a search, given the histories of all."""
    import pandas as pd

    trials = pd.concat([read_table(path) for path in blocks])
    write_text(results.best(spec.id, spec.method), best_configuration(spec, trials))


def rounds_folder(output: Path, spec: SearchSpec, made_by: Iterable[str]) -> Path:
    """Where the rounds of a job are kept: beside its output, named after all that decides them.

    Rounds of the same job that something else has decided are deleted.

    Args:
        output: the history that the job is to write.
        spec: the search.
        made_by: what tells of the code and of the data.
    """
    parts = [spec.to_yaml(), json.dumps(blas.describe()), *made_by]
    digest = hashlib.sha256("".join(parts).encode())
    folder = output.with_name(f"{output.stem}.rounds-{digest.hexdigest()[:8]}")
    for other in output.parent.glob(f"{output.stem}.rounds-*"):
        if other != folder:
            shutil.rmtree(other)
    return folder


def best_configuration(spec: SearchSpec, trials: pd.DataFrame) -> str:
    """The hyperparameters of the best trial as YAML that fits into an experiment.

    Args:
        spec: the search.
        trials: the history of all its trials.
    """
    import pandas as pd  # costs 0.3 s, for which searches themselves need not wait

    from overfit.metrics.trials import ranked_trials, trial_scores

    number = ranked_trials(trials, spec.objective.plan)[0]
    rows = trials[(trials["repeat"] == 0) & (trials["trial"] == number)]
    score = trial_scores(rows, spec.objective.plan)["score"].iloc[0]
    row = {key: None if pd.isna(rows[key].iloc[0]) else rows[key].iloc[0] for key in spec.space}
    values = {key: _plain(value) for key, value in values_in(spec.space, row).items()}
    said = "diverged, like all others" if pd.isna(score) else f"{spec.objective.metric} {score:.4g}"
    head = f"# trial {number} of {spec.method} search {spec.id}: {said}\n"
    return head + yaml.safe_dump(nested(values), sort_keys=False)


def _plain(value: Any) -> Any:
    """A number of NumPy's as one of Python's."""
    return value.item() if hasattr(value, "item") else value


def _rounds(spec: SearchSpec, dataset: Prepared, repeats: range, folder: Path) -> pa.Table:
    """All rounds of some repeats; those that are in the folder are not trained again.

    A round depends on the earlier ones of its own repeat alone, and all repeats have equally many.
    So they keep step, and networks of all repeats are trained together: those of one repeat's round
    are few of each shape.
    """
    methods = {repeat: make(spec, repeat) for repeat in repeats}
    own: dict[int, list[Round]] = {repeat: [] for repeat in repeats}
    plan = methods[repeats[0]].plan
    budget = sum(count * share for count, share in plan)
    report = _Report(len(plan), len(repeats) * budget, spec)
    told: list[Round] = []
    tables: list[pa.Table] = []
    for i in range(len(plan)):
        trials = [
            NumberedTrial(trial, repeat=repeat, round=i, number=number)
            for repeat, method in methods.items()
            for number, trial in enumerate(method.propose(own[repeat]), _count(own[repeat]))
        ]
        path = folder / f"{i:04d}.parquet"
        trained = not path.exists()
        if trained:
            tables.append(jobs.train_trials(spec, dataset, trials))
            jobs.write_table(path, tables[-1], spec)
        else:
            tables.append(pq.read_table(path))
        told.append(_told(spec, trials, tables[-1]))
        for repeat, rounds in own.items():
            rounds.append(_part(told[-1], [j for j, t in enumerate(trials) if t.repeat == repeat]))
        report(told, trained=trained)
    return pa.concat_tables(_of(repeat, table) for repeat in repeats for table in tables)


def _count(rounds: Sequence[Round]) -> int:
    """How many trials there were."""
    return sum(len(one.trials) for one in rounds)


def _part(whole: Round, chosen: Sequence[int]) -> Round:
    """Some trials of a round, and their costs."""
    return Round([whole.trials[j] for j in chosen], [whole.costs[j] for j in chosen])


def _of(repeat: int, history: pa.Table) -> pa.Table:
    """The rows of a repeat; those of a repeat lie together, and repeats ascend."""
    repeats = history["repeat"].to_pylist()
    first = bisect_left(repeats, repeat)
    return history.slice(first, bisect_right(repeats, repeat) - first)


def _told(spec: SearchSpec, trials: Sequence[NumberedTrial], history: pa.Table) -> Round:
    """Trials and their costs."""
    found = trial_costs(history, spec.objective.plan)
    return Round([one.trial for one in trials], [found[one.repeat, one.number] for one in trials])


class _Report:
    """Logs a line a round: which, the best score so far, the rate, the time left."""

    def __init__(self, rounds: int, budget: float, spec: SearchSpec) -> None:
        self.rounds, self.budget, self.spec = rounds, budget, spec
        self.start, self.trained, self.spent = time.monotonic(), 0, 0.0

    def __call__(self, told: Sequence[Round], *, trained: bool) -> None:
        """Say how far the search is."""
        best = min(cost for one in told for cost in one.costs)
        head = f"round {len(told)} of {self.rounds}: best {self.spec.objective.metric} so far"
        if not trained:
            log.info("%s %.4f, kept from before", head, abs(best))
            return
        self.trained += len(told[-1].trials)
        self.spent += _shares(told[-1].trials)
        took = max(time.monotonic() - self.start, 1e-9)
        left = self.budget - sum(_shares(one.trials) for one in told)
        log.info(
            "%s %.4f, %.2f trials/s, %.0f s left",
            head,
            abs(best),
            self.trained / took,
            took * left / self.spent,
        )


def _shares(trials: Sequence[Trial]) -> float:
    return sum(trial.share for trial in trials)

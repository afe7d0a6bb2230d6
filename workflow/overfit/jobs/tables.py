"""The jobs that make the tables of an experiment's metrics, of its claims, and of all claims."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from overfit.claims.claim import Claim
from overfit.claims.design import status
from overfit.claims.looks import Looks
from overfit.claims.table import Correction, adjust, decide, looked, read_claims
from overfit.config.experiment import Experiment
from overfit.metrics.histories import read_histories
from overfit.metrics.measuring import measured
from overfit.metrics.summary import curves, summarize, write_curves
from overfit.metrics.tables import DECIDED, read_metrics, write_metrics, write_table
from overfit.results import ExperimentFiles, Results


def write_tables(experiment: Experiment, results: Results) -> None:
    """Write the metrics of each seed, their summary and mean curves, from the histories."""
    files = results.experiment(experiment.name)
    histories = read_histories(experiment, results)
    metrics = measured(experiment, results, histories)
    write_curves(curves(histories), files.curves)
    write_metrics(metrics, files.metrics)
    write_table(summarize(metrics), files.summary)


def write_look(part: Experiment, results: Results) -> None:
    """Write the metrics of more seeds that claims of an experiment look at.

    Args:
        part: the part of the experiment with these seeds.
        results: the folder of results.
    """
    metrics = measured(part, results, read_histories(part, results))
    write_metrics(metrics, results.experiment(part.name).look(part.seeds))


def write_claims(
    claims: Sequence[Claim],
    grid: Mapping[str, Sequence[Any]],
    looks: Looks | None,
    registered: Mapping[str, tuple[str, list[str]]],
    files: ExperimentFiles,
) -> None:
    """Decide the claims of an experiment, and write the results of each look.

    Args:
        claims: the claims.
        grid: the points of each axis of the experiment.
        looks: the looks at its claims, if there are several.
        registered: for each claim with a registered design its date and its histories.
        files: its tables.
    """
    numbers = sorted(set(looks.claims.values())) if looks else []
    tables = {seeds: read_metrics(files.look(seeds), grid) for seeds in numbers}
    metrics = read_metrics(files.metrics, grid)
    write_table(looked(claims, metrics, looks, tables), files.looks)
    confirmed = {
        claim: status(date, list(map(Path, histories)))
        for claim, (date, histories) in registered.items()
    }
    write_table(decide(claims, metrics, looks, tables, confirmed), files.claims)


def write_all_claims(
    tables: Sequence[Path | str],
    families: Sequence[str],
    correction: Correction,
    output: Path | str,
) -> None:
    """Combine the claims of all experiments, and adjust them for their number.

    Args:
        tables: the table of claims of each experiment.
        families: the family of each of these tables; the claims of a family are counted together.
        correction: the condition of a verdict besides the interval.
        output: the table of all claims.
    """
    decided = [read_claims(path, DECIDED) for path in tables]
    named = zip(decided, families, strict=True)
    claims = pd.concat([table.assign(family=family) for table, family in named], ignore_index=True)
    write_table(adjust(claims, correction), output)

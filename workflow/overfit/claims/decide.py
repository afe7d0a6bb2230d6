"""Plan more seeds for undecided claims: `python -m overfit.claims.decide`, or `make decide`.

It reads the verdicts in the results and writes `config/looks.yaml`, from which every start of
Snakemake knows how many seeds each claim looks at; see `overfit.claims.looks` for why the intervals
of such claims are wider. Run it again after Snakemake until nothing is left to decide:

1. The first time, it writes the looks at all claims, whose intervals are then those of the first
   look.
2. Then it gives each undecided claim the seeds of its next look.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from overfit.claims.looks import Looks, confidence
from overfit.claims.table import read_claims
from overfit.claims.verdict import AT_EDGE, by_interval
from overfit.config.experiment import Experiment
from overfit.config.files import LOOKS
from overfit.config.study import Study, load_study
from overfit.data.checked import DataError
from overfit.metrics.table import is_of_search
from overfit.results import RESULTS, write_text

HEAD = """\
# The looks at claims whose seeds grow until they are decided, written by `make decide`.
# `seeds`: how many seeds each look has. `claims`: those that were undecided at the first look, with
# their seeds now. Keep this file with the experiments: the same seeds give the same verdicts.
"""
TIMES = (1, 2, 4)
"""The seeds of the looks, in units of the experiment's: 10, 20, 40."""
NOTHING = 3
"""The exit status if nothing is left to do."""


Rows = Mapping[tuple[str, str], Mapping[str, Any]]
"""The verdicts by experiment and claim."""


def next_looks(
    experiments: Sequence[Experiment], rows: Rows, seeds: Sequence[int] = ()
) -> dict[str, Looks]:
    """The looks at the claims of experiments, each undecided claim one look further.

    An experiment without looks gets them, and its claims are judged by the first one.

    Args:
        experiments: the experiments; those without claims have no looks.
        rows: the verdicts.
        seeds: the numbers of seeds of all looks, for experiments without looks; by default the
            experiment's own number, twice and four times as many.

    Raises:
        ValueError: the verdicts are not those of the present looks, or `seeds` are not those of
            looks at an experiment.
    """
    found = {}
    for one in experiments:
        known = one.looks
        if known:
            claims = {claim.id: known.seeds[known.look(claim.id) - 1] for claim in one.claims}
            for claim in one.claims:
                look, row = known.look(claim.id), rows.get((one.name, claim.id))
                if row is None or is_of_search(claim.test.metric):
                    continue  # seeds add no repeats of whole searches
                basis = by_interval(confidence(known.seeds, look))
                if row["look"] != look or not row["basis"].startswith(basis):
                    raise ValueError(f"the verdicts are not those of {LOOKS}: run snakemake first")
                beyond = AT_EDGE in row["basis"]  # more seeds move no end of a range
                if row["verdict"] == "inconclusive" and not beyond and look < len(known.seeds):
                    claims[claim.id] = known.seeds[look]
            later = {name: number for name, number in claims.items() if number > known.seeds[0]}
            found[one.name] = Looks(seeds=known.seeds, claims=later)
        elif one.claims and not one.measurements:
            planned = tuple(seeds) or tuple(times * one.seeds for times in TIMES)
            if planned[0] != one.seeds or len(planned) < 2 or sorted({*planned}) != [*planned]:
                raise ValueError(
                    f"--seeds: {one.name} has {one.seeds} seeds; the looks must begin with these "
                    f"and rise, as {' '.join(str(times * one.seeds) for times in TIMES)}"
                )
            found[one.name] = Looks(seeds=planned)
    return found


def written(looks: Mapping[str, Looks]) -> str:
    """The text of `config/looks.yaml`."""
    plain = {name: one.model_dump(mode="json") for name, one in sorted(looks.items())}
    return HEAD + yaml.safe_dump(plain, sort_keys=False, default_flow_style=None, width=100)


def said(before: Mapping[str, Looks | None], after: Mapping[str, Looks]) -> list[str]:
    """What changes, a line for each experiment."""
    lines = []
    for name, looks in after.items():
        known = before.get(name)
        if known is None:
            numbers = ", ".join(map(str, looks.seeds))
            lines.append(f"{name}: looks at {numbers} seeds")
        for number in looks.seeds[1:]:
            now = [claim for claim, seeds in looks.claims.items() if seeds == number]
            new = [claim for claim in now if not known or known.claims.get(claim) != number]
            if new:
                lines.append(f"{name}: {number} seeds for {', '.join(new)}")
    return lines


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the next looks; return 0 if Snakemake has something to do, 3 if nothing is left."""
    parser = argparse.ArgumentParser(prog="overfit decide", description=__doc__.partition("\n")[0])
    parser.add_argument(
        "--seeds", type=int, nargs="+", default=[], metavar="N",
        help="the number of seeds of each look (by default the experiment's, twice and four times "
        "as many: 10 20 40)",
    )  # fmt: skip
    asked = parser.parse_args(arguments)
    try:
        study = _study()
        if study.config.seeds:
            raise ValueError(
                f"seeds: {study.config.seeds} of the configuration is for all experiments; to add "
                "seeds to undecided claims, write seeds: null and run snakemake again"
            )
        experiments = list(study.experiments.values())
        table = read_claims(RESULTS.claims).to_dict("records")
        rows = {(row["experiment"], row["claim"]): {str(k): row[k] for k in row} for row in table}
        after = next_looks(experiments, rows, asked.seeds)
        before = {one.name: one.looks for one in experiments}
        lines = said(before, after)
        if lines:
            write_text(LOOKS, written({**_others(before), **after}))
            _study()
    except FileNotFoundError as error:
        print(f"{error.filename} is missing: run the workflow first", file=sys.stderr)
        return 1
    except (
        ValueError,
        DataError,
    ) as error:  # also mistakes in the configuration, and damaged results
        print(error, file=sys.stderr)
        return 1
    print("\n".join(lines) or "Nothing is left to decide with more seeds.")
    return 0 if lines else NOTHING


def _study() -> Study:
    """What was run, with the configuration that Snakemake had."""
    provenance = json.loads(RESULTS.provenance.read_text(encoding="utf-8"))
    config: dict[str, Any] = provenance["config"]
    return load_study(config, root=Path())


def _others(known: Mapping[str, Any]) -> dict[str, Looks]:
    """The looks in the file at claims of other experiments."""
    path = Path(LOOKS)
    if not path.is_file():
        return {}
    entries = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    return {name: Looks.model_validate(one) for name, one in entries.items() if name not in known}


if __name__ == "__main__":
    sys.exit(main())

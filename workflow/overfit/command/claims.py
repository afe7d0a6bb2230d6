"""Print the verdicts: counts by experiment, or every claim of the experiments that you name."""

from __future__ import annotations

from collections.abc import Sequence

from overfit.command import parser_of, stop
from overfit.config.problems import did_you_mean
from overfit.data.checked import DamagedError, printable
from overfit.report import terminal
from overfit.report.ledger import read_rows
from overfit.results import RESULTS


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the verdicts in results/claims.csv."""
    parser = parser_of(__name__, __doc__)
    parser.add_argument("experiments", nargs="*", help="list all claims of these")
    asked = parser.parse_args(arguments).experiments
    if not asked:
        terminal.main([])
        return 0
    try:
        rows = read_rows(RESULTS.claims).values()
    except FileNotFoundError:
        return stop(f"{RESULTS.claims} does not exist; run the workflow first")
    except DamagedError as error:
        return stop(error)
    known = list(dict.fromkeys(row["experiment"] for row in rows))
    for name in asked:
        if name not in known:
            return stop(f"no claims of {name!r} in {RESULTS.claims}{did_you_mean(name, known)}")
        for row in (row for row in rows if row["experiment"] == name):
            print(f"{row['verdict']:12}  {name}/{row['claim']}: {printable(row['says'])}")
            print(f"{'':12}  {terminal.effect(row)}")
    return 0

"""The command `overfit`, also `python -m overfit`: one file or module for each subcommand.

It only calls what the workflow uses, too. `snakemake` runs the experiments.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module

from overfit import __version__

COMMANDS = {
    "new": ("overfit.command.new", "write a commented experiment to start from"),
    "check": ("overfit.command.check", "list all mistakes, or say how much is left to train"),
    "claims": ("overfit.command.claims", "print the verdicts"),
    "show": ("overfit.command.show", "print everything about one claim"),
    "compare": ("overfit.command.compare", "compare the verdicts of two folders of results"),
    "export": ("overfit.command.export", "write results as CSV, for MLflow, for TensorBoard"),
    "verify": ("overfit.jobs.verify", "check all results, and retrain some blocks"),
    "data": ("overfit.data.__main__", "look at a data file and print an entry for datasets.yaml"),
    "register": ("overfit.claims.register", "register the designs of claims before training"),
    "decide": ("overfit.claims.decide", "plan more seeds for undecided claims"),
    "merge": ("overfit.command.merge", "copy trained runs from other folders of results"),
    "clean": ("overfit.command.clean", "list results that no experiment needs; delete them"),
}
"""The module of each subcommand, whose `main` takes its arguments, and its description."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Call a subcommand with the rest of the arguments; return its exit status."""
    width = max(map(len, COMMANDS))
    listed = "\n".join(f"  {name:{width}}  {does}" for name, (_, does) in COMMANDS.items())
    parser = argparse.ArgumentParser(
        prog="overfit",
        description="Commands for experiments and their results. `snakemake` runs the experiments.",
        epilog=f"commands:\n{listed}\n\n`overfit COMMAND --help` tells more of each.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"overfit {__version__}")
    parser.add_argument("command", choices=COMMANDS, metavar="COMMAND")
    parser.add_argument("arguments", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    asked = parser.parse_args(arguments)
    found: int | None = import_module(COMMANDS[asked.command][0]).main(asked.arguments)
    return found or 0


def parser_of(module: str, doc: str | None) -> argparse.ArgumentParser:
    """A parser for the subcommand of a module, which its docstring describes.

    Args:
        module: the module's name, such as `overfit.command.new`.
        doc: its docstring, whose first paragraph is the description.
    """
    name = next(name for name, (known, _) in COMMANDS.items() if known == module)
    return argparse.ArgumentParser(
        prog=f"overfit {name}", description=" ".join((doc or "").partition("\n\n")[0].split())
    )


def stop(message: object) -> int:
    """Print a mistake; return the exit status of commands that could not do what was asked."""
    print(message, file=sys.stderr)
    return 2
